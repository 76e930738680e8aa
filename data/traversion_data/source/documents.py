"""Cut JSON documents into chunks of whole elements, holding no more than one chunk or element.

A document is an array of elements, an object that holds its elements in an array under a known key,
or just values one after another. The bytes of an element are never looked at one by one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from time import monotonic
from typing import Final

import numpy as np

from traversion_data.errors import InputError
from traversion_data.source.base import Chunk
from traversion_data.source.blocks import BOM, CHUNK, FIRST_CHUNK, MAX_LINE, cut, until_failure
from traversion_data.source.brackets import STRAY, Brackets

MAX_ELEMENT: Final = 1024 * 1024 * 1024
"""Bytes of one element beyond which a document is given up."""

_BETWEEN: Final = b" \t\r\n,\x1e"
"""What may stand between elements; U+001E begins each one of RFC 7464."""
_KEY: Final = re.compile(rb'"((?:[^"\\]|\\.){0,256})"\s*:\s*\Z')
_LOOK_BACK: Final = 512
_OPEN_OBJECT, _OPEN_ARRAY = b"{["
_OUTSIDE, _ARRAY, _OBJECT, _KEYED = range(4)
"""Where reading stands: between documents, in one's array, in its object, in that one's array."""
_LEVEL: Final = {_OUTSIDE: 0, _ARRAY: 1, _OBJECT: 1, _KEYED: 2}


def cut_elements(
    pieces: Iterable[bytes],
    ordinal: int,
    hold: float = math.inf,
    keys: Collection[bytes] = (),
) -> Iterator[Chunk | None]:
    """Chunks of about `CHUNK` bytes of whole elements; see `decode.base.Cut`.

    keys: under which an object holds its elements; an object with none of them is an element. What
    stands between elements without being one is handed out as one too, for the decoder to refuse.

    Where the document is cut off or cannot be read on, the last chunk has a note. An `InputError`
    of the pieces is raised after all that was read before it.
    """
    walk = _Walk(ordinal, frozenset(keys))
    failed: list[InputError] = []
    wanted, since = FIRST_CHUNK, math.inf
    for piece in until_failure(pieces, failed):
        if piece:
            since = min(since, monotonic())
            walk.add(piece)
        if walk.ripe >= wanted or (walk.found and monotonic() - since >= hold):
            yield walk.take()
            wanted, since = CHUNK, math.inf
        if walk.wrong is not None:
            break
        if not piece:
            yield None
    torn = walk.close()
    if walk.rest:
        yield replace(walk.take(walk.rest), note=None if failed else torn)
    if failed:
        raise failed[0]


class _Walk:
    """The elements of a stream of documents, as far as it has come."""

    def __init__(self, ordinal: int, keys: frozenset[bytes]) -> None:
        self._ordinal = ordinal
        self._keys = keys
        self._brackets = Brackets()
        self._buffer = bytearray()
        self._offset = 0
        self._fresh = True
        self._where = _OUTSIDE
        self._entered = False
        self._start: int | None = None
        self._behind = 0
        self._count = 0
        self.found: list[tuple[int, int]] = []
        """Elements that are whole, by their place in the buffer."""
        self.wrong: str | None = None
        """Why the stream cannot be read on."""

    @property
    def ripe(self) -> int:
        """Bytes up to the end of the last whole element."""
        return self.found[-1][1] if self.found else 0

    @property
    def rest(self) -> int:
        """Bytes not yet handed out."""
        return len(self._buffer)

    def add(self, piece: bytes) -> None:
        """Read on."""
        before = len(self._buffer)
        self._buffer += piece
        if self._fresh and len(self._buffer) >= len(BOM):
            self._fresh = False
            if self._buffer.startswith(BOM):
                self._buffer[: len(BOM)] = b" " * len(BOM)
        at, levels = self._brackets.scan(piece)
        low = levels <= (2 if self._keys else 1)
        for place, level in zip((at[low] + before).tolist(), levels[low].tolist(), strict=True):
            self._step(place, level)
        if len(self._buffer) > MAX_ELEMENT:
            self.wrong = (
                f"the document holds an element longer than {MAX_ELEMENT >> 20} MiB at byte "
                f"{self._offset}; what stands before that was read"
            )

    def take(self, end: int | None = None) -> Chunk:
        """All whole elements, with what stands before and between them, as a chunk.

        Chunks follow each other without a gap, so that reading may go on behind any of them.
        """
        spans = np.array(self.found, dtype=np.int64).reshape(-1, 2)
        last = int(spans[-1, 1]) if end is None else end
        chunk = Chunk(
            self._ordinal,
            self._count,
            self._offset,
            bytes(memoryview(self._buffer)[:last]),
            elements=(spans[:, 0], spans[:, 1]),
        )
        self._count += len(spans)
        self.found.clear()
        del self._buffer[:last]
        self._offset += last
        self._behind = max(0, self._behind - last)
        if self._start is not None:
            self._start -= last
        return chunk

    def close(self) -> str | None:
        """End the stream; what it lacks, in a sentence."""
        size = len(self._buffer)
        if self.wrong is not None:
            return self.wrong
        if self._start is not None:
            self.found.append((self._start, size))
        elif self._where != _OBJECT:
            self._between(size)
        if self._brackets.level or self._brackets.in_string:
            return (
                f"the document is cut off at byte {self._offset + size}; what stands before that "
                "was read"
            )
        return None

    def _step(self, place: int, level: int) -> None:
        """One bracket, with how many are open around it."""
        own = _LEVEL[self._where]
        sign = self._buffer[place]
        opens = sign in (_OPEN_OBJECT, _OPEN_ARRAY)
        if level == STRAY:
            # the end of a document whose beginning was read in an earlier run
            self._behind = place + 1
            return
        if self._where == _OBJECT:
            if level == 0:
                self._leave_object(place + 1)
            elif level == 1 and sign == _OPEN_ARRAY and self._named(place):
                self._where, self._entered, self._start = _KEYED, True, None
                self._behind = place + 1
        elif self._where == _OUTSIDE and opens and level == 0:
            self._between(place)
            self._start = place
            if sign == _OPEN_ARRAY:
                self._where, self._start = _ARRAY, None
                self._behind = place + 1
            elif self._keys:
                self._where, self._entered = _OBJECT, False
        elif level == own and opens:
            self._between(place)
            self._start = place
        elif level == own:
            self._element(place + 1)
        elif level < own:
            self._between(place)
            self._where = _OBJECT if self._where == _KEYED else _OUTSIDE
            self._behind = place + 1

    def _leave_object(self, end: int) -> None:
        self._where = _OUTSIDE
        if self._entered:
            self._start, self._behind = None, end
        else:
            self._element(end)

    def _element(self, end: int) -> None:
        if self._start is not None:
            self.found.append((self._start, end))
        self._start, self._behind = None, end

    def _between(self, end: int) -> None:
        """What stands before `end` without being an element; a part between commas counts one."""
        gap = bytes(self._buffer[self._behind : end])
        if gap.strip(_BETWEEN):
            at = self._behind
            for part in gap.split(b","):
                bare = part.strip(_BETWEEN)
                if bare:
                    start = at + part.index(bare)
                    self.found.append((start, start + len(bare)))
                at += len(part) + 1
        self._behind = end

    def _named(self, place: int) -> bool:
        """Whether the array that opens here stands under one of the keys."""
        key = _KEY.search(self._buffer, max(0, place - _LOOK_BACK), place)
        return key is not None and key[1] in self._keys


def cut_lines_or_elements(
    pieces: Iterable[bytes],
    ordinal: int,
    hold: float = math.inf,
    keys: Collection[bytes] = (),
    longest: int = MAX_LINE,
) -> Iterator[Chunk | None]:
    """Lines where the first one is a whole object, else elements as `cut_elements` finds them.

    Lines are the surer way to go on behind a damaged one. `longest` is that of `blocks.cut`; where
    the first line is longer, there are elements.
    """
    stream = iter(pieces)
    taken = bytearray()
    for piece in stream:
        taken += piece
        if not piece:
            yield None
        elif len(taken) > longest or b"\n" in taken.lstrip():
            break
    rest = chain([bytes(taken)], stream)
    if _begins_with_a_line(bytes(taken), longest):
        yield from cut(rest, ordinal, hold, longest)
    else:
        yield from cut_elements(rest, ordinal, hold, keys)


def _begins_with_a_line(head: bytes, longest: int) -> bool:
    """Whether the first line is a whole object, or is torn where the second one is."""
    first, feed, behind = head.removeprefix(BOM).lstrip().partition(b"\n")
    second, again, _ = behind.partition(b"\n")
    return (first.startswith(b"{") and len(first) <= longest) and (
        (bool(feed) and _is_object(first)) or (bool(again) and _is_object(second))
    )


def _is_object(line: bytes) -> bool:
    brackets = Brackets()
    brackets.scan(line)
    ends = line.startswith(b"{") and line.rstrip().endswith(b"}")
    return ends and not (brackets.level or brackets.in_string)
