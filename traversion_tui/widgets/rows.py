"""A pane of rows with one selected: what STATE, WHY and results have in common."""

from __future__ import annotations

from textual import events

from traversion_tui.messages import PaneFocused
from traversion_tui.widgets.painted import Painted


class Rows(Painted, can_focus=True):
    """Keeps the selected row and the first visible one; `head` rows stand above the list."""

    head = 2

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self.selected = 0
        self.top = 0
        self.titled = True

    def count(self) -> int:
        """Number of rows."""
        raise NotImplementedError

    @property
    def room(self) -> int:
        """Rows of the list that fit."""
        return max(self.size.height - self.head, 1)

    def in_view(self) -> range:
        """Indexes of the rows to paint, the selected one among them."""
        total = self.count()
        self.selected = max(min(self.selected, total - 1), 0)
        if not self.top <= self.selected < self.top + self.room:
            self.top = self.selected if self.selected < self.top else self.selected - self.room + 1
        self.top = max(min(self.top, total - self.room), 0)
        return range(self.top, min(self.top + self.room, total))

    def move(self, rows: int) -> None:
        """Select a row further up or down."""
        self.selected = max(min(self.selected + rows, self.count() - 1), 0)
        self.repaint()

    def chosen(self, index: int) -> bool:
        """Whether a row is drawn as selected: only the focused pane has a cursor."""
        focused = self.scene is not None and self.scene.focus is self.pane
        return focused and index == self.selected

    def on_focus(self) -> None:
        """Tell the app."""
        if self.pane is not None:
            self.post_message(PaneFocused(self.pane))

    def on_click(self, event: events.Click) -> None:
        """Select the row under the pointer."""
        index = self.top + event.y - self.head
        if event.y >= self.head and index < self.count():
            self.selected = index
            self.repaint()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Go down three rows."""
        event.stop()
        self.move(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Go up three rows."""
        event.stop()
        self.move(-3)
