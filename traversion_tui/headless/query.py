"""`traversion query`: one statement, its sources, an answer in a format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from traversion_data.errors import InputError
from traversion_engine.context import Context
from traversion_engine.session import Session
from traversion_engine.timeql.parse import parse
from traversion_tui.headless.answer import Answer, prepare
from traversion_tui.headless.formats import Format, writer
from traversion_tui.headless.outcome import ExitCode, outcome
from traversion_tui.headless.output import opened, say, standard_output
from traversion_tui.headless.recording import load, remarks
from traversion_tui.headless.to_json import dumped
from traversion_tui.source_options import SourceOptions


@dataclass(frozen=True, slots=True)
class Query:
    """What a command line asks for. `path` is where to write, None for standard output."""

    statement: str
    sources: tuple[str, ...]
    options: SourceOptions
    format: Format = Format.TABLE
    path: Path | None = None
    quiet: bool = False


def run(query: Query) -> ExitCode:
    """Answer a query; results to standard output or a file, all else to standard error.

    A statement that cannot be parsed is refused before a byte of a source is read.
    """
    return outcome(lambda: _answer(query))


def _answer(query: Query) -> None:
    if query.path is None and query.format.is_binary and standard_output().is_terminal:
        raise InputError(
            f"{query.format} is not for reading on a terminal: "
            "name a file with --output, or pipe it into a program."
        )
    if not query.sources:
        raise InputError("No source is named: a file, a folder, scenario:NAME, or - for a pipe.")
    parse(query.statement)
    view = load(query.sources, query.options, quiet=query.quiet)
    if not query.quiet:
        say(*remarks(view, query.options))
    session = Session(lambda: view)
    answer = prepare(session.ask(query.statement, Context(zone=query.options.zone)), view)
    with opened(query.path) as output:
        writer(query.format)(answer, output)
    if not query.quiet:
        say(*told(answer, query.format))


def told(answer: Answer, format_: Format) -> Iterator[str]:
    """What standard error gets of an answer: its notes, and the meta that a format cannot hold."""
    yield from (f"note: {note}" for note in answer.notes)
    if answer.meta["truncated"] and format_ is Format.TABLE:
        yield f"note: {answer.meta['rows']:,} of {answer.meta['total']:,} rows are shown."
    if format_ in {Format.CSV, Format.RAW_CSV, Format.JSONL}:
        yield f"meta: {dumped(answer.meta).decode()}"
