"""Only what differs is sent: a frame for the terminal, without what the screen shows already.

Textual draws a changed row anew from its pane's left edge, and names both colours of every piece of
it in full. Over ssh that is the larger part of what a key costs.

    data -> pieces of rows, each a text in one style -> those the screen does not show -> data
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import Final

from traversion_tui.text import width_of

Piece = tuple[str, str]
"""The parameters of an SGR sequence, and the text that is written so."""

Placed = tuple[int, Piece]
"""A column, from 1, and what is written from there on."""

_TOKEN: Final = re.compile(r"\x1b\[([\d;]*)([mH])([^\x1b\x00-\x1f\x7f-\x9f]*)")
_HARMLESS: Final = re.compile(
    r"(?:\x1b\[\?(?:2026|25|2004|100\d|1015|1016)[hl]|\x1b\]22;\w+\x07|\x07)*\Z"
)
_UNSURE: Final = re.compile(
    "[^\x20-\x7e\xa1-\xac\xae-\u02ff\u0370-\u03ff\u2010-\u2027\u203a\u2190-\u21ff\u2212"
    "\u2500-\u25fc\u275a\u2800-\u28ff]"
)
"""Characters whose width terminals disagree about: a row with one is sent whole every time."""

_SEEN_WITHOUT_INK: Final = frozenset({"4", "7", "9", "21", "53"})
"""Attributes that show on a blank too: underline, reverse, strike and the like."""

WORTH: Final = 8
"""Equal cells between two changes that cost less to send again than to skip."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Pieces of a row from column `start` (from 1) to before `end`."""

    start: int
    end: int
    pieces: list[Placed]


@dataclass(slots=True)
class _Row:
    """Pieces written in line `y` from column `x` to before `end`, all from 1.

    sure: whether terminals agree about how wide they are.
    """

    y: int
    x: int
    end: int
    pieces: list[Placed]
    sure: bool = True


@dataclass(slots=True)
class Frames:
    """What the screen shows, as far as it is known; `thin` keeps it so."""

    size: tuple[int, int] = (0, 0)
    _rows: dict[int, list[_Run]] = field(default_factory=dict)
    _cursor: str = ""

    def thin(self, data: str, size: tuple[int, int]) -> str:
        """What has to be sent for a terminal of `size` (columns, rows) to show `data`.

        A text that does more than move, colour and write is sent as it is, and so is a frame that
        paints every row: that is how a spoilt screen is mended.
        """
        if size != self.size:
            self._forget(size)
        tokens = _TOKEN.findall(data)
        if not tokens or not _is_frame(data, tokens):
            if not _HARMLESS.match(data):
                self._forget(size)
            return data
        rows = list(_rows(tokens))
        if {row.y for row in rows if row.x == 1 and row.pieces} >= set(range(1, size[1] + 1)):
            self._rows.clear()
        out = _Out()
        for row in rows:
            if row.pieces:
                self._row(out, row)
        last = rows[-1]
        cursor = "" if last.pieces else f"\x1b[{last.y};{last.x}H"
        if not out.parts and cursor == self._cursor:
            return ""
        self._cursor = cursor
        return out.text() + cursor

    def _forget(self, size: tuple[int, int]) -> None:
        self.size = size
        self._rows.clear()
        self._cursor = ""

    def _row(self, out: _Out, row: _Row) -> None:
        """Send of a row what the screen does not show, and remember it."""
        y, x, at = row.y, row.x, row.end
        runs = self._rows.setdefault(y, [])
        known = next((run for run in runs if run.start == x and run.end == at), None)
        if known is not None and row.sure:
            if known.pieces == row.pieces:
                return
            out.changes(y, row.pieces, known.pieces, at)
            runs.remove(known)
        else:
            runs[:] = [run for run in runs if run.end <= x or at <= run.start]
            out.changes(y, row.pieces, [], at)
        if row.sure and at <= self.size[0] + 1:
            runs.append(_Run(x, at, row.pieces))


class _Out:
    """The text to send, and how the terminal writes at its end.

    Attributes, colour and ground are sequences of their own, so that there are few kinds of them.
    """

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._style = ""

    def changes(self, y: int, new: list[Placed], old: list[Placed], end: int) -> None:
        """Write the pieces that differ; small gaps between them are not worth a move."""
        begun, ended = dict(old), {at + len(piece[1]): piece for at, piece in old}
        written = 0
        gap: list[Piece] = []
        ends = [at for at, _ in new[1:]]
        ends.append(end)
        for (at, piece), after in zip(new, ends, strict=True):
            shown = begun.get(at)
            if shown == piece:
                gap.append(piece)
                if written and after - written > WORTH:
                    written = 0
                continue
            style, text = piece
            head = _alike(text, shown[1]) if shown is not None and shown[0] == style else 0
            if written and head > WORTH:
                written = 0
            if not written:
                self.parts.append(f"\x1b[{y};{at + head}H")
                text = text[head:]
            for equal in gap if written else ():
                self._put(equal)
            gap.clear()
            kept = len(text)
            shown = ended.get(after)
            if shown is not None and shown[0] == style and _end_alike(piece[1], shown[1]):
                tail = _alike(piece[1][::-1], shown[1][::-1])
                kept = max(kept - tail, 0)
            if kept:
                self._put((style, text[:kept]))
            written = after if kept == len(text) else 0

    def text(self) -> str:
        """All of it, nothing left switched on."""
        if self._style:
            self.parts.append("\x1b[0m")
        return "".join(self.parts)

    def _put(self, piece: Piece) -> None:
        style, text = piece
        if style != self._style and not (text.isspace() and _blank(self._style) == style):
            self.parts.append(_turn(self._style, style))
            self._style = style
        self.parts.append(text)


def _alike(text: str, shown: str) -> int:
    """How many characters at the beginning stand there already."""
    for at, (new, old) in enumerate(zip(text, shown, strict=False)):
        if new != old:
            return at
    return min(len(text), len(shown))


def _end_alike(text: str, shown: str) -> bool:
    """Whether more than `WORTH` characters at the end stand there already."""
    return len(text) > WORTH < len(shown) and text[-WORTH - 1 :] == shown[-WORTH - 1 :]


def _is_frame(data: str, tokens: list[tuple[str, str, str]]) -> bool:
    """Whether a text is nothing but moves, colours, texts and ends of rows."""
    known = sum(map(len, chain.from_iterable(tokens)))
    return tokens[0][1] == "H" and known + 2 * len(tokens) + data.count("\n") == len(data)


def _rows(tokens: list[tuple[str, str, str]]) -> Iterator[_Row]:
    """The rows of a frame, a blank with as little style as shows."""
    row, style, at = None, "", 0
    for codes, kind, text in tokens:
        if kind == "H":
            if row is not None:
                row.end = at
                yield row
            line, _, column = codes.partition(";")
            at = int(column or 1)
            row, style = _Row(int(line or 1), at, at, []), ""
        else:
            style = "" if codes == "0" else codes
        if text and row is not None:
            row.pieces.append((at, (_blank(style) if text.isspace() else style, text)))
            if text.isascii():
                at += len(text)
            else:
                row.sure = row.sure and not _UNSURE.search(text)
                at += width_of(text)
    if row is not None:
        row.end = at
        yield row


@lru_cache(maxsize=1024)
def _parts(style: str) -> tuple[frozenset[str], str, str]:
    """Attributes, colour and ground of an SGR sequence's parameters."""
    attributes: set[str] = set()
    colour = ground = ""
    codes = iter(style.split(";")) if style else iter(())
    for code in codes:
        if code in {"38", "48"}:
            kind = next(codes, "")
            rest = [next(codes, "") for _ in range(3 if kind == "2" else 1)]
            colours = ";".join([code, kind, *rest])
            colour, ground = (colours, ground) if code == "38" else (colour, colours)
        elif len(code) == 2 and code[0] in "39":
            colour = code
        elif len(code) == 3 or (len(code) == 2 and code[0] == "4"):
            ground = code
        else:
            attributes.add(code)
    return frozenset(attributes), colour, ground


@lru_cache(maxsize=1024)
def _blank(style: str) -> str:
    """How a blank of a style may be written: its ink does not show."""
    attributes, _, ground = _parts(style)
    return style if attributes & _SEEN_WITHOUT_INK else ground


@lru_cache(maxsize=4096)
def _turn(before: str, after: str) -> str:
    """What has the terminal write in another way."""
    old, colour, ground = _parts(before)
    attributes, ink, base = _parts(after)
    start = ""
    if not old <= attributes:
        start, old, colour, ground = "\x1b[0m", frozenset(), "", ""
    codes = sorted(attributes - old)
    codes += [ink or "39"] if ink != colour else []
    codes += [base or "49"] if base != ground else []
    return start + "".join(f"\x1b[{code}m" for code in codes)
