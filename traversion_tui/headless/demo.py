"""`traversion demo --headless`: the bundled incident from its symptom to its cause, in tables."""

from __future__ import annotations

from traversion_engine.diagnostic import NotAvailableError
from traversion_engine.session import Session
from traversion_scenarios import describe
from traversion_tui.headless.answer import prepare
from traversion_tui.headless.outcome import ExitCode, outcome
from traversion_tui.headless.output import Output, opened, say
from traversion_tui.headless.recording import load
from traversion_tui.headless.to_table import write_table
from traversion_tui.source_options import SourceOptions
from traversion_tui.sources import BUNDLED, SCENARIO


def run() -> ExitCode:
    """Ask what the scenario suggests, print each statement and its table."""
    return outcome(_run)


def _run() -> None:
    info = describe(BUNDLED)
    view = load([SCENARIO + BUNDLED], SourceOptions(), quiet=False)
    session = Session(lambda: view)
    with opened(None) as output:
        _write(f"{info.title}. {info.summary}\n", output)
        for statement in info.hints:
            _write(f"> {statement}", output)
            try:
                result = session.ask(statement)
            except NotAvailableError as error:
                _write(f"{error}\n", output)
                continue
            write_table(prepare(result, view), output)
            _write("", output)
            say(*(f"note: {note}" for note in result.notes))


def _write(text: str, output: Output) -> None:
    output.stream.write((text + "\n").encode(output.encoding, "backslashreplace"))
