"""The sixth seam: everything the console shows follows from one frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from traversion_data.model import Nanos, TimeRange


@dataclass(frozen=True, slots=True)
class ViewState:
    """One moment of the console. Changed only by making another; widgets read it, never write it.

    playhead: the one moment that all panes show. cursor: position (see `StoreView`) of the
    selected event, or None in an empty recording. window: what the scrubber shows, inside `whole`.
    generation counts every change; an answer that belongs to an older one is dropped.
    """

    whole: TimeRange
    window: TimeRange
    playhead: Nanos
    cursor: int | None = None
    marks: tuple[Nanos | None, Nanos | None] = (None, None)
    bookmarks: Mapping[str, Nanos] = field(default_factory=lambda: MappingProxyType({}))
    playing: bool = False
    speed: float = 1.0
    zone: str = "UTC"
    where: str | None = None
    generation: int = 0
