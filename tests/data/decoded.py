"""Records to events through the decoder of JSON lines, for the tests of what it understands."""

from __future__ import annotations

import json

from traversion_data.decode import json as json_lines
from traversion_data.decode.base import DecodeOptions
from traversion_data.reading import complete
from traversion_data.source.base import Chunk

AT = 1_705_333_643_000_000_000  # 2024-01-15T15:47:23Z


def batch_of(*records, name="app.jsonl", **options):
    lines = [record if isinstance(record, str) else json.dumps(record) for record in records]
    decoder = json_lines.decoder(DecodeOptions(name, **options))
    batch = complete(decoder.decode(Chunk(0, 0, 0, ("\n".join(lines) + "\n").encode())))
    return batch, decoder


def rows_of(*records, **options):
    batch, _ = batch_of(*records, **options)
    assert batch.aside.height == 0, batch.aside["reason"].to_list()
    return batch.events.rows(named=True)


def row_of(record, **options):
    return rows_of(record, **options)[0]


def check(row, **expected):
    assert {name: row[name] for name in expected} == expected
