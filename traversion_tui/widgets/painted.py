"""The base of all panes: painted when what they read has changed, drawn where rows differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.filter import ANSIToTruecolor, LineFilter
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from traversion_tui.line import Line
from traversion_tui.scene import Pane, Scene
from traversion_tui.widgets.reads import Read, differs, watched


class Painted(Widget):
    """Shows strips that `paint` makes of the newest scene."""

    DEFAULT_CSS = "Painted { width: 1fr; height: 1fr; background: transparent; }"
    pane: ClassVar[Pane | None] = None

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self.scene: Scene | None = None
        self.failure: Exception | None = None
        self._strips: list[Strip] = []
        self._read: Read | None = None

    def paint(self, scene: Scene, width: int) -> list[Strip]:
        """Rows of exactly `width` cells for a scene; fewer than `height` leave the rest blank."""
        raise NotImplementedError

    def show(self, scene: Scene) -> None:
        """Take a scene down; where it differs in what was read of the last one, paint again."""
        self.scene = scene
        if self._read is None or differs(self._read, scene):
            self.repaint()

    def outdate(self) -> None:
        """Have the next scene painted, whatever is in it: something else has changed."""
        self._read = None

    def repaint(self) -> None:
        """Paint the current scene again and draw the rows that differ."""
        width, height = self.size
        if self.scene is None or not width or not height or not self.display:
            self.outdate()
            return
        old, new = self._strips, self._filled(self.scene, width, height)
        self._strips = new
        if len(old) != len(new) or (old and old[0].cell_length != width):
            self.refresh()
            return
        rows = [
            y for y, (before, after) in enumerate(zip(old, new, strict=True)) if before != after
        ]
        if rows:
            self.refresh(*(Region(0, y, width, 1) for y in rows))

    def _filled(self, scene: Scene, width: int, height: int) -> list[Strip]:
        blank = Strip.blank(width, scene.look.ink("text"))
        self.scene, self._read = watched(scene)
        try:
            strips = self.paint(self.scene, width)[:height]
        except Exception as error:  # noqa: BLE001 - one pane's fault must not take the console down
            self.log.error(error)
            self.failure = error
            words = f"this pane could not be drawn: {type(error).__name__}"
            strips = [
                Line(width, scene.look.ink("text")).skip(1).put(words, scene.look.ink("E")).strip()
            ]
        finally:
            self.scene = scene
        return strips + [blank] * (height - len(strips))

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Those of the app; but a palette that is not the terminal's own has true colours only."""
        return [each for each in super().get_line_filters() if type(each) is not ANSIToTruecolor]

    def render_line(self, y: int) -> Strip:
        """A row, painted anew where it is outdated or the size has changed since."""
        width, height = self.size
        if self.scene is None:
            return Strip.blank(width)
        fits = len(self._strips) == height and (not height or self._strips[0].cell_length == width)
        if self._read is None or not fits:
            self._strips = self._filled(self.scene, width, height)
        return self._strips[y] if y < len(self._strips) else Strip.blank(width)
