"""Tables of text and of columns: recognised, typed, and accounted for row by row."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.decode.base import Head
from traversion_data.decode.recognise import recognise
from traversion_data.model import Flag, Severity
from traversion_data.source.quoted import cut_quoted

from .loaded import AT, FORMS, MILLI, SECOND, check, load, rows_of, sample


def test_csv():
    rows, info = sample("table.csv")
    assert info.format == "CSV"
    assert (info.stored, info.set_aside, info.blank) == (3, 1, 2)
    check(
        rows[0],
        seq=1,
        time=AT + 500 * MILLI,
        severity=Severity.ERROR,
        service="pay",
        message='a "quoted", text\non two lines',
        duration_ns=12_500_000,
        ok=True,
        code="007",
        trace_id="ab" * 16,
        flags=0,
    )
    text = (FORMS / "table.csv").read_bytes()
    record = text[rows[0]["offset"] :][: rows[0]["length"]]
    assert record.startswith(b"2024-01-15T15:47:23.5Z,ERROR")
    assert record.endswith(b"abab")
    check(rows[1], seq=3, time=AT + SECOND, ok=False, code="12", trace_id=None)
    check(rows[2], seq=6, message=None, service="pay")


def test_a_record_with_a_field_too_many_is_set_aside():
    view, _ = load((FORMS / "table.csv").read_bytes())
    (odd,) = view.aside.rows(named=True)
    assert odd["reason"] == "9 fields, where 8 columns are named"
    assert odd[schema.SEQ] == 4


@pytest.mark.parametrize("separator", ["\t", ";", "|"])
def test_other_signs_between_fields(separator):
    table = "time;level;msg\n1705333643;warn;a\n1705333644;info;b\n".replace(";", separator)
    rows, info = rows_of(table.encode())
    assert info.format == "CSV"
    check(rows[0], time=AT, severity=Severity.WARN, message="a")


def test_a_column_keeps_its_kind_and_what_is_of_another_stays():
    table = "ts,n,x\n1705333643,1,1.5\n1705333644,two,2\n"
    first, second = rows_of(table.encode(), written_as="csv")[0]
    assert (first["n"], second["n"]) == ("1", "two")
    assert (first["x"], second["x"]) == (1.5, 2.0)


def test_a_time_with_a_fraction_keeps_every_digit():
    rows, _ = rows_of(b"ts,msg\n1705333643.123456789,a\n1705333644.5,b\n", written_as="csv")
    check(rows[0], time=AT + 123_456_789)


def test_bytes_that_are_no_text_are_flagged():
    rows, _ = rows_of(b"ts,msg\n1705333643,caf\xe9\n1705333644,b\n", written_as="csv")
    assert [row["flags"] for row in rows] == [Flag.BAD_TEXT, 0]
    assert rows[0]["message"] == "caf\ufffd"


@pytest.mark.parametrize(
    "text",
    [
        b"Hello, world\nthis, that\n",
        b"2024-01-15 15:47:23,123 INFO a, b\n2024-01-15 15:47:24,123 INFO c, d\n",
        b"time=1 level=info, a\n",
        b'{"a":1,"time":2}\n',
        b"key,value\n",
    ],
)
def test_text_with_commas_is_no_table(text):
    assert recognise(Head("x", text, whole=True)).word != "csv"


def test_rows_read_in_a_later_run_are_set_aside_without_their_header():
    from traversion_data.decode.base import DecodeOptions
    from traversion_data.decode.csv import CSV
    from traversion_data.source.base import Chunk

    decoder = CSV.decoder(DecodeOptions("x.csv"))
    batch = decoder.shape(decoder.read(Chunk(0, 7, 90, b"1705333643,a\n")))
    assert (batch.events.height, batch.aside.height, batch.lines) == (0, 1, 1)


_FIELDS = st.text(st.sampled_from('ab",;\n\r é'), max_size=6)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.tuples(_FIELDS, _FIELDS), min_size=1, max_size=6), st.sampled_from([1, 5, 4096]))
def test_what_a_writer_quotes_is_read_back(fields, size):
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(["ts", "a", "b"])
    for at, pair in enumerate(fields):
        writer.writerow([1705333643 + at, *pair])
    data = out.getvalue().encode()
    rows, info = rows_of(
        *(data[at : at + size] for at in range(0, len(data), size)), written_as="csv"
    )
    assert info.set_aside == 0
    wanted = [(a or None, b or None) for a, b in fields]
    assert [(row.get("a"), row.get("b")) for row in rows] == [
        tuple(None if text is None else text for text in pair) for pair in wanted
    ]


def test_a_quote_that_is_never_closed_holds_back_no_more_than_a_record_may_be_long():
    lines = [b'1,"open\n', *[b"1,%07d\n" % n for n in range(400_000)]]
    sizes = [len(chunk.data) for chunk in cut_quoted(lines, 0) if chunk]
    assert sum(sizes) == sum(map(len, lines))
    assert len(sizes) > 1
