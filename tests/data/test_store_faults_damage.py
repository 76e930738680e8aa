"""Damage from outside costs the one segment it hits, is said, and can be filled from the source."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from random import Random

import polars as pl
import pytest

from traversion_data import schema
from traversion_data.store.durable import open_reader, open_writer
from traversion_data.store.errors import StoreDamagedError, StoreError
from traversion_data.store.files import DISK, Disk
from traversion_data.store.invariants import Weight, check

from .store_faults.damage import LINES, assert_whole_but_for_gaps, damage_trial, make
from .store_faults.disks import FailingDisk, only
from .store_faults.lines import assert_same, batch_of, fill, lines_of, mark_at, verify


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "store"


def names(folder, prefix):
    return sorted(path.name for path in folder.iterdir() if path.name.startswith(prefix))


def flip(path, at=-20):
    data = bytearray(path.read_bytes())
    data[at] ^= 4
    path.write_bytes(data)


@pytest.mark.parametrize("block", range(3))
def test_no_damage_goes_unseen(folder, block):
    whole, random = make(folder), Random(block)
    hit = {damage_trial(folder, whole, random) for _ in range(100)}
    assert len(hit) > 5


@pytest.mark.parametrize("prefix", ["seg", "aside"])
def test_a_damaged_segment_is_put_away_alone_and_filled_from_its_source(folder, prefix):
    make(folder)
    with open_writer(folder) as store:
        store.compact()
        fill(store, LINES, LINES + 20)
    victim = names(folder, prefix)[0]
    flip(folder / victim)
    with open_writer(folder) as store:
        (gap,) = store.read().gaps
        assert gap.file == victim
        assert "sum does not match" in gap.reason
        (shown,) = store.read().missing
        assert (shown.source, shown.bytes) == (0, gap.bytes)
        assert names(folder, "bad-") == [f"bad-{victim}"]
        assert store.read().gaps == (gap,)
        fill(store, LINES + 20, LINES + 40)
        store.compact()
    assert {it.weight for it in check(folder)} == {Weight.DAMAGE}
    with open_writer(folder) as store:
        (gap,) = store.read().gaps
        first, last = gap.start // 40, -(-gap.end // 40)
        store.refill(gap, batch_of(first, last - first))
        assert not store.read().gaps
        assert not names(folder, "bad-")
    assert verify(folder) == LINES + 40


def test_a_source_that_has_changed_fills_nothing(folder):
    make(folder)
    victim = names(folder, "seg")[0]
    (folder / victim).unlink()
    with open_writer(folder) as store:
        (gap,) = store.read().gaps
        with pytest.raises(StoreError, match="not what it was"):
            store.refill(gap, batch_of(0, 5))
        assert store.read().gaps == (gap,)
        with pytest.raises(StoreError, match="knows no gap"):
            store.refill(gap.__class__(*[7, *list(_fields(gap))[1:]]), batch_of(0, 5))


def _fields(gap):
    return [getattr(gap, name) for name in gap.__dataclass_fields__]


def test_a_gap_of_two_sources_is_filled_one_after_the_other(folder):
    with open_writer(folder) as store:
        fill(store, 0, 30)
        fill(store, 0, 30, source=1)
        store.compact()
    for prefix in ("seg", "aside"):
        flip(folder / names(folder, prefix)[0])
    with open_writer(folder) as store:
        gaps = store.read().gaps
        assert [(gap.source, gap.kind) for gap in gaps] == [
            (source, kind) for kind in ("seg", "aside") for source in (0, 1)
        ]
        for number, gap in enumerate(gaps):
            assert store.read().gaps == gaps[number:]
            store.refill(gap, batch_of(0, 30, gap.source))
    assert verify_two(folder) == check(folder) == []
    assert not names(folder, "bad-")


def verify_two(folder):
    with open_reader(folder) as store:
        stored = store.read()
    events = pl.concat(stored.frames).sort(schema.SEQ)
    assert events.equals(pl.concat(batch_of(0, 30, it).events for it in (0, 1)))
    return list(stored.gaps)


def test_a_gap_is_not_filled_beside_rows_that_cannot_be_read(folder):
    with open_writer(folder) as store:
        for first in (0, 10):
            for source in (0, 1):
                store.append(batch_of(first, 10, source), mark_at(first + 10, source))
            store.commit()
        one, two = names(folder, "seg")
        flip(folder / one)
        gap = store.read().gaps[0]
        flip(folder / two)
        with pytest.raises(StoreError, match="is to be read first"):
            store.refill(gap, batch_of(0, 10))


def test_lines_set_aside_alone_are_kept_laid_together_lost_and_filled(folder):
    aside = [replace(batch_of(6, 1), blank=0), replace(batch_of(13, 1), blank=0)]
    with open_writer(folder) as store:
        for batch in aside:
            store.append(batch, mark_at(14))
            store.commit()
        assert store.read().aside.height == 2
        assert store.compact() == 1
        flip(folder / names(folder, "aside")[0])
        (gap,) = store.read().gaps
        assert gap.time is None
        assert store.folder == folder
        store.refill(gap, batch_of(0, 14))
        assert store.read().aside.equals(batch_of(0, 14).aside)


def test_two_files_that_changed_places_are_both_seen(folder):
    make(folder)
    one, two = names(folder, "seg")[:2]
    first, second = (folder / one).read_bytes(), (folder / two).read_bytes()
    (folder / one).write_bytes(second)
    (folder / two).write_bytes(first)
    with open_reader(folder) as store:
        stored = store.read()
    assert {gap.file for gap in stored.gaps} == {one, two}


def test_a_reader_reports_damage_and_touches_nothing(folder):
    make(folder)
    flip(folder / names(folder, "seg")[1])
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with open_reader(folder) as store:
        assert len(store.read().gaps) == 1
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


class Unreadable(Disk):
    """A disk that cannot read segments for now."""

    broken = True

    def read(self, path):
        if self.broken and path.name.startswith("seg"):
            raise OSError(5, "Input/output error")
        return super().read(path)


def test_a_disk_that_cannot_be_read_for_now_costs_nothing_for_good(folder):
    make(folder)
    disk = Unreadable()
    with open_writer(folder, disk) as store:
        gaps = store.read().gaps
        assert {gap.file for gap in gaps} == set(names(folder, "seg"))
        assert "cannot be read" in gaps[0].reason
        with pytest.raises(StoreError, match="cannot be compacted"):
            store.compact()
        disk.broken = False
        assert not store.read().gaps
    assert verify(folder) == LINES


def test_damage_is_told_on_a_full_disk_too(folder):
    make(folder)
    victim = names(folder, "seg")[0]
    flip(folder / victim)
    disk = FailingDisk(DISK, only("write", code=errno.ENOSPC))
    with open_writer(folder, disk) as store:
        assert {gap.file for gap in store.read().gaps} == {victim}
        assert names(folder, victim)
        disk.fails = lambda number, operation: None
        assert {gap.file for gap in store.read().gaps} == {victim}
        assert not names(folder, victim)


def test_a_damaged_segment_met_in_compaction_is_put_away(folder):
    make(folder)
    victim = names(folder, "seg")[-1]
    flip(folder / victim)
    with open_writer(folder) as store:
        store.compact()
        stored = store.read()
        assert {gap.file for gap in stored.gaps} == {victim}
        assert_whole_but_for_gaps(stored)
    assert not [it for it in check(folder) if it.weight is Weight.BROKEN]


def test_a_damaged_newest_manifest_is_told_and_its_segments_kept(folder):
    make(folder)
    newest = names(folder, "MANIFEST")[-1]
    segments = set(names(folder, "seg") + names(folder, "aside"))
    flip(folder / newest)
    with open_writer(folder) as store:
        assert "manifest" in store.notices[0]
        assert lines_of(store.sources) == LINES - 30
        assert names(folder, f"bad-{newest}")
        kept = {path.name.removeprefix("bad-") for path in folder.iterdir()}
        assert segments <= kept
        fill(store, LINES - 30, LINES)
        assert not store.read().gaps
    assert verify(folder) == LINES


def test_without_an_intact_manifest_nothing_is_taken_for_a_new_store(folder):
    make(folder)
    before = {p.name for p in folder.iterdir() if not p.name.startswith("MANIFEST")}
    for name in names(folder, "MANIFEST"):
        flip(folder / name)
    for opening in (open_reader, open_writer):
        with pytest.raises(StoreDamagedError, match="fsck"):
            opening(folder)
    assert before <= {path.name for path in folder.iterdir()}
    assert [it.invariant for it in check(folder)] == ["I1"]


def test_a_link_or_pipe_in_a_segments_place_is_not_followed(folder, tmp_path):
    make(folder)
    one, two = names(folder, "seg")[:2]
    outside = tmp_path / "outside"
    outside.write_bytes((folder / one).read_bytes())
    (folder / one).unlink()
    (folder / one).symlink_to(outside)
    (folder / two).unlink()
    os.mkfifo(folder / two)
    with open_reader(folder) as store:
        assert {gap.file for gap in store.read().gaps} == {one, two}


def test_gaps_survive_retention_and_are_counted(folder):
    make(folder)
    flip(folder / names(folder, "seg")[0])
    with open_writer(folder) as store:
        store.read()
        lost = store.read().gaps[0].rows
        store.retain(store.bytes - 1, None, 2**62)
        assert not store.read().gaps
        assert not names(folder, "bad-")
        entry = store.sources[0]
        assert entry.dropped_events == lost
        rows = pl.concat(store.read().frames)
        assert rows.height + lost == batch_of(0, LINES).events.height
        assert rows[schema.SEQ].is_unique().all()
    assert not check(folder)


def test_rows_read_back_are_those_of_the_source(folder):
    make(folder)
    with open_reader(folder) as store:
        assert_same(store.read(), batch_of(0, LINES))
