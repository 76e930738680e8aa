"""Documents, tables and records of many events beside a store: read once, across runs."""

from __future__ import annotations

import json
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from traversion_data import schema
from traversion_data.decode.base import DecodeOptions
from traversion_data.decode.tables import PARQUET
from traversion_data.intake import Intake, Wanted
from traversion_data.source.tables import cut_table
from traversion_data.store.head import Head

from .loaded import FORMS


def parquet(rows):
    out = pa.BufferOutputStream()
    table = pa.table({"ts": range(1705333643, 1705333643 + rows), "msg": ["x"] * rows})
    pq.write_table(table, out)
    return out.getvalue().to_pybytes()


def kept(path, store):
    """What a run over a store shows in the end."""
    return Intake(Wanted(paths=(str(path),), store=store), Head()).run()


@pytest.mark.parametrize("name", ["jaeger.json", "events.json", "table.csv", "docker.log"])
def test_what_was_read_whole_is_not_read_again(name, tmp_path):
    path = tmp_path / name
    path.write_bytes((FORMS / name).read_bytes())
    first, again = kept(path, tmp_path / "store"), kept(path, tmp_path / "store")
    assert first.height > 0
    assert again.events[schema.SEQ].sort().equals(first.events[schema.SEQ].sort())
    assert again.aside.height == first.aside.height
    assert again.gaps == ()


def test_a_table_that_was_read_whole_is_not_read_again(tmp_path):
    path = tmp_path / "t.parquet"
    path.write_bytes(parquet(1000))
    views = [kept(path, tmp_path / "store") for _ in range(2)]
    assert [view.height for view in views] == [1000, 1000]
    assert views[1].gaps == ()


def test_records_of_many_events_go_on_with_numbers_of_their_own(tmp_path):
    path = tmp_path / "traces.jsonl"
    line = (FORMS / "otlp.jsonl").read_bytes().splitlines()[0] + b"\n"
    path.write_bytes(line * 2)
    assert kept(path, tmp_path / "store").height == 6
    with path.open("ab") as file:
        file.write(line)
    view = kept(path, tmp_path / "store")
    assert view.events[schema.SEQ].sort().to_list() == list(range(9))


def test_a_table_of_text_that_grew_keeps_its_columns(tmp_path):
    path = tmp_path / "calls.csv"
    path.write_text("ts,msg\n1705333643,a\n")
    assert kept(path, tmp_path / "store").height == 1
    with path.open("a") as file:
        file.write("1705333644,b\n")
    view = kept(path, tmp_path / "store")
    assert view.events.sort(schema.SEQ)[schema.MESSAGE].to_list() == ["a", "b"]
    assert view.aside.height == 0


def test_a_document_that_was_left_in_its_middle_goes_on(tmp_path):
    events = [{"ts": 1705333643 + n, "msg": f"event {n}"} for n in range(9)]
    text = json.dumps(events, indent=1)
    path = tmp_path / "events.json"
    path.write_text(text[: text.index("{", text.index("event 4"))])
    assert kept(path, tmp_path / "store").height == 5
    path.write_text(text)
    view = kept(path, tmp_path / "store")
    assert set(view.events[schema.MESSAGE]) == {event["msg"] for event in events}
    assert view.events[schema.SEQ].n_unique() == view.height


def test_rows_of_a_table_that_were_stored_are_passed_over():
    chunks = [chunk for chunk in cut_table([parquet(40_000)], 0) if chunk]
    rows = [chunk for chunk in chunks if chunk.table]
    assert [chunk.first_line for chunk in rows] == [0, 32_768]
    decoder = PARQUET.decoder(DecodeOptions("t.parquet"))
    batches = [
        decoder.shape(decoder.read(replace(chunk, first_line=chunk.first_line + 33_000)))
        for chunk in chunks
    ]
    assert [batch.lines for batch in batches] == [0, 7_000, 0]
    assert batches[1].events[schema.SEQ].to_list() == list(range(33_000, 40_000))
    assert batches[1].events[schema.TIME][0] == (1705333643 + 33_000) * 10**9
