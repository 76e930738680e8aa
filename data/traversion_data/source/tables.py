"""Cut tables of columns, which cannot be read without their end, into chunks of rows.

The pieces are spooled into a file without a name, in which a worker of its own process can seek.
"""

from __future__ import annotations

import math
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from typing import IO, Final

import pyarrow as pa

from traversion_data.errors import InputError
from traversion_data.safe import printable
from traversion_data.source.base import Chunk
from traversion_data.source.table_frames import FAILED, LENGTH

_WORKER: Final = (sys.executable, "-m", "traversion_data.source.table_worker")
_TAIL: Final = 64
_BEFORE: Final = "; what stands before that was read"


def cut_table(pieces: Iterable[bytes], ordinal: int, _: float = math.inf) -> Iterator[Chunk | None]:
    """Chunks of rows, each an Arrow stream; see `decode.base.Cut`.

    `first_line` counts rows: a table has no lines. Only the last chunk, of no rows, stands behind
    bytes, the last ones of the table: reading goes on from its beginning until all of it was read.

    Raises:
        InputError: the table is malformed or of columns that are not read, before its first row;
            behind some, the last chunk has a note.
    """
    with TemporaryFile() as spool:
        for piece in pieces:
            spool.write(piece)
            if not piece:
                yield None
        size = spool.tell()
        if not size:
            return
        rows = 0
        try:
            for table in _frames(spool):
                yield Chunk(ordinal, rows, 0, b"", table=table)
                rows += _height(table)
        except InputError as error:
            if not rows:
                raise
            yield Chunk(ordinal, rows, 0, b"", note=f"{error}{_BEFORE}")
            return
        spool.seek(max(0, size - _TAIL))
        end = spool.read()
        yield Chunk(ordinal, rows, size - len(end), end)


def _frames(spool: IO[bytes]) -> Iterator[bytes]:
    spool.seek(0)
    with subprocess.Popen(  # noqa: S603 - our own interpreter and module
        _WORKER, stdin=spool, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as worker:
        assert worker.stdout is not None
        try:
            while True:
                head = worker.stdout.read(LENGTH.size)
                if len(head) < LENGTH.size:
                    raise InputError(f"the table is malformed ({_end(worker)})")
                (length,) = LENGTH.unpack(head)
                if not length:
                    return
                data = worker.stdout.read(length & ~FAILED)
                if length & FAILED:
                    said = printable(data.decode(errors="replace"), 200)
                    raise InputError(f"the table cannot be read: {said}")
                yield data
        finally:
            worker.kill()


def _height(data: bytes) -> int:
    return sum(batch.num_rows for batch in pa.ipc.open_stream(data))


def _end(worker: subprocess.Popen[bytes]) -> str:
    code = worker.wait()
    if code < 0:
        return f"its reader was ended by {signal.Signals(-code).name}"
    return f"its reader ended with {code}"
