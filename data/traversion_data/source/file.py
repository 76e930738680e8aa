"""A file on disk as a source: as it is, or inflated."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from traversion_data.errors import InputError, reason
from traversion_data.safe import printable
from traversion_data.source.blocks import PIECE
from traversion_data.source.inflate import MAX_INFLATE, Inflater


class PlainSource:
    """What a regular file holds behind its first `begin` bytes, to the end it has when reached."""

    def __init__(self, path: Path, name: str | None = None, begin: int = 0) -> None:
        self._path = path
        self._name = name if name is not None else str(path)
        self._position = begin
        self._notes: list[str] = []

    @property
    def name(self) -> str:
        """The path as typed."""
        return self._name

    @property
    def path(self) -> Path:
        """Where it is."""
        return self._path

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
    def notes(self) -> tuple[str, ...]:
        """What was met while opening and reading."""
        return tuple(self._notes)

    def note(self, sentence: str) -> None:
        """Add a sentence about how this source was opened."""
        self._notes.append(sentence)

    @property
    def hold(self) -> float:
        """For ever: a file does not pause."""
        return math.inf

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
            raise InputError(f"cannot read {printable(self._name)}: {reason(error)}") from error


class FileSource(PlainSource):
    """Reads one regular file, plain or compressed, whole."""

    def __init__(self, path: Path, name: str | None = None, max_inflate: int = MAX_INFLATE) -> None:
        super().__init__(path, name)
        self._inflater = Inflater(self._name, max_inflate)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was met while opening and reading."""
        return (*super().notes, *self._inflater.notes)

    def pieces(self) -> Iterator[bytes]:
        """Yield the file's bytes, inflated; see `Source.pieces`."""
        yield from self._inflater.inflate(super().pieces())
