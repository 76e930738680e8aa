"""What goes up to the app: from panes what a person did, from workers what they found."""

from __future__ import annotations

from typing import Any

from textual.message import Message

from traversion_data.ingest import Progress
from traversion_data.model import Nanos, TimeRange
from traversion_tui.landmarks import Landmarks
from traversion_tui.scene import Pane


class SeekCell(Message):
    """A cell of the scrubber's visible track was pointed at."""

    def __init__(self, cell: int, width: int) -> None:
        self.cell = cell
        self.width = width
        super().__init__()


class SeekShare(Message):
    """A place on the scrubber's minimap was pointed at, 0 to 1 of the recording."""

    def __init__(self, share: float) -> None:
        self.share = share
        super().__init__()


class ZoomAt(Message):
    """The wheel was turned over a cell of the track."""

    def __init__(self, factor: float, cell: int, width: int) -> None:
        self.factor = factor
        self.cell = cell
        self.width = width
        super().__init__()


class Pan(Message):
    """The window shall move by a share of its length."""

    def __init__(self, share: float) -> None:
        self.share = share
        super().__init__()


class MarkEdges(Message):
    """A stretch of time was drawn over: it shall lie between A and B (ns)."""

    def __init__(self, first: Nanos, last: Nanos) -> None:
        self.first = first
        self.last = last
        super().__init__()


class LookAt(Message):
    """The window shall show a stretch of time."""

    def __init__(self, window: TimeRange) -> None:
        self.window = window
        super().__init__()


class PickRow(Message):
    """An event of the log was pointed at, by its position."""

    def __init__(self, position: int) -> None:
        self.position = position
        super().__init__()


class PaneFocused(Message):
    """A pane got the focus."""

    def __init__(self, pane: Pane) -> None:
        self.pane = pane
        super().__init__()


class TabPicked(Message):
    """A tab was pointed at."""

    def __init__(self, pane: Pane) -> None:
        self.pane = pane
        super().__init__()


class Answered(Message):
    """A worker's job ended: its value, or the error it raised."""

    def __init__(self, channel: str, generation: int, value: Any, error: Exception | None) -> None:
        self.channel = channel
        self.generation = generation
        self.value = value
        self.error = error
        super().__init__()


class Loaded(Message):
    """The load has come further, or has ended, perhaps with an error."""

    def __init__(
        self,
        progress: Progress | None = None,
        marks: Landmarks | None = None,
        error: Exception | None = None,
        *,
        ended: bool = False,
    ) -> None:
        self.progress = progress
        self.marks = marks
        self.error = error
        self.ended = ended
        super().__init__()
