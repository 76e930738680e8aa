"""`arrow` (an IPC stream) and `parquet`: typed columns, with units and meta in the schema."""

from __future__ import annotations

import json

import polars as pl
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet

from traversion_tui.headless.answer import Answer
from traversion_tui.headless.output import Output


def write_arrow(answer: Answer, output: Output) -> None:
    """Write an Arrow IPC stream. Times are `timestamp[ns, UTC]`."""
    table = arrow_table(answer)
    with pyarrow.ipc.new_stream(output.stream, table.schema) as writer:
        writer.write_table(table, max_chunksize=65_536)


def write_parquet(answer: Answer, output: Output) -> None:
    """Write one Parquet file, compressed with Zstandard. Times are `timestamp[ns, UTC]`."""
    pyarrow.parquet.write_table(arrow_table(answer), output.stream, compression="zstd")


def arrow_table(answer: Answer) -> pa.Table:
    """The rows as Arrow; each field's metadata has `type` and `unit`, the schema's `traversion`."""
    table = answer.frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    fields = [
        pa.field(
            column.name,
            _widely_read(table.schema.field(column.name).type),
            metadata={"type": column.type} | ({"unit": column.unit} if column.unit else {}),
        )
        for column in answer.columns
    ]
    meta = json.dumps(dict(answer.meta), default=str)
    return table.cast(pa.schema(fields, metadata={"traversion": meta}))


def _widely_read(type_: pa.DataType) -> pa.DataType:
    """Plain strings: some readers refuse the large ones."""
    return pa.string() if pa.types.is_large_string(type_) else type_
