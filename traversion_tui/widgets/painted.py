"""The base of all panes: painted when what they read has changed, drawn where rows differ."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from time import monotonic
from typing import ClassVar, Final

from textual.filter import ANSIToTruecolor, LineFilter
from textual.geometry import Region
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from traversion_tui import live
from traversion_tui.line import Line
from traversion_tui.scene import Pane, Scene
from traversion_tui.widgets.reads import Read, differs, differs_beside_growth, watched

UNHURRIED: Final = 0.5
"""The patience of panes that lag behind the log a little where events come all the time."""

_TOGETHER: Final = 0.2
"""Seconds for which a pane waits on to be drawn in one frame with others."""


class Painted(Widget):
    """Shows strips that `paint` makes of the newest scene."""

    DEFAULT_CSS = "Painted { width: 1fr; height: 1fr; background: transparent; }"
    pane: ClassVar[Pane | None] = None
    patience: ClassVar[float] = 0.0
    """Seconds for which it may show what it shows while newer events are all that comes."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self.scene: Scene | None = None
        self.failure: Exception | None = None
        self._strips: list[Strip] = []
        self._read: Read | None = None
        self._painted = 0.0
        self._later: Timer | None = None

    def paint(self, scene: Scene, width: int) -> list[Strip]:
        """Rows of exactly `width` cells for a scene; fewer than `height` leave the rest blank."""
        raise NotImplementedError

    def show(self, scene: Scene) -> None:
        """Take a scene down; where it differs in what was read of the last one, paint again."""
        before, self.scene = self.scene, scene
        if self._read is None or before is None:
            self.repaint()
        elif differs(self._read, scene):
            rest = self._painted + self.patience - monotonic()
            if rest > 0 and _only_newer(before, scene, self._read):
                self._later = self._later or self.set_timer(rest + _TOGETHER, self._catch_up)
            else:
                self.repaint()

    def _catch_up(self) -> None:
        self._later = None
        if self.scene is not None and self._read is not None and differs(self._read, self.scene):
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
        differ = [before != after for before, after in zip(old, new, strict=True)]
        if stretches := _stretches(differ):
            self.refresh(*(Region(0, y, width, end - y) for y, end in stretches))

    def _filled(self, scene: Scene, width: int, height: int) -> list[Strip]:
        blank = Strip.blank(width, scene.look.ink("text"))
        self.scene, self._read = watched(scene)
        self._painted = monotonic()
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

    def render_lines(self, crop: Region) -> list[Strip]:
        """Rows as they are painted: these panes have no border, padding or tint to be added."""
        width, height = self.size
        rows = self._rows(width, height)[crop.y : crop.bottom]
        rows += [Strip.blank(width)] * (crop.height - len(rows))
        if filters := self.get_line_filters():
            ground = self.background_colors[1]
            for each in filters:
                rows = [row.apply_filter(each, ground) for row in rows]
        if crop.column_span != (0, width):
            rows = [row.crop(*crop.column_span) for row in rows]
        return rows

    def render_line(self, y: int) -> Strip:
        """A row, painted anew where it is outdated or the size has changed since."""
        width, height = self.size
        rows = self._rows(width, height)
        return rows[y] if y < len(rows) else Strip.blank(width)

    def _rows(self, width: int, height: int) -> list[Strip]:
        if self.scene is None:
            return []
        fits = len(self._strips) == height and (not height or self._strips[0].cell_length == width)
        if self._read is None or not fits:
            self._strips = self._filled(self.scene, width, height)
        return self._strips


def _stretches(marked: Sequence[bool]) -> list[tuple[int, int]]:
    """Where rows in a row are marked: the first of them, and one past the last."""
    edges = [y for y, (a, b) in enumerate(pairwise([False, *marked, False])) if a != b]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _only_newer(before: Scene, scene: Scene, read: Read) -> bool:
    newer = live.only_newer(before.state, scene.state)
    return newer and not differs_beside_growth(read, scene)
