"""A page of text over the console: help, an event's detail, what was understood."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget

from traversion_tui.render.pieces import paint_pieces
from traversion_tui.text import Piece
from traversion_tui.theme import Look

CLOSING: Final = frozenset({"escape", "q", "enter", "question_mark", "f1", "space"})


class Page(Widget, can_focus=True):
    """Rows of pieces, scrolled by lines; long rows are cut, not folded."""

    DEFAULT_CSS = "Page { width: 1fr; height: 1fr; }"

    def __init__(self, rows: Sequence[Sequence[Piece]], look: Look) -> None:
        super().__init__()
        self.rows = rows
        self.look = look
        self.top = 0

    def scroll_by(self, lines: int) -> None:
        """Show rows further down or up."""
        self.top = max(min(self.top + lines, len(self.rows) - self.size.height), 0)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row of pieces."""
        index = self.top + y
        row = self.rows[index] if index < len(self.rows) else ()
        return paint_pieces(row, self.size.width, self.look)

    def on_mouse_scroll_down(self) -> None:
        """Three rows down."""
        self.scroll_by(3)

    def on_mouse_scroll_up(self) -> None:
        """Three rows up."""
        self.scroll_by(-3)


Then = Callable[[str | None], None]
"""What follows when a page over the console is closed, with the answer it was closed with."""


class Sheet(ModalScreen[None], inherit_bindings=False):
    """Shows a page; the keys of `answers` close it with themselves, esc and q with nothing."""

    CSS = "Sheet { background: $background; padding: 1 2; }"

    def __init__(
        self,
        rows: Sequence[Sequence[Piece]],
        look: Look,
        answers: frozenset[str] = frozenset(),
        then: Then = lambda _: None,
    ) -> None:
        super().__init__()
        self._answers = answers
        self._then = then
        self._page = Page(rows, look)

    def compose(self) -> ComposeResult:
        """The page."""
        yield self._page

    def take_key(self, event: events.Key) -> None:
        """Scroll, answer or close."""
        height = max(self._page.size.height, 1)
        steps = {
            "down": 1, "j": 1, "up": -1, "k": -1, "pagedown": height, "pageup": -height,
            "ctrl+d": height // 2, "ctrl+u": -height // 2, "g": -(10**9), "G": 10**9,
            "home": -(10**9), "end": 10**9,
        }  # fmt: skip
        if event.key in self._answers:
            self._close(event.key)
        elif event.key in steps:
            self._page.scroll_by(steps[event.key])
        elif event.key in CLOSING:
            self._close(None)

    def _close(self, answer: str | None) -> None:
        self.dismiss()
        self._then(answer)
