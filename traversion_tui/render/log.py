"""The event log: rows by position, the playhead's line between what is known and what is ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.style import Style
from textual.strip import Strip

from traversion_tui.formats import TimeFormat, count
from traversion_tui.line import Line
from traversion_tui.reading.gaps import LETTER
from traversion_tui.reading.rows import LogRow
from traversion_tui.text import width_of
from traversion_tui.theme import Look

ROOM_FOR_TEXT: Final = 24
"""Cells that the text has before how long something took is shown beside it."""

ROOM_FOR_REPEATS: Final = 12
"""Cells behind the service from which on repeats are shown: they are dropped last."""


@dataclass(frozen=True, slots=True)
class LogLayout:
    """Widths of the columns that are not free."""

    service: int


def service_width(rows: Sequence[LogRow], width: int, before: int) -> int:
    """Room for service names: the longest seen, up to a share of the row; it never shrinks."""
    longest = max((len(row.service) for row in rows), default=0)
    return min(max(longest, before, 6), max(width // 4, 8))


def anchor(
    top: int, height: int, lines: int, *, cursor: int | None, playhead: int, follow: bool
) -> int:
    """First visible line, so that cursor and playhead line can be seen.

    With `follow` the playhead line is brought to two thirds of the height if it would not be seen;
    otherwise only the cursor's row is kept in view.
    """
    if follow and not top < playhead < top + height - 1:
        top = playhead - height * 2 // 3
    if cursor is not None and not top <= cursor < top + height:
        top = cursor if cursor < top else cursor - height + 1
    return max(min(top, lines - height), 0)


def paint_row(
    row: LogRow, width: int, look: Look, times: TimeFormat, layout: LogLayout, *, selected: bool
) -> Strip:
    """One event. Rows ahead of the playhead are dim, the selected one has its ground."""
    if row.letter == LETTER:
        return _gap(row, width, look, times, layout)
    if row.ahead:
        return _ahead(row, width, look, times, layout)
    on = "sel" if selected else "bg"
    muted, text = look.ink("muted", on=on), look.ink("text", on=on)
    line = Line(width, text, look.glyphs.ellipsis)
    line.put(look.glyphs.cursor if selected else " ", look.ink("accent", "b", on=on)).skip(1)
    clock = times.clock(row.time)
    line.put(clock[:-6], muted).put(clock[-6:], text).skip(1)
    line.put(row.letter, look.severity(row.letter, on=on)).skip(1)
    quiet = row.letter in "ID " and not selected
    line.column(row.service, muted if quiet else look.ink("bright", on=on), layout.service).skip(1)
    role = {"F": "E", "E": "E", "D": "D", "I": "muted", " ": "muted"}.get(row.letter, "text")
    told = look.ink(role, ("b" if selected else "") + ("i" if row.open else ""), on=on)
    return _tell(line, row, told, muted, look).strip()


def _gap(row: LogRow, width: int, look: Look, times: TimeFormat, layout: LogLayout) -> Strip:
    muted, warn = look.ink("muted"), look.ink("future" if row.ahead else "W")
    line = Line(width, muted, look.glyphs.ellipsis)
    line.put(look.glyphs.gap, warn).skip(1).put(times.clock(row.time), muted).skip(1)
    line.put(row.letter, warn).skip(1)
    line.column(row.service, muted, layout.service).skip(1)
    return line.put(row.text, warn, room=width - 1 - line.at).strip()


def _ahead(row: LogRow, width: int, look: Look, times: TimeFormat, layout: LogLayout) -> Strip:
    future = look.ink("future")
    line = Line(width, future, look.glyphs.ellipsis)
    line.put(look.glyphs.ahead, look.ink("faint")).skip(1)
    line.put(times.clock(row.time), future).skip(1)
    line.put(row.letter, look.ink("future", "b" if row.letter in "EF" else "")).skip(1)
    line.column(row.service, future, layout.service).skip(1)
    return _tell(line, row, future, future, look).strip()


def _tell(line: Line, row: LogRow, told: Style, aside: Style, look: Look) -> Line:
    """The text, and at the right edge repeats, and how long it took where there is room for it."""
    end = line.width - 1
    if row.repeats > 1 and end - line.at > ROOM_FOR_REPEATS:
        times = f"{look.glyphs.times}{count(row.repeats)}{'+' if row.cut else ''}"
        end -= len(times) + 2
        return _text(line, row, told, aside, end).right(times, aside, line.width - 1)
    return _text(line, row, told, aside, end)


def _text(line: Line, row: LogRow, told: Style, aside: Style, end: int) -> Line:
    room = end - line.at
    needed = min(width_of(row.text), ROOM_FOR_TEXT)
    if not row.took or room - len(row.took) - 2 < needed:
        return line.put(row.text, told, room=room)
    return line.put(row.text, told, room=room - len(row.took) - 2).right(row.took, aside, end)


def playhead_line(width: int, look: Look, ahead: int, away: str = "") -> Strip:
    """The line between known and ahead; `away` says how far off it is when it is not in place."""
    accent, rule = look.ink("accent", "b"), look.glyphs.rule
    line = Line(width, look.ink("text"), look.glyphs.ellipsis)
    line.put(rule * 2, accent).skip(1).put("playhead", accent).skip(1)
    if away:
        line.put(away, look.ink("muted")).skip(1)
    note = f" {count(ahead)} events ahead, not used " if ahead else " nothing ahead "
    if line.at + len(note) + 1 > width:
        note = f" {count(ahead)} ahead "
    line.rule(rule, accent, max(width - len(note) - 1, line.at))
    return line.put(note, look.ink("muted")).put(rule, accent).strip()
