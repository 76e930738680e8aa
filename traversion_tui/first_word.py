"""Which command a command line means: its first word, or `open` where that word is none."""

from __future__ import annotations

from typing import Any, Final

from typer.core import TyperGroup

CONSOLE: Final = "open"


class FirstWordGroup(TyperGroup):
    """A group in which a first word that names no command is a source for the console.

    A callback that takes sources would swallow the names of commands. A file that is called like
    a command is opened by `traversion open FILE`.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `open` before everything that starts with neither a command nor a group's option."""
        own = {name for param in self.get_params(ctx) for name in param.opts}
        if not args or (args[0] not in self.commands and args[0] not in own):
            args = [CONSOLE, *args]
        return super().parse_args(ctx, args)
