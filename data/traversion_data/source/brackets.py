"""Where JSON brackets stand outside strings, found piece by piece without touching each byte."""

from __future__ import annotations

from typing import Final

import numpy as np

STRAY: Final = -1

_BLOCK: Final = 256 * 1024
"""Bytes that are looked at at once: what is found stays in the processor's cache."""
_QUOTE, _BACKSLASH = b'"\\'
_OPENS, _CLOSES = b"{}"
_CASE: Final = np.uint8(0x20)
"""The bit by which square brackets differ from curly ones; with it, no other bytes are alike."""
_SHIFTS: Final = tuple(np.uint64(1 << power) for power in range(6))
_ONE, _TWO = np.int8(1), np.int8(2)
_LAST: Final = np.uint64(63)
_WORD: Final = np.dtype("<u8")


class Brackets:
    """Follows strings and nesting through the pieces of one stream."""

    def __init__(self) -> None:
        self.level = 0
        """How many brackets are open."""
        self._inside = 0
        self._escaped = False

    @property
    def in_string(self) -> bool:
        """Whether the last piece ended inside a string."""
        return bool(self._inside)

    def scan(self, piece: bytes) -> tuple[np.ndarray, np.ndarray]:
        """Places in the piece of the brackets outside strings, and the level around each.

        A bracket's level is how many others are open around it, equal for both of a pair, and
        `STRAY` for one that closes what was never opened.
        """
        data = np.frombuffer(piece, dtype=np.uint8)
        starts = range(0, len(data), _BLOCK)
        found = [start + self._block(data[start : start + _BLOCK]) for start in starts]
        at = np.concatenate([np.empty(0, dtype=np.int64), *found])
        opens = (data[at] | _CASE) == _OPENS
        after = np.cumsum(opens.view(np.int8) * _TWO - _ONE, dtype=np.int64) + self.level
        if not len(after):
            return at, after
        around = after - opens
        if int(after.min()) < 0:
            lowest = np.minimum.accumulate(np.minimum(after, 0))
            around = np.where(np.diff(lowest, prepend=0) < 0, STRAY, around - lowest)
            after -= lowest
        self.level = int(after[-1])
        return at, around

    def _block(self, data: np.ndarray) -> np.ndarray:
        """Places of the brackets outside strings in what comes next."""
        quotes = data == _QUOTE
        quotes[self._escapes(data)] = False
        folded = data | _CASE
        found = _bits((folded == _OPENS) | (folded == _CLOSES))
        found &= ~self._in_strings(_bits(quotes))
        return np.flatnonzero(np.unpackbits(found.view(np.uint8), bitorder="little").view(bool))

    def _escapes(self, data: np.ndarray) -> np.ndarray:
        """Places of what a backslash stands before that is not itself escaped."""
        signs = np.flatnonzero(data == _BACKSLASH)
        first, self._escaped = int(self._escaped), False
        if not len(signs):
            return np.zeros(first, dtype=np.int64)
        signs = signs[first and int(signs[0] == 0) :]
        within = np.arange(len(signs))
        within -= np.maximum.accumulate(np.where(np.diff(signs, prepend=-2) > 1, within, 0))
        behind = signs[within % 2 == 0] + 1
        self._escaped = len(data) in behind[-1:]
        inside = behind[: len(behind) - self._escaped]
        return np.concatenate((np.zeros(first, dtype=np.int64), inside))

    def _in_strings(self, quotes: np.ndarray) -> np.ndarray:
        """By the bits of quotes, those of all that an odd number of them stands before."""
        inside = quotes
        for shift in _SHIFTS:
            inside = inside ^ (inside << shift)
        odd = np.bitwise_xor.accumulate(inside >> _LAST)
        before = np.concatenate(([np.uint64(self._inside)], odd[:-1] ^ np.uint64(self._inside)))
        if len(odd):
            self._inside ^= int(odd[-1])
        return inside ^ (np.uint64(0) - before[: len(inside)])


def _bits(signs: np.ndarray) -> np.ndarray:
    """Truths as bits of whole words, the first one lowest."""
    packed = np.zeros(-(-len(signs) // 64) * 8, dtype=np.uint8)
    packed[: -(-len(signs) // 8)] = np.packbits(signs, bitorder="little")
    return packed.view(_WORD)
