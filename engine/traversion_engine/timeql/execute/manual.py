"""HELP: the language, statement by statement, from the registry."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from traversion_engine.timeql.execute.run import Answer, Run
from traversion_engine.timeql.plan import Help
from traversion_engine.timeql.registry import STATEMENTS, StatementInfo


def execute(run: Run, plan: Help) -> Answer:
    """A row a statement; of one statement its parts."""
    if plan.topic is None:
        rows = [(info.keyword, _line(info)) for info in STATEMENTS.values()]
    else:
        rows = list(_parts(STATEMENTS[plan.topic]))
    return run.cut(pl.DataFrame(rows, schema=[c.name for c in plan.columns], orient="row"))


def _line(info: StatementInfo) -> str:
    later = "" if info.available else "Not available in this version. "
    return f"{later}{info.meaning} {info.signature}"


def _parts(info: StatementInfo) -> Iterator[tuple[str, str]]:
    yield "statement", info.signature
    yield "meaning", info.meaning
    for example in info.examples:
        yield "example", example
    if info.columns:
        yield "columns", ", ".join(column.name for column in info.columns)
    if not info.available:
        yield "available", f"{info.keyword} is not available in this version."
