"""Reads a Parquet or Arrow file in a process of its own, since a malformed one may end its reader.

The file is standard input, which can be sought in. To standard output go the frames of
`table_frames`.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from typing import IO, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from traversion_data.source.table_frames import FAILED, LENGTH

PARQUET: Final = b"PAR1"
ARROW_FILE: Final = b"ARROW1"
ROWS: Final = 32_768
"""Rows of a frame, at most."""

_MEMORY: Final = 8 * 1024 * 1024 * 1024
_DEEPEST: Final = 16
_EXTENSION: Final = b"ARROW:extension:name"
_LISTS: Final = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)


class RefusedError(Exception):
    """A table that is not read; the message says why."""


def main() -> None:
    """Read the table on standard input."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out = sys.stdout.buffer
    try:
        for batch in _batches(sys.stdin.buffer):
            batch.validate(full=True)
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, batch.schema) as writer:
                writer.write_batch(batch)
            _frame(out, sink.getvalue().to_pybytes())
        _frame(out, b"")
    except (pa.ArrowException, OSError, ValueError, KeyError, MemoryError, RefusedError) as error:
        said = (str(error) or type(error).__name__).encode()[:1024]
        out.write(LENGTH.pack(FAILED | len(said)) + said)


def _frame(out: IO[bytes], data: bytes) -> None:
    out.write(LENGTH.pack(len(data)))
    out.write(data)
    out.flush()


def _batches(file: IO[bytes]) -> Iterator[Any]:
    magic = file.read(len(ARROW_FILE))
    file.seek(0)
    if magic.startswith(PARQUET):
        parquet = pq.ParquetFile(file, arrow_extensions_enabled=False, pre_buffer=False)
        check(parquet.schema_arrow)
        yield from parquet.iter_batches(batch_size=ROWS)
        return
    reader = pa.ipc.open_file(file) if magic == ARROW_FILE else pa.ipc.open_stream(file)
    check(reader.schema)
    count = reader.num_record_batches if magic == ARROW_FILE else None
    batches = reader if count is None else map(reader.get_batch, range(count))
    for batch in batches:
        for at in range(0, batch.num_rows, ROWS):
            yield batch.slice(at, ROWS)


def check(schema: Any) -> None:
    """Refuse what is no plain table.

    Raises:
        RefusedError: names the column.
    """
    todo = [(field, 0) for field in schema]
    while todo:
        field, depth = todo.pop()
        kind = field.type
        if isinstance(kind, pa.BaseExtensionType) or _EXTENSION in (field.metadata or {}):
            raise RefusedError(f"its column {field.name} is of an extension type")
        if depth > _DEEPEST:
            raise RefusedError(f"its column {field.name} is nested deeper than {_DEEPEST} levels")
        if pa.types.is_dictionary(kind):
            todo.append((pa.field(field.name, kind.value_type), depth + 1))
        elif pa.types.is_struct(kind):
            todo += [(inner, depth + 1) for inner in kind]
        elif pa.types.is_map(kind):
            todo += [(kind.key_field, depth + 1), (kind.item_field, depth + 1)]
        elif any(test(kind) for test in _LISTS):
            todo.append((kind.value_field, depth + 1))
        elif not _plain(kind):
            raise RefusedError(f"its column {field.name} is of the type {kind}")


def _plain(kind: Any) -> bool:
    types = pa.types
    return any(
        test(kind)
        for test in (
            types.is_null,
            types.is_boolean,
            types.is_integer,
            types.is_floating,
            types.is_decimal,
            types.is_string,
            types.is_large_string,
            types.is_string_view,
            types.is_binary,
            types.is_large_binary,
            types.is_binary_view,
            types.is_fixed_size_binary,
            types.is_date,
            types.is_time,
            types.is_timestamp,
            types.is_duration,
        )
    )


if __name__ == "__main__":
    main()
