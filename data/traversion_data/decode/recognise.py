"""Which format a source is written in, by its first bytes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import chain
from typing import Final

from traversion_data.decode.base import Format, Head
from traversion_data.decode.json import JSON_LINES
from traversion_data.errors import InputError
from traversion_data.safe import printable
from traversion_data.source.base import Source

FORMATS: Final[tuple[Format, ...]] = (JSON_LINES,)
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
    close = get_close_matches(word, found, n=1)
    hint = f"Did you mean {close[0]}?" if close else f"There are {', '.join(found)}."
    raise InputError(f"there is no format {printable(word)}. {hint}")


def peeked(source: Source) -> tuple[Head, Iterator[bytes]]:
    """The head of a source, and all of its pieces.

    Waits for `_HEAD` bytes, but of a source that may pause only for a whole line. An `InputError`
    of the source comes after all that was read before it.
    """
    stream = source.pieces()
    taken: list[bytes] = []
    size, more = 0, True
    try:
        while more and size < _HEAD and not (source.hold < math.inf and _whole_line(taken)):
            piece = next(stream, None)
            more = piece is not None
            taken.append(piece or b"")
            size += len(taken[-1])
    except InputError as error:
        stream = _failing(error)
    head = Head(source.name, b"".join(taken)[:_HEAD], whole=not more and size <= _HEAD)
    return head, chain(taken, stream)


def _whole_line(pieces: list[bytes]) -> bool:
    return any(b"\n" in piece for piece in pieces)


def _failing(error: InputError) -> Iterator[bytes]:
    yield b""
    raise error
