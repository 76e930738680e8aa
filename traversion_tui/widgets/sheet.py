"""A page of text over the console: help, an event's detail, what was understood."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.geometry import Region
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget

from traversion_tui.formats import count
from traversion_tui.render.footer import paint_hints
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
        self.screen.refresh()

    def render_line(self, y: int) -> Strip:
        """One row of pieces."""
        index = self.top + y
        row = self.rows[index] if index < len(self.rows) else ()
        return paint_pieces(row, self.size.width, self.look)

    @property
    def place(self) -> str:
        """Which rows are seen; nothing where all are."""
        height, total = self.size.height, len(self.rows)
        last = min(self.top + height, total)
        return "" if total <= height else f"rows {self.top + 1} to {last} of {count(total)}"

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

    CSS = "Sheet { background: $background; padding: 1 1 2 1; }"

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

    def render_lines(self, crop: Region) -> list[Strip]:
        """The ground, and the footer in its last row."""
        return [self._row(y) for y in range(crop.y, crop.bottom)]

    def _row(self, y: int) -> Strip:
        width, height = self.outer_size
        if y < height - 1:
            return Strip.blank(width, self._page.look.ink("text"))
        away = ("q", "quit") if self._answers else ("esc", "back")
        hints = (away, ("up down", "scroll")) if self._page.place else (away,)
        return paint_hints(hints, self._page.place, width, self._page.look)

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
