"""Which format a source is written in, by its first bytes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from traversion_data.decode.access import ACCESS
from traversion_data.decode.base import Format, Head
from traversion_data.decode.cri import CRI
from traversion_data.decode.glog import GLOG
from traversion_data.decode.json import JSON_LINES
from traversion_data.decode.logback import LOGBACK
from traversion_data.decode.logfmt import LOGFMT
from traversion_data.decode.plain import PLAIN
from traversion_data.decode.python_log import PYTHON
from traversion_data.decode.structured import STRUCTURED
from traversion_data.decode.syslog import SYSLOG
from traversion_data.decode.syslog_5424 import SYSLOG_5424
from traversion_data.decode.text import TEXT
from traversion_data.errors import InputError
from traversion_data.safe import printable
from traversion_data.source.base import Source

FORMATS: Final[tuple[Format, ...]] = (
    *STRUCTURED,
    JSON_LINES,
    ACCESS,
    SYSLOG_5424,
    SYSLOG,
    GLOG,
    PYTHON,
    LOGBACK,
    LOGFMT,
    TEXT,
    CRI,
    PLAIN,
)
"""All formats; of equally sure ones the first is taken."""

_HEAD: Final = 64 * 1024


def recognise(head: Head) -> Format:
    """The format that fits best, JSON Lines where none does."""
    best = max(FORMATS, key=lambda form: form.fits(head))
    return best if best.fits(head) > 0 else JSON_LINES


def format_of(word: str) -> Format:
    """The format that `--as` names.

    Raises:
        InputError: there is none of that name.
    """
    found = {form.word: form for form in FORMATS}
    if word in found:
        return found[word]
    near = {form.title.lower(): form.word for form in FORMATS} | {name: name for name in found}
    close = get_close_matches(word.lower(), near, n=1)
    hint = f"Did you mean {near[close[0]]}?" if close else f"There are {', '.join(found)}."
    raise InputError(f"there is no format {printable(word)}. {hint}")


def format_titled(title: str) -> Format | None:
    """The format that `SHOW SOURCES` calls so."""
    return next((form for form in FORMATS if form.title == title), None)


class Peeking:
    """Looks at the head of a source and gives all of its pieces again.

    Waits for `_HEAD` bytes, but of a source that may pause only for a whole line. An `InputError`
    of the source comes after all that was read before it.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._stream = source.pieces()
        self._taken: list[bytes] = []
        self._size = 0
        self._more = True

    @property
    def head(self) -> Head:
        """What was looked at."""
        data = b"".join(self._taken)
        return Head(self._source.name, data[:_HEAD], not self._more and self._size <= _HEAD)

    def enough(self) -> bool:
        """Look at what there is; False where nothing comes just now and more is wanted."""
        pauses = self._source.hold < math.inf
        try:
            while self._more and self._size < _HEAD and not (pauses and _whole_line(self._taken)):
                piece = next(self._stream, None)
                self._more = piece is not None
                if piece:
                    self._taken.append(piece)
                    self._size += len(piece)
                elif self._more:
                    return False
        except InputError as error:
            self._stream = _failing(error)
        return True

    def pieces(self) -> Iterator[bytes]:
        """All of the source's pieces; what was looked at is held until it is given."""
        while self._taken:
            yield self._taken.pop(0)
        yield from self._stream


def _whole_line(pieces: list[bytes]) -> bool:
    return any(b"\n" in piece for piece in pieces)


def _failing(error: InputError) -> Iterator[bytes]:
    yield b""
    raise error
