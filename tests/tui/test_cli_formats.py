"""What each format makes of one answer, read back by somebody else's reader."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import replace

import polars as pl
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from traversion_data import schema
from traversion_data.model import Severity, TimeRange
from traversion_data.safe import printable
from traversion_data.store.view import StoreView
from traversion_engine.result import ResultColumn, ResultTable, Role
from traversion_tui.headless.answer import Answer, prepare
from traversion_tui.headless.formats import Format, writer
from traversion_tui.headless.output import Output
from traversion_tui.headless.to_csv import FORMULA_STARTS, write_raw_csv
from traversion_tui.headless.to_table import decimals

T0 = 1_705_333_643_412_000_000

VIEW = StoreView(
    schema.conform(
        pl.DataFrame(
            {
                "seq": [0, 1, (1 << 40) + 7],
                "time": [T0, T0 + 1, T0 + 2],
                "event_id": ["evt-a", None, None],
            }
        )
    )
)

COLUMNS = (
    ResultColumn("seq", Role.EVENT),
    ResultColumn("event", Role.EVENT),
    ResultColumn("time", Role.TIME),
    ResultColumn("severity", Role.SEVERITY),
    ResultColumn("message", Role.TEXT),
    ResultColumn("p99", Role.NUMBER, "ms"),
    ResultColumn("error", Role.BOOLEAN),
)

RESULT = ResultTable(
    frame=pl.DataFrame(
        {
            "seq": [0, 1, (1 << 40) + 7],
            "event": [0, None, (1 << 40) + 7],
            "time": [T0, T0 + 1_000_000, None],
            "severity": pl.Series([int(Severity.ERROR), None, 2], dtype=pl.Int8),
            "message": ["=HYPERLINK(1)", "line\nfeed \x1b[31m\u009b \u202e", None],
            "p99": [1.5, math.nan, math.inf],
            "error": [True, False, None],
        }
    ),
    columns=COLUMNS,
    statement="TIMELINE",
    total=5,
    scope=TimeRange(T0, T0 + 10),
    scanned=3,
    elapsed=1_250_000,
    time_digits=3,
    notes=("a note",),
    meta={"matches": 2},
)


TABLE = """
 seq  event  time                      severity  message                           p99 ms  error
────  ─────  ────────────────────────  ────────  ────────────────────────────────  ──────  ─────
  #0  evt-a  2024-01-15T15:47:23.412Z  error     =HYPERLINK(1)                        1.5  true
  #1  -      2024-01-15T15:47:23.413Z  -         line␊feed ␛[31m<U+009B> <U+202E>       -  false
#2:7  #2:7   -                         info      -                                      -  -
"""


def written(format_: Format, result: ResultTable = RESULT, *, width: int | None = None) -> bytes:
    stream = io.BytesIO()
    writer(format_)(prepare(result, VIEW), Output(stream, width=width))
    return stream.getvalue()


def one_text(text: str | None) -> ResultTable:
    return ResultTable(
        pl.DataFrame({"message": [text]}, schema={"message": pl.String}),
        (ResultColumn("message", Role.TEXT),),
        "TIMELINE",
        total=1,
    )


def test_json_is_one_object_with_words_for_codes() -> None:
    answer = json.loads(written(Format.JSON))
    assert answer["columns"] == [
        {"name": "seq", "type": "integer", "unit": None},
        {"name": "event", "type": "event", "unit": None},
        {"name": "time", "type": "time", "unit": None},
        {"name": "severity", "type": "severity", "unit": None},
        {"name": "message", "type": "text", "unit": None},
        {"name": "p99", "type": "number", "unit": "ms"},
        {"name": "error", "type": "boolean", "unit": None},
    ]
    assert answer["rows"] == [
        {
            "seq": 0,
            "event": "evt-a",
            "time": "2024-01-15T15:47:23.412Z",
            "severity": "error",
            "message": "=HYPERLINK(1)",
            "p99": 1.5,
            "error": True,
        },
        {
            "seq": 1,
            "event": None,
            "time": "2024-01-15T15:47:23.413Z",
            "severity": None,
            "message": "line\nfeed \x1b[31m\u009b \u202e",
            "p99": None,
            "error": False,
        },
        {
            "seq": (1 << 40) + 7,
            "event": "#2:7",
            "time": None,
            "severity": "info",
            "message": None,
            "p99": None,
            "error": None,
        },
    ]
    meta = answer["meta"]
    assert meta["statement"] == "TIMELINE"
    assert (meta["rows"], meta["total"], meta["truncated"]) == (3, 5, True)
    assert meta["elapsed_ms"] == 1.25
    assert meta["notes"] == ["a note"]
    assert meta["matches"] == 2
    assert meta["scope"]["from"] == "2024-01-15T15:47:23.412Z"


def test_jsonl_is_the_rows_of_json_a_line_each() -> None:
    lines = written(Format.JSONL).decode().splitlines()
    assert [json.loads(line) for line in lines] == json.loads(written(Format.JSON))["rows"]


@pytest.mark.parametrize("rows", [0, 1, 9_999, 10_000, 10_001, 20_000])
def test_json_stays_one_object_where_slices_meet(rows: int) -> None:
    result = ResultTable(
        pl.DataFrame({"n": range(rows)}, schema={"n": pl.Int64}),
        (ResultColumn("n", Role.NUMBER),),
        "SELECT n",
        total=rows,
    )
    assert [row["n"] for row in json.loads(written(Format.JSON, result))["rows"]] == [*range(rows)]


@pytest.mark.parametrize(
    ("digits", "text"),
    [
        (0, "2024-01-15T15:47:23Z"),
        (1, "2024-01-15T15:47:23.4Z"),
        (6, "2024-01-15T15:47:23.412000Z"),
        (9, "2024-01-15T15:47:23.412000000Z"),
    ],
)
def test_times_have_the_digits_of_their_source(digits: int, text: str) -> None:
    answer = json.loads(written(Format.JSON, replace(RESULT, time_digits=digits)))
    assert answer["rows"][0]["time"] == text


def test_csv_reads_back_with_formulas_disarmed() -> None:
    rows = list(csv.reader(io.StringIO(written(Format.CSV).decode(), newline="")))
    assert rows[0] == [column.name for column in COLUMNS]
    assert rows[1] == [
        "0", "evt-a", "2024-01-15T15:47:23.412Z", "error", "'=HYPERLINK(1)", "1.5", "true",
    ]  # fmt: skip
    assert rows[2][4] == "line\nfeed \x1b[31m\u009b \u202e"


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_csv_guards_texts_and_headers_but_not_raw_nor_numbers(start: str) -> None:
    text, name = f"{start}cmd|' /C calc'!A0", f"{start}field"
    result = ResultTable(
        pl.DataFrame({name: [text], "n": [-3]}),
        (ResultColumn(name, Role.TEXT), ResultColumn("n", Role.NUMBER)),
        "SELECT",
        total=1,
    )
    guarded = list(csv.reader(io.StringIO(written(Format.CSV, result).decode(), newline="")))
    assert guarded == [[f"'{name}", "n"], [f"'{text}", "-3"]]
    stream = io.BytesIO()
    write_raw_csv(prepare(result, VIEW), Output(stream))
    raw = list(csv.reader(io.StringIO(stream.getvalue().decode(), newline="")))
    assert raw == [[name, "n"], [text, "-3"]]


@pytest.mark.parametrize("format_", [Format.ARROW, Format.PARQUET])
def test_arrow_and_parquet_are_typed(format_: Format) -> None:
    data = pa.BufferReader(written(format_))
    table = (
        pyarrow.ipc.open_stream(data).read_all()
        if format_ is Format.ARROW
        else pyarrow.parquet.read_table(data)
    )
    assert table.schema.field("time").type == pa.timestamp("ns", "UTC")
    assert table.schema.field("message").type == pa.string()
    assert table.schema.field("p99").metadata[b"unit"] == b"ms"
    assert json.loads(table.schema.metadata[b"traversion"])["total"] == 5
    assert table["severity"].to_pylist() == ["error", None, "info"]
    assert table["event"].to_pylist() == ["evt-a", None, "#2:7"]
    assert table["time"].cast(pa.int64()).to_pylist() == [T0, T0 + 1_000_000, None]


def test_table_aligns_by_role_and_shows_units() -> None:
    assert "\n" + written(Format.TABLE).decode() == TABLE


def test_table_of_nothing_is_its_header() -> None:
    empty = replace(RESULT, frame=RESULT.frame.clear(), total=0)
    lines = written(Format.TABLE, empty).decode().splitlines()
    assert lines[0].split() == ["seq", "event", "time", "severity", "message", "p99", "ms", "error"]
    assert len(lines) == 2


@pytest.mark.parametrize("width", [60, 80, 90, 120, 400])
def test_table_fits_the_terminal_by_cutting_texts_then_leaving_out_columns(width: int) -> None:
    result = replace(
        RESULT,
        frame=RESULT.frame.with_columns(
            message=pl.lit("東京 is far from here " * 9), p99=pl.lit(None, dtype=pl.Float64)
        ),
    )
    *lines, last = written(Format.TABLE, result, width=width).decode().splitlines()
    left_out = {60: "message, p99 ms, error", 80: "p99 ms, error", 90: "p99 ms"}.get(width)
    assert last == f"(no room for {left_out})" if left_out else "no room" not in last
    assert max(map(cell_len, lines)) <= width
    assert "2024-01-15T15:47:23.412Z  error" in lines[2]
    assert ("…" in lines[2]) == (60 < width < 400)


def test_table_without_unicode_draws_with_ascii() -> None:
    stream = io.BytesIO()
    writer(Format.TABLE)(prepare(RESULT, VIEW), Output(stream, encoding="ascii"))
    assert stream.getvalue().isascii()
    assert b"--------  -----" in stream.getvalue()


def test_colour_is_only_for_those_who_want_it() -> None:
    def table(output: Output) -> bytes:
        writer(Format.TABLE)(prepare(RESULT, VIEW), output)
        return output.stream.getvalue()  # type: ignore[attr-defined,no-any-return]

    assert b"\x1b" not in table(Output(io.BytesIO(), width=120))
    assert b"\x1b[31merror" in table(Output(io.BytesIO(), width=120, colour=True))


@given(st.text(st.characters(codec="utf-8"), max_size=40))
@settings(max_examples=150, deadline=None)
def test_no_text_reaches_a_terminal_raw(text: str) -> None:
    result = one_text(text)
    table = written(Format.TABLE, result, width=80).decode()
    assert table.splitlines()[2:] == [table.split("\n")[2]]
    assert all(printable(line) == line for line in table.split("\n"))
    for format_ in (Format.JSON, Format.JSONL, Format.CSV):
        shown = written(format_, result, width=80).decode()
        assert all(printable(line) == line for line in shown.split("\n")), format_


@given(st.none() | st.text(st.characters(codec="utf-8"), max_size=40))
@settings(max_examples=150, deadline=None)
def test_every_text_comes_back_from_json_and_raw_csv(text: str | None) -> None:
    result = one_text(text)
    assert json.loads(written(Format.JSONL, result)) == {"message": text}
    stream = io.BytesIO()
    write_raw_csv(prepare(result, VIEW), Output(stream))
    header, row = list(csv.reader(io.StringIO(stream.getvalue().decode(), newline=""))) or [[], []]
    assert (header, row) == (["message"], [text or ""] if text is not None else [])


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([1.0, 2.0, None], ["1", "2", None]),
        ([0.5, 12.25, -3.0], ["0.50", "12.25", "-3.00"]),
        ([5090.4, 0.91], ["5090.40", "0.91"]),
        ([-0.00001, 0.5], ["-0.00001", "0.50000"]),
        ([1e300], ["1e+300"]),
        ([-0.0, 0.0], ["0", "0"]),
        ([], []),
    ],
)
def test_a_column_has_one_number_of_decimals(
    values: list[float | None], texts: list[str | None]
) -> None:
    assert decimals(pl.Series("x", values, dtype=pl.Float64)).to_list() == texts


def test_answer_keeps_the_columns_of_its_result() -> None:
    answer: Answer = prepare(RESULT, VIEW)
    assert [column.name for column in answer.columns] == answer.frame.columns
