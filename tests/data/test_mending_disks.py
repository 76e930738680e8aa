"""A disk that fails while files are followed: the store is opened again, and nothing is lost."""

from __future__ import annotations

import errno
from functools import partial
from unittest import mock

import pytest

from traversion_data import intake, keep
from traversion_data.store.durable import open_reader, open_store, open_writer
from traversion_data.store.errors import StoreError, StorePoisonedError, StoreWaitsError
from traversion_data.store.head import Head
from traversion_data.store.invariants import check
from traversion_data.store.steady import TRIES, SteadyWriter

from .followed import append, expected, following, ids, lines
from .store_faults.disks import QUICK, FailingDisk, error, once
from .store_faults.lines import START, batch_of, lines_of, mark_at, verify


class Failing(FailingDisk):
    """Fails the operations named until it is mended, the first `times` of them."""

    def __init__(self, *operations, code=errno.EIO, times=1):
        self.left = times
        self.armed = False

        def fails(_, operation):
            if self.armed and self.left and operation in operations:
                self.left -= 1
                return error(code)
            return None

        super().__init__(QUICK, fails)


@pytest.fixture
def store(tmp_path):
    return tmp_path / "store"


def load(path, store):
    return intake.Intake(intake.Wanted(paths=(str(path),), store=store), Head()).run()


def events(folder):
    with open_reader(folder) as reader:
        frames = reader.read().frames
    return sorted(int(it[1:]) for frame in frames for it in frame["event_id"])


@pytest.mark.parametrize("operation", ["sync_folder", "rename", "create"])
@pytest.mark.parametrize("times", [1, 3])
def test_what_is_followed_goes_on_after_a_commit_of_unknown_fate(tmp_path, store, operation, times):
    path, disk = tmp_path / "app.log", Failing(operation, times=times)
    path.write_bytes(lines(0, 3))
    with (
        mock.patch.object(keep, "RETRY", 0.05),
        mock.patch.object(intake, "open_store", partial(open_store, files=disk)),
        following(path, store=store) as running,
    ):
        running.rows(3)
        disk.armed = True
        for number in range(3, 9):
            append(path, lines(number, number + 1))
            running.rows(number + 1)
        assert ids(running.view) == expected(0, 9)
    assert events(store) == list(range(9))
    assert not check(store)


def test_a_disk_that_stays_broken_ends_it_with_a_sentence(tmp_path, store):
    path, disk = tmp_path / "app.log", Failing("sync_folder", times=10_000)
    path.write_bytes(lines(0, 3))

    def work():
        with following(path, store=store) as running:
            running.rows(3)
            disk.armed = True
            append(path, lines(3, 5))
            running.until(lambda view: running.failed)

    with (
        mock.patch.object(keep, "RETRY", 0.01),
        mock.patch.object(intake, "open_store", partial(open_store, files=disk)),
        pytest.raises(StoreError, match="store"),
    ):
        work()
    with following(path, store=store) as running:
        assert ids(running.rows(5)) == expected(0, 5)


@pytest.mark.parametrize("times", [1, 2, 3, 4])
def test_a_disk_that_fails_while_rows_come_back_costs_nothing(tmp_path, store, times):
    path, disk = tmp_path / "app.log", Failing("sync_folder", times=times)
    path.write_bytes(lines(0, 9))
    load(path, store)
    (segment,) = store.glob("seg-*")
    segment.write_bytes(segment.read_bytes()[:-1])
    append(path, lines(9, 12))

    def opened(folder):
        found = open_store(folder, disk)
        disk.armed = True
        return found

    with mock.patch.object(intake, "open_store", opened), mock.patch.object(keep, "RETRY", 0.01):
        assert set(expected(9, 12)) <= set(ids(load(path, store)))
    assert ids(load(path, store)) == expected(0, 12)
    assert events(store) == list(range(12))
    assert not check(store)


def trial(folder, at, code):
    """Commits of two sources on a disk that fails once, at any operation."""
    disk = FailingDisk(QUICK, lambda *_: None)
    with open_writer(folder, disk) as writer:
        steady = SteadyWriter(writer)
        before = len(disk.done)
        disk.fails = once(before + at, code)
        for first in range(0, 60, 10):
            for source in (0, 1):
                steady.append(batch_of(first, 10, source), mark_at(first + 10, source))
            for _ in range(3):
                try:
                    steady.commit()
                except StoreWaitsError:
                    continue
                break
            else:
                pytest.fail("it was not committed")
            if first == 30:
                steady.compact()
        steady.close()
    return len(disk.done) - before


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EROFS])
def test_one_failure_anywhere_loses_nothing_and_doubles_nothing(tmp_path, code):
    at = 1
    while at <= trial(tmp_path / str(at), at, code):
        folder = tmp_path / str(at)
        assert not check(folder)
        with open_reader(folder) as reader:
            stored = reader.read()
        assert [lines_of(stored.sources, it) for it in (0, 1)] == [60, 60]
        assert sum(frame.height for frame in stored.frames) == 2 * batch_of(0, 60).events.height
        at += 1
    assert at > 30


def test_it_gives_up_after_so_many_failures(store):
    disk = Failing("create", times=10_000)
    with open_writer(store, disk) as writer:
        steady = SteadyWriter(writer)
        disk.armed = True
        steady.append(batch_of(0, 10), mark_at(10))
        for _ in range(TRIES - 1):
            with pytest.raises(StoreWaitsError):
                steady.commit()
        with pytest.raises(StoreError) as raised:
            steady.commit()
        assert not isinstance(raised.value, StoreWaitsError)
        disk.armed = False
        steady.commit()
        steady.close()
    assert verify(store) == 10


def test_housekeeping_that_fails_stops_nothing_and_is_not_tried_at_once(store):
    disk, clock = Failing("rename", times=10_000, code=errno.ENOSPC), [0.0]
    with open_writer(store, disk) as writer:
        steady = SteadyWriter(writer, lambda: clock[0])
        for first in range(0, 400, 10):
            steady.append(batch_of(first, 10), mark_at(first + 10))
            steady.commit()
        assert steady.wants_compaction
        disk.armed = True
        steady.compact()
        assert steady.retain(1, None, START) == 0
        assert not steady.wants_compaction
        disk.armed, clock[0] = False, 3600.0
        steady.append(batch_of(400, 10), mark_at(410))
        steady.commit()
        assert steady.wants_compaction
        steady.compact()
        assert not steady.wants_compaction
        steady.close()
    assert verify(store) == 410


def test_a_poisoned_writer_says_so(store):
    disk = Failing("sync_folder")
    with open_writer(store, disk) as writer:
        disk.armed = True
        writer.append(batch_of(0, 10), mark_at(10))
        with pytest.raises(StorePoisonedError, match="open it again"):
            writer.commit()
