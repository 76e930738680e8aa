"""What the command line already promises and this version does not have: said, never ignored."""

from __future__ import annotations

from typing import Any, Final, NoReturn

import typer
from typer.core import TyperCommand

NOT_AVAILABLE: Final = 3

OPTIONS: Final = {
    "--live": "a scenario that goes on as you watch",
}

COMMANDS: Final = {
    "collect": "Receive events over the network and keep them.",
    "report": "Write what was found to a file.",
    "serve": "Show the console in a browser.",
    "run": "Run a command and record its output.",
}


class SourceCommand(TyperCommand):
    """A command that refuses the options of later versions by name."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Refuse before parsing, so that no value of such an option is taken for a source."""
        for word in args[: args.index("--")] if "--" in args else args:
            option = word.partition("=")[0]
            if option in OPTIONS:
                refuse(f"{option} ({OPTIONS[option]})")
        return super().parse_args(ctx, args)


def refuse(what: str) -> NoReturn:
    """Say that something is not available, and leave with its exit code."""
    typer.echo(f"{what} is not available in this version.", err=True)
    raise typer.Exit(NOT_AVAILABLE)


def add_commands(app: typer.Typer) -> None:
    """Give an app the commands of later versions; each takes anything and refuses."""
    for name in COMMANDS:
        _add(app, name)


def _add(app: typer.Typer, name: str) -> None:
    @app.command(
        name,
        hidden=True,
        help=f"{COMMANDS[name]} (Not available in this version.)",
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    )
    def command(_context: typer.Context) -> None:
        refuse(f"traversion {name}")
