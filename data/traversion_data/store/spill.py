"""Frames put out of memory: onto the disk, and back as maps that the system may take away.

A file is unlinked as soon as it is mapped. So nobody can change or shorten it, and nothing is left
of it after a crash; its room is free again when the last frame over it is gone.

A map takes no memory until something looks at it, and then only for the pages looked at. Those
count as memory of this process (RSS), but they are the system's copy of what is on the disk: where
memory is short it drops them, without writing or asking, and reads them again when they are needed.
"""

from __future__ import annotations

import io
import os
import tempfile
import zlib
from mmap import PAGESIZE, mmap
from pathlib import Path
from typing import IO, Final, cast

import numpy as np
import polars as pl
import pyarrow as pa

from traversion_data.errors import InputError, reason
from traversion_data.safe import printable
from traversion_data.store.dtypes import nulls

_READ: Final = 1 << 20
"""Bytes that are read at a time to be summed."""


class SpillError(InputError):
    """A frame could not be put out of memory; it is still there."""


class Spill:
    """A folder in which frames are put; made for its owner alone when first used."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def away(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The same frame over a file's map; length and sum are checked before it is looked at.

        Columns of NULLs alone are not written, and of dictionaries only the codes: they outlive
        every frame of this process.

        Raises:
            SpillError: if it cannot be written, or does not read as it was written.
        """
        filled = [cells for cells in frame.get_columns() if cells.null_count() < len(cells)]
        plain = pl.DataFrame([_plain(cells) for cells in filled])
        mapped = self._mapped(plain)
        table = pa.ipc.open_file(mapped).read_all()
        back = pl.DataFrame(pl.from_arrow(table, rechunk=False))
        columns = [
            _typed(back[name], dtype) if name in plain.columns else nulls(name, dtype, frame.height)
            for name, dtype in frame.schema.items()
        ]
        return pl.DataFrame(columns)

    def array(self, length: int, dtype: type[np.generic], /) -> np.ndarray:
        """An array of zeros over a file's map: the system writes there what memory is short of.

        Raises:
            SpillError: if there is no room for all of it.
        """
        size = length * np.dtype(dtype).itemsize
        try:
            with self._file() as file:
                if hasattr(os, "posix_fallocate"):  # else a full disk ends the process
                    os.posix_fallocate(file.fileno(), 0, size)
                file.truncate(size)
                return np.frombuffer(mmap(file.fileno(), size), dtype)
        except OSError as error:
            raise self._failed(reason(error)) from error

    def _file(self) -> IO[bytes]:
        """A file that nobody else can read, gone when it is closed."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return tempfile.NamedTemporaryFile(dir=self._folder, prefix="spill-")

    def _mapped(self, frame: pl.DataFrame) -> pa.MemoryMappedFile:
        """A map of a file that holds a frame and has no name any more.

        It is summed through the file: through the map every page would become this process's.
        """
        try:
            with self._file() as file:
                summed = _Summed(file)
                frame.write_ipc(cast("IO[bytes]", summed), compression="uncompressed")
                file.flush()
                length, crc32 = _sum(file)
                mapped = pa.memory_map(file.name)
        except (OSError, pl.exceptions.PolarsError) as error:
            why = reason(error) if isinstance(error, OSError) else str(error)
            raise self._failed(why) from error
        if not length == mapped.size() == summed.length or crc32 != summed.crc32:
            raise self._failed("what was written there reads otherwise")
        return mapped

    def _failed(self, why: str) -> SpillError:
        return SpillError(f"rows cannot be put into {printable(str(self._folder))}: {why}")


class _Summed(io.RawIOBase):
    """Writes on to a file, and sums what it writes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.length = 0
        self.crc32 = 0

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override] # all that a frame writes
        """Write all of `data`."""
        self.crc32 = zlib.crc32(data, self.crc32)
        written = self._file.write(data)
        self.length += written
        return written


def _sum(file: IO[bytes]) -> tuple[int, int]:
    """The length of a file and the CRC-32 of its bytes."""
    file.seek(0)
    length = crc32 = 0
    while data := file.read(_READ):
        length, crc32 = length + len(data), zlib.crc32(data, crc32)
    return length, crc32


def in_memory() -> int:
    """Bytes that this process alone holds in memory, maps of files left out.

    0 where the system does not say. It is asked for two counts: to walk through all maps, as
    `smaps_rollup` does, takes the longer the more is mapped, and nobody can map anything meanwhile.
    """
    try:
        _, resident, files, *_ = Path("/proc/self/statm").read_bytes().split()
    except (OSError, ValueError):
        return 0
    return max(int(resident) - int(files), 0) * PAGESIZE


def _plain(cells: pl.Series) -> pl.Series:
    return cells.to_physical() if isinstance(cells.dtype, pl.Categorical) else cells


def _typed(cells: pl.Series, dtype: pl.DataType) -> pl.Series:
    return cells.cat.to(dtype) if isinstance(dtype, pl.Categorical) else cells
