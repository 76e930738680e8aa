"""The sixth seam: everything the console shows follows from one frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from traversion_data.model import Nanos, TimeRange
from traversion_engine.context import Bookmark


class Loop(StrEnum):
    """What play does at the end."""

    OFF = "off"
    ALL = "all"
    EDGES = "A..B"


class Clock(StrEnum):
    """From where times are read."""

    SOURCE = "source"
    UTC = "UTC"
    LOCAL = "local"
    START = "since start"
    MARK = "since mark"


class Follow(StrEnum):
    """Whether input that is still written is watched."""

    NONE = "nothing is followed"
    LIVE = "at the newest"
    HELD = "paused"


@dataclass(frozen=True, slots=True)
class ViewState:
    """One moment of the console. Changed only by making another; widgets read it, never write it.

    playhead: the one moment that all panes show. cursor: position (see `StoreView`) of the
    selected event, never one after the playhead, or None before the first. window: what the
    scrubber shows, inside `whole`, the playhead inside it. zooms: windows to zoom back to.
    origin: where play began. past, ahead: moments visited, for going back and forward.
    where: the predicate that the log's events pass, None for all; applied while `filtering`.
    left: how many events were known when the newest was left, while HELD.
    generation counts every change; an answer that belongs to an older one is dropped.
    """

    whole: TimeRange
    window: TimeRange
    playhead: Nanos
    cursor: int | None = None
    marks: tuple[Nanos | None, Nanos | None] = (None, None)
    bookmarks: Mapping[str, Bookmark] = field(default_factory=lambda: MappingProxyType({}))
    playing: bool = False
    speed: float = 1.0
    loop: Loop = Loop.OFF
    origin: Nanos | None = None
    zooms: tuple[TimeRange, ...] = ()
    past: tuple[Nanos, ...] = ()
    ahead: tuple[Nanos, ...] = ()
    zone: str = "UTC"
    clock: Clock = Clock.SOURCE
    where: str | None = None
    filtering: bool = True
    follow: Follow = Follow.NONE
    left: int = 0
    generation: int = 0

    @property
    def predicate(self) -> str | None:
        """What the log is filtered by now."""
        return self.where if self.filtering else None
