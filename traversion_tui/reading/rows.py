"""A page of events as rows of the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from traversion_data import schema
from traversion_data.model import Nanos, Severity
from traversion_data.store.view import StoreView
from traversion_tui.formats import LETTERS, duration
from traversion_tui.text import NOTHING, SafeText, safe

COLUMNS: Final = [
    schema.SEQ,
    schema.TIME,
    schema.END_TIME,
    schema.TYPE,
    schema.SERVICE,
    schema.OPERATION,
    schema.SEVERITY,
    schema.MESSAGE,
    schema.DURATION,
    schema.ERROR_OCCURRED,
]
READINGS_SHOWN: Final = 4


@dataclass(frozen=True, slots=True)
class LogRow:
    """One event as a row: `letter` is blank while its outcome is not known at the playhead.

    run: positions of the events that the row stands for, when they are more than its own.
    cut: whether there may be more of them than were looked at.
    """

    position: int
    seq: int
    time: Nanos
    letter: str
    service: SafeText
    text: SafeText
    took: SafeText = NOTHING
    ahead: bool = False
    open: bool = False
    run: range = range(0)
    cut: bool = False

    @property
    def repeats(self) -> int:
        """How many events say this one after the other."""
        return max(len(self.run), 1)


def page(view: StoreView, start: int, length: int, playhead: Nanos) -> list[LogRow]:
    """Rows at positions `[start, start + length)`, clipped, as they are known at the playhead."""
    start = max(start, 0)
    frame = view.page(start, length, columns(view))
    return [
        row_of(values, start + index, playhead)
        for index, values in enumerate(frame.iter_rows(named=True))
    ]


def columns(view: StoreView) -> list[str]:
    """What a row is told by: `COLUMNS` and the numbers that were learned."""
    types = view.events.schema
    return COLUMNS + [name for name in schema.learned(view.events) if types[name].is_numeric()]


def row_of(
    values: Mapping[str, Any],
    position: int,
    playhead: Nanos,
    run: range = range(0),
    *,
    cut: bool = False,
) -> LogRow:
    """One row of a page read with `COLUMNS` and any learned columns; see `LogRow`."""
    time, end = values[schema.TIME], values[schema.END_TIME] or values[schema.TIME]
    is_open = time <= playhead < end
    return LogRow(
        position=position,
        seq=values[schema.SEQ],
        time=time,
        letter=" " if is_open else letter(values),
        service=safe(values[schema.SERVICE] or ""),
        text=headline(values, ended=not is_open),
        took=_took(values, playhead, is_open=is_open),
        ahead=time > playhead,
        open=is_open,
        run=run,
        cut=cut,
    )


def letter(values: Mapping[str, Any]) -> str:
    """The severity letter; a failed span without a severity is an error."""
    severity = values.get(schema.SEVERITY)
    if severity is None:
        severity = Severity.ERROR if values.get(schema.ERROR_OCCURRED) else Severity.INFO
    return LETTERS[min(max(int(severity), 0), len(LETTERS) - 1)]


def headline(values: Mapping[str, Any], *, ended: bool = True) -> SafeText:
    """What an event says: its message, else its operation, else its readings, else its type.

    The message of a span may tell its outcome, so one that has not ended says what it does; the
    message is its name only where it has no operation. What a point ahead says is not known yet.
    """
    names = [schema.MESSAGE, schema.OPERATION]
    if not ended:
        names.reverse()
        if values.get(schema.END_TIME) == values.get(schema.TIME):
            names.remove(schema.MESSAGE)
    for name in names:
        if values.get(name):
            return safe(values[name])
    readings = [
        f"{name}={value:g}"
        for name, value in values.items()
        if name not in schema.EVENT and isinstance(value, int | float)
    ]
    shown = readings[:READINGS_SHOWN] if ended else []
    return safe("  ".join(shown) or values.get(schema.TYPE) or "")


def _took(values: Mapping[str, Any], playhead: Nanos, *, is_open: bool) -> SafeText:
    if is_open:
        return safe(f"open {duration(playhead - values[schema.TIME])}")
    took = values[schema.DURATION]
    return NOTHING if took is None else safe(duration(took))
