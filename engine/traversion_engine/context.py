"""Where a statement is asked from: what `playhead`, `selected`, `now` and bare clock times mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from traversion_data.model import Nanos, TimeRange


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A moment with a name, and what was written beside it."""

    time: Nanos
    note: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """The asker's place in the recording. Headless all of it is absent.

    window: the visible window, the default scope; absent = the whole recording.
    playhead: absent = the recording's end. selected: seq of the selected event.
    bookmarks: by name, without the @. zone: an IANA name, for times without an offset.
    now: the wall clock while input is followed; absent = the recording's end.
    """

    window: TimeRange | None = None
    playhead: Nanos | None = None
    selected: int | None = None
    bookmarks: Mapping[str, Bookmark] = field(default_factory=lambda: MappingProxyType({}))
    zone: str = "UTC"
    now: Nanos | None = None


HEADLESS = Context()
