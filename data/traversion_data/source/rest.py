"""The rest of a plain file, from a byte on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from traversion_data.errors import InputError, reason
from traversion_data.safe import printable
from traversion_data.source.blocks import PIECE


class RestSource:
    """What a plain file holds behind its first `begin` bytes, to the end it has when reached."""

    def __init__(self, path: Path, name: str, begin: int) -> None:
        self.name = name
        self.notes: tuple[str, ...] = ()
        self.hold = math.inf
        self._path = path
        self._position = begin

    @property
    def size(self) -> int | None:
        """Bytes on disk, those that are passed over too."""
        try:
            return self._path.stat().st_size
        except OSError:
            return None

    @property
    def position(self) -> int:
        """Bytes of the file consumed or passed over so far."""
        return self._position

    @property
    def written(self) -> int | None:
        """When the file was last written, ns UTC."""
        try:
            return self._path.stat().st_mtime_ns
        except OSError:
            return None

    def pieces(self) -> Iterator[bytes]:
        """Yield the file's bytes from there on; see `Source.pieces`."""
        try:
            with self._path.open("rb", buffering=0) as file:
                file.seek(self._position)
                while piece := file.read(PIECE):
                    self._position += len(piece)
                    yield piece
        except OSError as error:
            raise InputError(f"cannot read {printable(self.name)}: {reason(error)}") from error
