"""Where JSON brackets stand outside strings, found piece by piece without touching each byte."""

from __future__ import annotations

from typing import Final

import numpy as np

STRAY: Final = -1

_OPENS, _CLOSES, _QUOTES = 1, 2, 3


def _table() -> bytes:
    kinds = bytearray(256)
    for sign in b"{[":
        kinds[sign] = _OPENS
    for sign in b"}]":
        kinds[sign] = _CLOSES
    kinds[ord('"')] = _QUOTES
    return bytes(kinds)


_KINDS: Final = _table()


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
        kinds = np.frombuffer(self._unescaped(piece).translate(_KINDS), dtype=np.uint8)
        signs = np.flatnonzero(kinds != 0)
        found = kinds[signs]
        quotes = found == _QUOTES
        # parity outlives the overflow of a byte
        inside = (np.cumsum(quotes, dtype=np.uint8) + np.uint8(self._inside)) & 1
        outside = ~quotes & (inside == 0)
        at, opens = signs[outside], found[outside] == _OPENS
        after = np.cumsum(np.where(opens, 1, -1)) + self.level
        lowest = np.minimum.accumulate(np.minimum(after, 0))
        stray = np.diff(lowest, prepend=0) < 0
        after -= lowest
        if len(after):
            self.level = int(after[-1])
        if len(inside):
            self._inside = int(inside[-1])
        return at, np.where(stray, STRAY, after - opens)

    def _unescaped(self, piece: bytes) -> bytes:
        """The piece with escaped backslashes and quotes taken out of sight, of the same length."""
        if self._escaped and piece:
            piece = b"_" + piece[1:]
        if b"\\" not in piece:
            self._escaped = self._escaped and not piece
            return piece
        piece = piece.replace(b"\\\\", b"__")
        self._escaped = piece.endswith(b"\\")
        return piece.replace(b'\\"', b"__")
