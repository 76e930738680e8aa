"""Standard input as a source."""

from __future__ import annotations

import os
from collections.abc import Iterator

from traversion_data.errors import InputError, reason
from traversion_data.source.base import Chunk
from traversion_data.source.blocks import PIECE, cut
from traversion_data.source.inflate import MAX_INFLATE, Inflater


class StdinSource:
    """Reads a descriptor to its end; the caller gives a duplicate of 0, so keys stay free."""

    def __init__(self, descriptor: int, name: str = "-", max_inflate: int = MAX_INFLATE) -> None:
        self._descriptor = descriptor
        self._name = name
        self._position = 0
        self._inflater = Inflater("standard input", max_inflate)

    @property
    def name(self) -> str:
        """`-`, as typed."""
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

    def chunks(self, ordinal: int) -> Iterator[Chunk]:
        """Yield the lines; see `Source.chunks`. Closes the descriptor at the end."""
        yield from cut(self._inflater.inflate(self._pieces()), ordinal)

    def _pieces(self) -> Iterator[bytes]:
        try:
            while piece := os.read(self._descriptor, PIECE):
                self._position += len(piece)
                yield piece
        except OSError as error:
            raise InputError(f"cannot read standard input: {reason(error)}") from error
        finally:
            os.close(self._descriptor)
