"""The checker sees each invariant broken: manifests that say what the files do not hold."""

from __future__ import annotations

import zlib
from dataclasses import replace

import polars as pl
import pytest

from traversion_data import schema
from traversion_data.store.durable import open_writer
from traversion_data.store.entries import segments_of_events
from traversion_data.store.fsck import inspect_store
from traversion_data.store.invariants import Weight, check
from traversion_data.store.manifest import (
    Hole,
    decode_manifest,
    encode_manifest,
    quarantined,
)
from traversion_data.store.segment import encode, segment_name

from .store_faults.lines import WIDTH, batch_of, fill, mark_at


@pytest.fixture
def folder(tmp_path):
    with open_writer(tmp_path / "store") as store:
        fill(store, 0, 60, step=20)
    return tmp_path / "store"


def manifest_of(folder):
    path = max(path for path in folder.iterdir() if path.name.startswith("MANIFEST"))
    return path, decode_manifest(path.read_bytes())


def put(folder, manifest):
    path, _ = manifest_of(folder)
    path.write_bytes(encode_manifest(manifest))


def put_segment(folder, frame):
    """A segment of a frame, in the manifest as it says it is."""
    (new,) = segments_of_events([frame], lambda: 99)
    path = folder / new.entry.file
    path.write_bytes(new.data)
    path.chmod(0o600)
    return new.entry


def broken(folder):
    return [(it.invariant, it.sentence) for it in check(folder) if it.weight is Weight.BROKEN]


def described(folder, **changes):
    _, manifest = manifest_of(folder)
    (source,) = manifest.sources
    info = replace(source.mark.info, **changes)
    put(folder, replace(manifest, sources=(replace(source, mark=replace(source.mark, info=info)),)))


def test_a_count_that_is_not_what_the_files_hold(folder):
    described(folder, stored=7)
    assert [it[0] for it in broken(folder)] == ["I3", "I3"]
    assert "counts 7 events" in broken(folder)[0][1]
    assert not inspect_store(folder).sound


def test_lines_that_went_nowhere(folder):
    described(folder, read=1000)
    ((invariant, sentence),) = broken(folder)
    assert invariant == "I3"
    assert "not the sum of where they went" in sentence


def test_a_source_nobody_describes(folder):
    _, manifest = manifest_of(folder)
    put(folder, replace(manifest, sources=()))
    assert broken(folder) == [("I3", "rows of source 1, which is not described")]


def test_rows_from_beyond_the_position(folder):
    _, manifest = manifest_of(folder)
    (source,) = manifest.sources
    short = replace(source.mark.position, offset=20 * WIDTH)
    put(
        folder,
        replace(manifest, sources=(replace(source, mark=replace(source.mark, position=short)),)),
    )
    ((invariant, sentence),) = broken(folder)
    assert invariant == "I4"
    assert "beyond byte 800" in sentence


def test_rows_that_are_there_twice(folder):
    _, manifest = manifest_of(folder)
    again = put_segment(folder, batch_of(0, 5).events)
    put(folder, replace(manifest, segments=(*manifest.segments, again)))
    assert ("I3", "5 rows are there twice") in broken(folder)


def test_rows_out_of_order(folder):
    _, manifest = manifest_of(folder)
    frame = batch_of(100, 6).events.sort(schema.TIME, descending=True)
    entry = put_segment(folder, frame)
    encoded = encode(frame)
    name = segment_name("seg", 100, encoded)
    (folder / name).write_bytes(encoded.data)
    (folder / name).chmod(0o600)
    wrong = replace(entry, file=name, crc32=encoded.crc32, bytes=encoded.data.nbytes)
    put(folder, replace(manifest, segments=(*manifest.segments, wrong)))
    assert ("I3", "its rows are not in order") in broken(folder)


def test_parts_that_are_not_those_of_the_rows(folder):
    _, manifest = manifest_of(folder)
    first, *others = manifest.segments
    (part,) = first.parts
    wrong = replace(first, parts=(replace(part, min_seq=part.min_seq + 1),))
    put(folder, replace(manifest, segments=(wrong, *others)))
    assert broken(folder) == [("I2", "its rows are not those the manifest counts")]


def test_a_hole_of_rows_nobody_can_name(folder):
    _, manifest = manifest_of(folder)
    first, *others = manifest.segments
    hole = Hole(replace(first, parts=()), "its file is missing", quarantined(first.file))
    put(folder, replace(manifest, segments=tuple(others), holes=(hole,)))
    assert ("I10", "it is not known which source its rows came from") in broken(folder)


def test_bytes_that_are_as_written_and_no_frame(folder):
    _, manifest = manifest_of(folder)
    first, *others = manifest.segments
    data = b"no frame of any version"
    (folder / first.file).write_bytes(data)
    wrong = replace(first, bytes=len(data), crc32=zlib.crc32(data))
    put(folder, replace(manifest, segments=(wrong, *others)))
    assert not broken(folder)
    ((invariant, sentence),) = [(it.invariant, it.sentence) for it in check(folder)]
    assert invariant == "I2"
    assert "cannot be decoded" in sentence
    with open_writer(folder) as store:
        assert {gap.file for gap in store.read().gaps} == {first.file}
    assert (folder / first.file).exists()


def test_a_segment_of_other_rows_than_counted(folder):
    _, manifest = manifest_of(folder)
    first, *others = manifest.segments
    put(folder, replace(manifest, segments=(replace(first, rows=first.rows + 1), *others)))
    assert "rows instead of" in check(folder)[0].sentence


def test_a_sound_store_of_two_sources_has_no_finding(folder):
    with open_writer(folder) as store:
        store.append(batch_of(0, 30, 1), mark_at(30, 1))
        store.commit()
        store.compact()
    assert check(folder) == []
    assert pl.concat(inspect_frames(folder)).height == sum(
        batch_of(0, count).events.height for count in (60, 30)
    )


def inspect_frames(folder):
    with open_writer(folder) as store:
        return store.read().frames
