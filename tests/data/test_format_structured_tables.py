"""Tables of text and of columns: recognised, typed, and accounted for row by row."""

from __future__ import annotations

import csv
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.decode.base import Head
from traversion_data.decode.recognise import recognise
from traversion_data.errors import InputError
from traversion_data.ingest import Loader
from traversion_data.model import Flag, Severity
from traversion_data.source.locate import open_sources
from traversion_data.source.quoted import cut_quoted
from traversion_data.store.head import Head as Store

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


def columns(rows=3):
    at = [AT // 1000 + n for n in range(rows)]
    half = ["info", "error"] * rows
    return pa.table(
        {
            "timestamp": pa.array(at, pa.timestamp("us", tz="UTC")),
            "level": pa.array(half[:rows]).dictionary_encode(),
            "service": ["pay", None, "cart"][:rows] + ["cart"] * (rows - 3),
            "message": [f"hello {n}" for n in range(rows)],
            "duration": pa.array(range(rows), pa.duration("ms")),
            "http": pa.array([{"status": 200, "peer": {"port": n}} for n in range(rows)]),
            "tags": [["a", "b"]] * rows,
            "trace_id": pa.array(
                [n.to_bytes(16, "big") for n in range(1, rows + 1)], pa.binary(16)
            ),
            "ratio": pa.array([0.5, float("nan"), None][:rows] + [0.5] * (rows - 3)),
            "big": pa.array([2**64 - 1, 1, 1][:rows] + [1] * (rows - 3), pa.uint64()),
        }
    )


def parquet(table, **how):
    out = pa.BufferOutputStream()
    pq.write_table(table, out, **how)
    return out.getvalue().to_pybytes()


def arrow(table, new):
    out = pa.BufferOutputStream()
    with new(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue().to_pybytes()


@pytest.mark.parametrize(
    ("title", "write"),
    [
        ("Parquet", parquet),
        ("Arrow", lambda table: arrow(table, pa.ipc.new_file)),
        ("Arrow", lambda table: arrow(table, pa.ipc.new_stream)),
    ],
    ids=["parquet", "arrow file", "arrow stream"],
)
def test_columns(title, write, tmp_path):
    path = tmp_path / "calls.table"
    path.write_bytes(write(columns()))
    view = Loader(open_sources([str(path)]), Store()).run()
    (info,) = view.sources
    assert (info.format, info.read, info.stored) == (title, 3, 3)
    first, second, third = view.events.sort(schema.SEQ).rows(named=True)
    check(
        first,
        seq=0,
        time=AT,
        time_digits=6,
        severity=Severity.INFO,
        service="pay",
        message="hello 0",
        duration_ns=0,
        http__status=200,
        http__peer__port=0,
        trace_id="00000000000000000000000000000001",
        ratio=0.5,
        flags=Flag.DRIFTED,
        attrs='{"tags":["a","b"],"big":"18446744073709551615"}',
    )
    check(second, severity=Severity.ERROR, duration_ns=MILLI, service="calls.table", big=1)
    check(third, seq=2, http__peer__port=2, ratio=None)


def test_times_of_columns_without_a_zone_are_of_the_zone_asked_for():
    table = pa.table({"time": pa.array([AT // 1000], pa.timestamp("us")), "msg": ["x"]})
    rows, info = rows_of(parquet(table), tz="Europe/Berlin")
    check(rows[0], time=AT - 3600 * SECOND)
    assert any("no zone" in note for note in info.notes)


def test_row_groups_come_one_by_one():
    view, info = load(parquet(columns(100_000), row_group_size=10_000))
    assert (info.stored, view.events[schema.SEQ].n_unique()) == (100_000, 100_000)
    assert view.events[schema.SEQ].max() == 99_999


def test_columns_beyond_those_that_are_learned_stay_as_text():
    wide = {f"c{n}": [n] for n in range(400)}
    view, _ = load(parquet(pa.table({"ts": [1705333643], **wide})))
    names = schema.learned(view.events)
    assert len(names) <= schema.MAX_LEARNED
    held = json.loads(view.events[schema.ATTRS][0])
    assert held["c399"] == 399
    assert len(names) + len(held) == 400


def refused(data):
    with pytest.raises(InputError) as caught:
        load(data)
    return str(caught.value)


def test_extension_types_are_refused():
    table = pa.table({"ts": [1], "id": pa.array([b"a" * 16], pa.uuid())})
    for data in (parquet(table), arrow(table, pa.ipc.new_file)):
        assert refused(data).endswith(
            ": the table cannot be read: its column id is of an extension type"
        )


def test_types_that_are_not_plain_are_refused():
    column = pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1])])
    table = pa.table({"ts": [1], "u": column})
    assert "its column u is of the type sparse_union" in refused(arrow(table, pa.ipc.new_file))


@pytest.mark.parametrize("at", [0.3, 0.7, 0.95])
def test_a_malformed_table_is_a_sentence(at):
    whole = parquet(columns(5000))
    for data in (whole[: int(len(whole) * at)], whole[: int(len(whole) * at)] + b"PAR1" * 8):
        assert ": the table " in refused(data)
    stream = bytearray(arrow(columns(5000), pa.ipc.new_stream))
    stream[8:40] = b"\xff" * 32
    assert ": the table " in refused(bytes(stream))


def test_a_table_damaged_behind_some_of_its_rows_keeps_those():
    out, table = pa.BufferOutputStream(), columns(100_000)
    with pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table, max_chunksize=10_000)
    whole = out.getvalue().to_pybytes()
    _, info = load(whole[: len(whole) // 2] + b"\xff" * 64)
    assert info.stored == 50_000
    assert info.notes[0].startswith("the table cannot be read: ")
