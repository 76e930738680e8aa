"""Waits for one key: the letter after m, ' or ctrl+o."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.screen import ModalScreen


class OneKey(ModalScreen[str | None], inherit_bindings=False):
    """Nothing but the console below; the next key closes it, esc without an answer."""

    CSS = "OneKey { background: transparent; }"
    BINDINGS: ClassVar[list[BindingType]] = []

    def on_key(self, event: events.Key) -> None:
        """Answer with the character typed."""
        event.stop()
        self.dismiss(None if event.key == "escape" else event.character or event.key)

    def on_click(self) -> None:
        """A click is no letter."""
        self.dismiss(None)
