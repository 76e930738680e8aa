"""Frames and manifests as bytes: every type and value comes back, no changed bit goes unseen."""

from __future__ import annotations

import json
import zlib

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from traversion_data import schema
from traversion_data.model import Gap, Recognised, SourceInfo
from traversion_data.store.durable import open_reader, open_writer
from traversion_data.store.errors import StoreError
from traversion_data.store.invariants import check
from traversion_data.store.manifest import (
    Manifest,
    ManifestDamagedError,
    SourceEntry,
    decode_manifest,
    encode_manifest,
)
from traversion_data.store.position import Position, SourceMark
from traversion_data.store.segment import (
    PARQUET_ROWS,
    UndecodableError,
    decode,
    encode,
    segment_name,
)

from .store_faults.lines import batch_of, fill


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "store"


def names(folder, prefix=""):
    return sorted(path.name for path in folder.iterdir() if path.name.startswith(prefix))


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
CELLS = {
    pl.Int64(): st.integers(-(2**63), 2**63 - 1),
    pl.UInt64(): st.integers(0, 2**64 - 1),
    pl.Float64(): st.floats(allow_nan=False),
    pl.Float32(): st.floats(width=32, allow_nan=False),
    pl.Boolean(): st.booleans(),
    pl.String(): TEXT,
    pl.Binary(): st.binary(max_size=10),
    pl.List(pl.String()): st.lists(TEXT, max_size=3),
    pl.List(pl.Float64()): st.lists(st.floats(allow_nan=False), max_size=3),
    pl.Struct({"a": pl.Int64(), "b": pl.String()}): st.fixed_dictionaries(
        {"a": st.integers(-5, 5), "b": TEXT}
    ),
    pl.Datetime("ns", "UTC"): st.none(),
    pl.Null(): st.none(),
    schema.EVENT[schema.SERVICE]: TEXT,
}


@st.composite
def frames(draw):
    rows = draw(st.integers(0, 6))
    columns = {}
    for number in range(draw(st.integers(0, 4))):
        dtype = draw(st.sampled_from(list(CELLS)))
        cells = draw(st.lists(CELLS[dtype] | st.none(), min_size=rows, max_size=rows))
        columns[draw(TEXT.filter(bool)) + str(number)] = pl.Series(cells, dtype=dtype)
    columns[schema.SEQ] = pl.Series(range(rows), dtype=pl.Int64)
    columns[schema.HOST] = pl.Series(draw(st.lists(TEXT, min_size=rows, max_size=rows)))
    return schema.conform(pl.DataFrame(columns))


@settings(max_examples=150, deadline=None)
@given(frame=frames(), parquet=st.booleans())
def test_every_type_survives_both_formats(frame, parquet):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("traversion_data.store.segment.PARQUET_ROWS", 0 if parquet else PARQUET_ROWS)
        encoded = encode(frame)
    assert encoded.suffix == ("parquet" if parquet else "arrow")
    back = decode(bytes(encoded.data), segment_name("seg", 1, encoded))
    assert back.schema == frame.schema
    assert_frame_equal(back, frame, check_exact=True)


def test_a_segment_of_an_earlier_schema_comes_under_this_one():
    frame = batch_of(0, 5).events
    encoded = encode(frame.drop(schema.TEMPLATE, schema.ATTRS).cast({schema.HOST: pl.String}))
    back = decode(bytes(encoded.data), segment_name("seg", 1, encoded))
    assert_frame_equal(back, frame)


def test_frames_of_other_things_are_refused():
    for kind, frame in (
        ("aside", pl.DataFrame({"a": [1]})),
        ("seg", pl.DataFrame({schema.TIME: ["noon"]})),
    ):
        encoded = encode(frame)
        with pytest.raises(UndecodableError, match="cannot be decoded"):
            decode(bytes(encoded.data), segment_name(kind, 1, encoded))


@given(
    flip=st.integers(0, 2**20),
    name=st.text(st.characters(), max_size=10) | st.just("\udcff.log"),
    marker=st.binary(max_size=64),
    offset=st.integers(0, 2**63),
    generation=st.integers(1, 10**12),
)
@settings(max_examples=100, deadline=None)
def test_manifests_come_back_and_no_bit_of_one_may_change(name, marker, offset, generation, flip):
    info = SourceInfo(3, name, "JSON", recognised=(Recognised("time", name, "how"),), notes=(name,))
    position = Position(name, offset, 7, 256, 99, marker, 1, 2)
    manifest = Manifest(generation, sources=(SourceEntry(SourceMark(info, position), 5),))
    data = encode_manifest(manifest)
    assert decode_manifest(data) == manifest
    bits = bytearray(data)
    bits[flip // 8 % len(data)] ^= 1 << flip % 8
    with pytest.raises(ManifestDamagedError):
        decode_manifest(bytes(bits))


def test_every_field_of_a_source_comes_back():
    simple = {"int": 7, "int | None": 7, "str": "text", "bool": True}
    fields = SourceInfo.__dataclass_fields__
    values = {name: simple.get(it.type, (("rule", 3),)) for name, it in fields.items()}
    values["recognised"] = (Recognised("time", "ts", "by its name"),)
    manifest = Manifest(1, sources=(SourceEntry(SourceMark(SourceInfo(**values))),))
    assert decode_manifest(encode_manifest(manifest)) == manifest


def test_a_manifest_names_no_file_outside_the_folder(folder):
    with open_writer(folder) as store:
        fill(store, 0, 10)
    path = folder / names(folder, "MANIFEST")[-1]
    body = path.read_bytes().split(b"\n", 1)[1].replace(b'"seg-0', b'"../seg-0')
    path.write_bytes(b"%08x %d\n" % (zlib.crc32(body), len(body)) + body)
    with open_reader(folder) as store:
        assert "damaged" in store.notices[0]


JSON = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just([])


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("written") / "store"
    with open_writer(folder) as store:
        fill(store, 0, 30, step=30)
        store.set_missed([Gap(0, 1, 2, "cut", 3)])
        store.commit()
    return folder, folder / names(folder, "MANIFEST")[-1]


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_a_manifest_written_by_somebody_else_is_a_sentence_at_worst(written, data):
    folder, path = written
    whole = path.read_bytes()
    fields = place = json.loads(whole.split(b"\n", 1)[1])
    while True:
        keys = sorted(place) if isinstance(place, dict) else range(len(place))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(JSON)
    body = json.dumps(fields).encode()
    path.write_bytes(b"%08x %d\n" % (zlib.crc32(body), len(body)) + body)
    try:
        with open_reader(folder) as store:
            assert store.read().missing is not None
        check(folder)
    except StoreError:
        pass  # a sentence
    finally:
        path.write_bytes(whole)
