"""What the left pane shows: the log, or an answer that follows playhead and selection."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from traversion_data.model import seq_text
from traversion_engine.result import ResultTable


class View(StrEnum):
    """The left pane's views, in the order of `v`."""

    LOG = "events"
    TRACE = "trace"
    STACK = "stack"
    MAP = "map"


NO_TRACE: Final = "no event is selected, so there is no trace to show"


@dataclass(frozen=True, eq=False)
class Seen:
    """A view's answer: its table, or why there is none. selected: the event it was asked for."""

    view: View
    statement: str
    table: ResultTable | None = None
    note: str = ""


def after(view: View) -> View:
    """The next view, after the last the first."""
    order = list(View)
    return order[(order.index(view) + 1) % len(order)]


def statement_of(view: View, selected: int | None) -> str:
    """The statement behind a view."""
    match view:
        case View.TRACE:
            return f"TRACE {seq_text(selected)}" if selected is not None else "TRACE selected"
        case View.STACK:
            return "STACK AT playhead"
        case View.MAP:
            return "CALLS AT playhead OVER 60s"
        case _:
            return "TIMELINE"
