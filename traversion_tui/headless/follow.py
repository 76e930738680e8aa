"""`traversion query … --follow`: rows as they come, a line each, until somebody says stop."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from traversion_data import schema
from traversion_data.errors import InputError
from traversion_data.intake import Intake
from traversion_data.model import SOURCE_SHIFT
from traversion_data.store.head import Head
from traversion_data.store.view import StoreView
from traversion_engine.context import Context
from traversion_engine.diagnostic import NotAvailableError
from traversion_engine.session import Session
from traversion_engine.timeql.ast import Timeline
from traversion_engine.timeql.parse import parse
from traversion_tui.headless.answer import prepare
from traversion_tui.headless.outcome import ExitCode, outcome
from traversion_tui.headless.output import Output, opened, say
from traversion_tui.headless.recording import remarks, standard_input
from traversion_tui.headless.to_json import write_jsonl
from traversion_tui.source_options import SourceOptions
from traversion_tui.sources import load_options, wanted

INTERRUPTED = 130
"""How a program ends that a person stopped with ctrl+c."""


def run(
    statement: str, sources: Sequence[str], options: SourceOptions, *, quiet: bool
) -> ExitCode | int:
    """Print the rows of a TIMELINE there are, then those that come; flushes what it prints.

    With a store behind it, only what is new since the last run is printed.
    """
    try:
        return outcome(lambda: _stream(statement, sources, options, quiet=quiet))
    except KeyboardInterrupt:
        return INTERRUPTED


def _stream(statement: str, sources: Sequence[str], options: SourceOptions, *, quiet: bool) -> None:
    if not sources:
        raise InputError("No source is named: a file, a folder or a pattern to follow.")
    if not isinstance(parse(statement), Timeline):
        raise NotAvailableError("Only a TIMELINE can be followed in this version")
    asked = wanted(sources, standard_input() if "-" in sources else None, options)
    with opened(None) as output:
        stream = _Stream(statement, options.zone, output, told=options.store is None)
        view = Intake(asked, Head(), load_options(options), on_snapshot=stream.show).run()
    if not quiet:
        say(*remarks(view.sources, options))


class _Stream:
    """Prints what each snapshot has more than the one before."""

    def __init__(self, statement: str, zone: str, output: Output, *, told: bool) -> None:
        """`told`: whether the first snapshot is new to whoever reads."""
        self._statement = statement
        self._zone = zone
        self._output = output
        self._silent = not told
        self._last: dict[int, int] = {}

    def show(self, view: StoreView) -> None:
        """Print the rows behind the last line that was seen of each source."""
        known = pl.DataFrame(
            {"source": list(self._last), "last": list(self._last.values())},
            schema={"source": pl.UInt16, "last": pl.Int64},
        )
        before, self._last = self._last, _last_lines(view)
        silent, self._silent = self._silent, False
        if silent or before == self._last:
            return
        session = Session(lambda: view)
        context = Context(zone=self._zone, now=time.time_ns())
        result = session.ask(self._statement, context)
        seen = (
            result.frame.select(
                pl.col(schema.SEQ),
                (pl.col(schema.SEQ) // (1 << SOURCE_SHIFT)).cast(pl.UInt16).alias("source"),
            )
            .join(known, on="source", how="left", maintain_order="left")
            .select((pl.col(schema.SEQ) > pl.col("last").fill_null(-1)).alias("new"))["new"]
        )
        fresh = replace(result, frame=result.frame.filter(seen))
        write_jsonl(prepare(fresh, view), self._output)
        self._output.stream.flush()


def _last_lines(view: StoreView) -> dict[int, int]:
    """The highest event number of each source."""
    found = view.events.group_by(schema.SOURCE).agg(pl.col(schema.SEQ).max())
    return dict(found.sort(schema.SOURCE).iter_rows())
