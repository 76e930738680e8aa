"""`traversion query … --follow`: rows as they come, a line each, until somebody says stop."""

from __future__ import annotations

import time
from collections.abc import Sequence

from traversion_data.errors import InputError
from traversion_data.intake import Intake
from traversion_data.store.head import Head
from traversion_data.store.view import StoreView
from traversion_engine.context import Context
from traversion_engine.timeql.execute.arrivals import Arrivals
from traversion_tui.headless.answer import prepare
from traversion_tui.headless.outcome import ExitCode, outcome
from traversion_tui.headless.output import Output, opened, say
from traversion_tui.headless.recording import remarks, standard_input
from traversion_tui.headless.stopping import Stopped, stopped_by_signals
from traversion_tui.headless.to_json import write_jsonl
from traversion_tui.source_options import SourceOptions
from traversion_tui.sources import load_options, wanted


def run(
    statement: str, sources: Sequence[str], options: SourceOptions, *, quiet: bool
) -> ExitCode | int:
    """Print the rows of a TIMELINE there are, then those that come; flushes what it prints.

    With a store behind it, only what is new since the last run is printed; what was printed is kept
    before the program ends, also where a signal ends it.
    """
    ended = Stopped()

    def work() -> None:
        nonlocal ended
        ended = _stream(statement, sources, options, quiet=quiet)

    code = outcome(work)
    return code if code or ended.code is None else ended.code


def _stream(
    statement: str, sources: Sequence[str], options: SourceOptions, *, quiet: bool
) -> Stopped:
    if not sources:
        raise InputError("No source is named: a file, a folder or a pattern to follow.")
    arrivals = Arrivals(statement)
    asked = wanted(sources, standard_input() if "-" in sources else None, options)
    with opened(None) as output:
        stream = _Stream(arrivals, options.zone, output, told=options.store is None)
        intake = Intake(asked, Head(), load_options(options), on_snapshot=stream.show)
        with stopped_by_signals(intake.cancel) as stopped:
            view = intake.run()
    if not quiet and stopped.number is None:
        say(*remarks(view, options))
    return stopped


class _Stream:
    """Prints what each snapshot has more than the one before."""

    def __init__(self, arrivals: Arrivals, zone: str, output: Output, *, told: bool) -> None:
        """`told`: whether the first snapshot is new to whoever reads."""
        self._arrivals = arrivals
        self._zone = zone
        self._output = output
        self._silent = not told
        self._height = 0

    def show(self, view: StoreView) -> None:
        """Print the rows that were in no snapshot before."""
        silent, self._silent = self._silent, False
        before, self._height = self._height, view.height
        if silent:
            self._arrivals.skip(view)
        elif before != view.height:
            context = Context(zone=self._zone, now=time.time_ns())
            result = self._arrivals.come(view, context)
            write_jsonl(prepare(result, view), self._output)
            self._output.stream.flush()
