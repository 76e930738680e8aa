"""The command line. What a command needs is imported when it runs, so that help comes at once."""

# ruff: noqa: PLC0415 (see above; a test looks at sys.modules)

from __future__ import annotations

import os
from collections.abc import Collection
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, NoReturn

import typer

from traversion_tui import later
from traversion_tui.first_word import CONSOLE, FirstWordGroup
from traversion_tui.headless.formats import Format
from traversion_tui.imports import uncollected
from traversion_tui.source_words import Pii, SourceWords, with_source_words

if TYPE_CHECKING:
    from traversion_tui.source_options import SourceOptions

_PLAIN_HELP: Final = {"help_option_names": ["-h", "--help"]}

app = typer.Typer(
    cls=FirstWordGroup,
    name="traversion",
    help="The time machine for production incidents, in a terminal.\n\n"
    "A SOURCE is a file of events, compressed or not, a folder, a glob, scenario:NAME, or - for "
    "standard input. Sources alone open the console; nothing at all opens its start screen.",
    subcommand_metavar="[SOURCE... | COMMAND ...]",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings=_PLAIN_HELP,
)
scenario_commands = typer.Typer(
    help="List the simulated incidents, or write one to a file.",
    rich_markup_mode=None,
    context_settings=_PLAIN_HELP,
)


class ThemeName(StrEnum):
    """The words of `--theme`."""

    DARK = "dark"
    LIGHT = "light"
    ANSI = "ansi"


FormatName = Literal["table", "json", "jsonl", "csv", "arrow", "parquet"]
Sources = Annotated[list[str] | None, typer.Argument(metavar="SOURCE", show_default=False)]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Neither progress nor notes.")]
Ascii = Annotated[bool, typer.Option("--ascii", help="Draw with ASCII only.")]
Theme = Annotated[
    ThemeName | None, typer.Option("--theme", help="Colours of the console.", show_default=False)
]


def main() -> None:
    """The entry point `traversion`."""
    app(prog_name="traversion")


def _show_version(asked: bool) -> None:  # noqa: FBT001 (typer calls it)
    if asked:
        from importlib.metadata import version

        typer.echo(f"traversion {version('traversion')}")
        raise typer.Exit


@app.callback()
def traversion(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", help="Show the version.", callback=_show_version, is_eager=True
        ),
    ] = False,
) -> None:
    """See the help of the app."""


@app.command(CONSOLE, cls=later.SourceCommand)
@with_source_words
def open_console(
    context: typer.Context,
    *,
    sources: Sources = None,
    words: SourceWords,
    ascii_only: Ascii = False,
    theme: Theme = None,
    _quiet: Quiet = False,
) -> None:
    """Open sources in the console; also without the word `open`."""
    from traversion_tui import terminal
    from traversion_tui.source_options import parse_options

    opened = sources or (["-"] if terminal.has_piped_input() else [])
    group = context.parent.command if context.parent else None
    commands = getattr(group, "commands", ())
    _show(opened, parse_options(words), theme, ascii_only=ascii_only, commands=commands)


def _show(
    words: list[str],
    options: SourceOptions,
    theme: ThemeName | None,
    *,
    ascii_only: bool,
    commands: Collection[str] = (),
) -> NoReturn:
    from traversion_tui import terminal

    try:
        terminal.check_screen()
        standard_input = terminal.separate_keys_from_data()
    except terminal.ConsoleRefusedError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    terminal.pace()
    with uncollected():
        from traversion_tui.console import look_for, open_console

    look = look_for(os.environ, theme, ascii_only=ascii_only)
    terminal.end(open_console(words, options, look, standard_input, commands))


@app.command(cls=later.SourceCommand)
@with_source_words
def query(
    *,
    statement: Annotated[str, typer.Argument(metavar="STATEMENT", show_default=False)],
    sources: Sources = None,
    format_: Annotated[
        FormatName, typer.Option("--format", "-f", help="How to write the answer.")
    ] = "table",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write there.", show_default=False),
    ] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="csv: do not disarm texts that look like formulas.")
    ] = False,
    words: SourceWords,
    quiet: Quiet = False,
) -> None:
    """Answer a TimeQL statement about sources, without the console.

    Exit codes: 0 answered (even with no rows), 1 bad input, 2 bad statement or option,
    3 not available in this version.
    """
    from traversion_tui.source_options import parse_options

    options = parse_options(words)
    if raw and Format(format_) is not Format.CSV:
        raise typer.BadParameter("it goes with --format csv.", param_hint="--raw")
    if options.follow:
        if Format(format_) is not Format.JSONL:
            raise typer.BadParameter("it goes with --format jsonl.", param_hint="--follow")
        from traversion_tui.headless.follow import run as stream

        raise typer.Exit(stream(statement, tuple(sources or ()), options, quiet=quiet))
    with uncollected():
        from traversion_tui.headless.query import Query, run

    asked = Query(
        statement=statement,
        sources=tuple(sources or ()),
        options=options,
        format=Format.RAW_CSV if raw else Format(format_),
        path=output,
        quiet=quiet,
    )
    raise typer.Exit(run(asked))


@app.command(cls=later.SourceCommand)
def demo(
    *,
    headless: Annotated[
        bool, typer.Option("--headless", help="Print the way to the cause instead.")
    ] = False,
    ascii_only: Ascii = False,
    theme: Theme = None,
) -> None:
    """Open the bundled incident."""
    if headless:
        from traversion_tui.headless.demo import run

        raise typer.Exit(run())
    from traversion_tui.source_options import SourceOptions
    from traversion_tui.sources import BUNDLED, SCENARIO

    _show([SCENARIO + BUNDLED], SourceOptions(), theme, ascii_only=ascii_only)


@app.command()
def fsck(
    store: Annotated[Path, typer.Argument(metavar="STORE", show_default=False)],
    *,
    repair: Annotated[
        bool, typer.Option("--repair", help="Mend what can be without losing a whole row.")
    ] = False,
    pii: Pii = "standard",
) -> None:
    """Check a store, and mend it, also from the files that its rows came from.

    Exit codes: 0 the store is sound, 1 it is not, or cannot be read.
    """
    from traversion_tui.headless import fsck as work

    raise typer.Exit(work.repair(store, pii) if repair else work.inspect(store))


@scenario_commands.callback(invoke_without_command=True)
def scenarios(context: typer.Context) -> None:
    """List the simulated incidents, or write one to a file."""
    if context.invoked_subcommand is None:
        list_scenarios()


@scenario_commands.command("list")
def list_scenarios() -> None:
    """List the simulated incidents."""
    from traversion_tui.headless.scenarios import show

    raise typer.Exit(show())


@scenario_commands.command("write")
def write_scenario(
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
    path: Annotated[Path, typer.Argument(metavar="FILE", help="- is standard output.")],
) -> None:
    """Write the events of a simulated incident, one JSON object a line."""
    from traversion_tui.headless.scenarios import write

    raise typer.Exit(write(name, path))


app.add_typer(scenario_commands, name="scenarios")
later.add_commands(app)
