"""What goes down to the widgets: one frozen value, from which each takes its own small model."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from traversion_data.model import Nanos, SourceInfo
from traversion_data.store.view import StoreView
from traversion_tui.answers import NO_ANSWERS, Answers
from traversion_tui.formats import TimeFormat, zone_of
from traversion_tui.landmarks import Landmarks
from traversion_tui.state import Clock, ViewState
from traversion_tui.text import NOTHING, SafeText
from traversion_tui.theme import Look
from traversion_tui.views import View


class Pane(StrEnum):
    """What can have the focus, in the order of tab."""

    SCRUBBER = "scrubber"
    EVENTS = "events"
    VIEW = "view"
    STATE = "state"
    CHANGED = "changed"
    WHY = "why"
    RESULT = "result"
    PROMPT = "prompt"


@dataclass(frozen=True, slots=True)
class Loading:
    """How far the load is: shown while it runs, then the read sum stays."""

    read: int = 0
    stored: int = 0
    set_aside: int = 0
    blank: int = 0
    rows_per_second: float = 0.0
    bytes_per_second: float = 0.0
    share: float | None = None
    done: bool = True
    trouble: SafeText = NOTHING
    """What cannot be read or kept just now."""
    failure: SafeText = NOTHING
    """Why the load ended early, for as long as what it left is shown."""

    @classmethod
    def of(cls, sources: tuple[SourceInfo, ...]) -> Loading:
        """The sum over sources, as a load that has ended."""
        return cls(
            read=sum(s.read for s in sources),
            stored=sum(s.stored for s in sources),
            set_aside=sum(s.set_aside for s in sources),
            blank=sum(s.blank for s in sources),
        )


NOT_LOADING: Final = Loading()


@dataclass(frozen=True, eq=False)
class Scene:
    """One frame of the console. marks: of the whole recording. shown: of what the filters keep."""

    state: ViewState
    marks: Landmarks
    shown: Landmarks
    look: Look
    answers: Answers = NO_ANSWERS
    name: SafeText = NOTHING
    focus: Pane = Pane.EVENTS
    tab: Pane = Pane.EVENTS
    left: View = View.LOG
    solo: bool = False
    card: bool = False
    loading: Loading = NOT_LOADING
    redacted: bool = True
    note: SafeText = NOTHING
    memory: int = 0

    @property
    def view(self) -> StoreView:
        """The events that the log shows: all, or those that pass the filters."""
        return self.shown.view

    @property
    def times(self) -> TimeFormat:
        """How this frame writes moments."""
        return time_format(self.state)

    @property
    def tabs(self) -> tuple[Pane, ...]:
        """Panes that can have all the room; results once there is one."""
        left = Pane.EVENTS if self.left is View.LOG else Pane.VIEW
        panes = (left, Pane.STATE, Pane.CHANGED, Pane.WHY)
        result = self.answers.result
        return (*panes, Pane.RESULT) if result is not None and result.table is not None else panes

    @property
    def known(self) -> int:
        """Number of events at or before the playhead."""
        return self.view.position(self.state.playhead + 1)


def time_format(state: ViewState) -> TimeFormat:
    """The format for the state's zone and clock."""
    origin: Nanos | None = None
    name = state.zone
    if state.clock is Clock.UTC:
        name = "UTC"
    elif state.clock is Clock.START:
        origin, name = state.whole.start, "start"
    elif state.clock is Clock.MARK and state.marks[0] is not None:
        origin, name = state.marks[0], "A"
    if state.clock is Clock.LOCAL:
        return TimeFormat(None, "local")
    return TimeFormat(zone_of(state.zone if origin is not None else name), name, origin)
