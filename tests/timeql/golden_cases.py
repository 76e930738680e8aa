"""Golden cases as files: events, a statement, and what `traversion query` answers word for word.

A case is a file of sections, each below its heading:

    --- events          JSON lines; or `--- scenario NAME`
    --- statement
    --- gives           the table, or the error with its caret; `note:` lines; `meta KEY: VALUE`
                        lines for what meta must say
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from traversion_data.store.view import StoreView
from traversion_engine.context import Context
from traversion_engine.diagnostic import StatementError
from traversion_engine.recording import open_recording
from traversion_engine.session import Session
from traversion_tui.headless.answer import prepare
from traversion_tui.headless.formats import Format, writer
from traversion_tui.headless.output import Output
from traversion_tui.headless.query import told

FOLDER = Path(__file__).parent / "golden"
_HEADING = re.compile(r"^--- (events|scenario [\w-]+|statement|gives)\n", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """One file."""

    name: str
    scenario: str | None
    events: str
    statement: str
    gives: str


def cases(folder: str) -> list[Case]:
    """The cases in a folder of `golden/`, by name."""
    return [read(path) for path in sorted((FOLDER / folder).glob("*.txt"))]


def read(path: Path) -> Case:
    """The case that a file holds."""
    before, *parts = _HEADING.split(path.read_text(encoding="utf-8"))
    assert not before.strip(), f"{path.name}: text before the first heading"
    sections = dict(zip(parts[::2], parts[1::2], strict=True))
    scenario = next((name.partition(" ")[2] for name in sections if " " in name), None)
    return Case(
        path.stem, scenario, sections.get("events", ""), sections["statement"].strip("\n"),
        sections["gives"].strip("\n"),
    )  # fmt: skip


def given(case: Case, folder: Path) -> str:
    """What the case's statement gives, in the words of `gives`; events are written into `folder`.

    Of meta it has the keys that `gives` names.
    """
    view = _view(case, folder)
    try:
        result = Session(lambda: view).ask(case.statement, Context())
    except StatementError as error:
        return str(error)
    answer = prepare(result, view)
    written = io.BytesIO()
    writer(Format.TABLE)(answer, Output(written))
    table = [line.rstrip() for line in written.getvalue().decode().splitlines()]
    asked = re.findall(r"^meta (\w+):", case.gives, re.MULTILINE)
    meta = (f"meta {key}: {answer.meta.get(key)}" for key in asked)
    return "\n".join([*table, *told(answer, Format.TABLE), *meta])


def _view(case: Case, folder: Path) -> StoreView:
    if case.scenario is not None:
        return _scenario(case.scenario)
    path = folder / "events.jsonl"
    path.write_text(case.events, encoding="utf-8")
    return open_recording(path).view


@cache
def _scenario(name: str) -> StoreView:
    return open_recording(f"scenario:{name}").view
