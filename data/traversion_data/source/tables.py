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
from traversion_data.source.table_worker import FAILED, LENGTH

_WORKER: Final = (sys.executable, "-m", "traversion_data.source.table_worker")
_BEFORE: Final = "; what stands before that was read"


def cut_table(pieces: Iterable[bytes], ordinal: int, _: float = math.inf) -> Iterator[Chunk | None]:
    """Chunks of rows, each an Arrow stream; see `decode.base.Cut`.

    `first_line` and `offset` count rows: a table has no lines.

    Raises:
        InputError: the table is malformed or of columns that are not read.
    """
    with TemporaryFile() as spool:
        for piece in pieces:
            spool.write(piece)
            if not piece:
                yield None
        spool.seek(0)
        rows = 0
        for data in _frames(spool):
            yield Chunk(ordinal, rows, rows, data)
            rows += _height(data)


def _frames(spool: IO[bytes]) -> Iterator[bytes]:
    with subprocess.Popen(  # noqa: S603 - our own interpreter and module
        _WORKER, stdin=spool, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as worker:
        assert worker.stdout is not None
        try:
            while True:
                head = worker.stdout.read(LENGTH.size)
                if len(head) < LENGTH.size:
                    raise InputError(f"the table is malformed ({_end(worker)}){_BEFORE}")
                (length,) = LENGTH.unpack(head)
                if not length:
                    return
                data = worker.stdout.read(length & ~FAILED)
                if length & FAILED:
                    said = printable(data.decode(errors="replace"), 200)
                    raise InputError(f"the table cannot be read: {said}{_BEFORE}")
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
