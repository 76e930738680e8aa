"""`json`, one object, and `jsonl`, a row a line; both UTF-8 and written a slice at a time."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from traversion_tui.headless.answer import Answer, written
from traversion_tui.headless.output import ROWS_AT_A_TIME, Output

_UNSAFE: Final = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)


def write_json(answer: Answer, output: Output) -> None:
    """Write `{"columns": […], "rows": […], "meta": {…}}`."""
    columns = [
        {"name": column.name, "type": column.type, "unit": column.unit} for column in answer.columns
    ]
    output.stream.write(b'{"columns": ' + dumped(columns) + b',\n"rows": [')
    separator = b"\n"
    for lines in _lines(answer):
        output.stream.write(separator + lines.removesuffix(b"\n").replace(b"\n", b",\n"))
        separator = b",\n"
    output.stream.write(b'],\n"meta": ' + dumped(answer.meta) + b"}\n")


def write_jsonl(answer: Answer, output: Output) -> None:
    """Write each row as one object on a line of its own."""
    for lines in _lines(answer):
        output.stream.write(lines)


def dumped(value: Any) -> bytes:
    """A JSON text of a small value, as harmless to a terminal as the rows are."""
    return _escaped(json.dumps(value, ensure_ascii=False, default=str).encode())


def _lines(answer: Answer) -> Iterator[bytes]:
    rows: pl.DataFrame = written(answer)
    for part in rows.iter_slices(ROWS_AT_A_TIME):
        buffer = io.BytesIO()
        part.write_ndjson(buffer)
        yield _escaped(buffer.getvalue())


def _escaped(data: bytes) -> bytes:
    """Spell C1, bidirectional and invisible characters as JSON escapes; the value is the same."""
    if data.isascii() and b"\x7f" not in data:
        return data
    return _UNSAFE.sub(_spelled, data.decode()).encode()


def _spelled(match: re.Match[str]) -> str:
    return json.dumps(match[0]).strip('"') if match[0] != "\x7f" else "\\u007f"
