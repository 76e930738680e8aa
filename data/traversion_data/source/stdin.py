"""Standard input and other pipes as sources."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from typing import Final

from traversion_data.errors import InputError, reason
from traversion_data.safe import printable
from traversion_data.source.blocks import PIECE
from traversion_data.source.inflate import MAX_INFLATE, Inflater

HOLD: Final = 0.03
"""Seconds that whole lines which have come wait for others."""


class StdinSource:
    """Reads a descriptor to its end; the caller gives a duplicate of 0, so keys stay free.

    Lines that come slowly are handed out within about 2 * `HOLD`, those that come fast in chunks.
    """

    def __init__(self, descriptor: int, name: str = "-", max_inflate: int = MAX_INFLATE) -> None:
        self._descriptor = descriptor
        self._name = name
        self._called = "standard input" if name == "-" else printable(name)
        self._position = 0
        self._inflater = Inflater(self._called, max_inflate)

    @property
    def name(self) -> str:
        """`-`, or the pipe's path, as typed."""
        return self._name

    @property
    def size(self) -> int | None:
        """Not known before the end."""
        return None

    @property
    def position(self) -> int:
        """Bytes read from the descriptor so far."""
        return self._position

    @property
    def notes(self) -> tuple[str, ...]:
        """What was met while reading."""
        return self._inflater.notes

    @property
    def hold(self) -> float:
        """Lines that come slowly are handed out one by one."""
        return HOLD

    @property
    def written(self) -> int | None:
        """Not known."""
        return None

    def pieces(self) -> Iterator[bytes]:
        """Yield what comes; see `Source.pieces`. Closes the descriptor at the end."""
        yield from self._inflater.inflate(self._raw())

    def _raw(self) -> Iterator[bytes]:
        """What comes, with an empty piece wherever nothing came for a while after something."""
        readable = select.poll()
        readable.register(self._descriptor, select.POLLIN)
        try:
            while True:
                if not readable.poll(HOLD * 1000):
                    yield b""
                    readable.poll()
                piece = os.read(self._descriptor, PIECE)
                if not piece:
                    return
                self._position += len(piece)
                yield piece
        except OSError as error:
            raise InputError(f"cannot read {self._called}: {reason(error)}") from error
        finally:
            os.close(self._descriptor)
