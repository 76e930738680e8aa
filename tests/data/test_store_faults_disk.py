"""A disk that fails under a store: nothing acknowledged is lost, nothing half is shown."""

from __future__ import annotations

import errno
import resource

import pytest

from traversion_data.store.durable import StoreReader, open_store, open_writer
from traversion_data.store.errors import (
    StoreClosedError,
    StoreFullError,
    StorePoisonedError,
)
from traversion_data.store.files import DISK
from traversion_data.store.invariants import check

from .store_faults.disks import FailingDisk, only
from .store_faults.lines import batch_of, fill, lines_of, mark_at, verify
from .store_faults.trials import WAYS, fault_trial, operation_trial, operations

NEVER = lambda number, operation: None  # noqa: E731


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "store"


@pytest.mark.parametrize("way", range(len(WAYS)))
def test_every_operation_may_fail(tmp_path, way):
    """Each in one of three ways here; the soak does all three to each."""
    count = operations(tmp_path / "clean")
    assert count > 40
    for at in range(1 + way, count + 1, len(WAYS)):
        operation_trial(tmp_path / str(at), at, WAYS[way])


@pytest.mark.parametrize("seed", range(30))
def test_a_second_fault_during_recovery(folder, seed):
    fault_trial(folder, seed)


def test_writes_may_be_short(folder):
    with open_writer(folder, FailingDisk(DISK, take=100)) as store:
        fill(store, 0, 30)
    assert verify(folder) == 30


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_loses_nothing_and_the_next_commit_goes_on(folder, code):
    disk = FailingDisk(DISK)
    with open_writer(folder, disk) as store:
        fill(store, 0, 20)
        store.append(batch_of(20, 10), mark_at(30))
        disk.fails = only("write", code=code)
        before = {path.name for path in folder.iterdir()}
        for _ in range(3):
            with pytest.raises(StoreFullError, match="free some space"):
                store.commit()
        assert {path.name for path in folder.iterdir()} == before
        assert verify(folder) == 20
        disk.fails = NEVER
        store.append(batch_of(30, 10), mark_at(40))
        store.commit()
    assert verify(folder) == 40


def test_a_real_limit_on_file_size(folder):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with open_writer(folder) as store:
        fill(store, 0, 20)
        store.append(batch_of(20, 500), mark_at(520))
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
            with pytest.raises(StoreFullError):
                store.commit()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert not check(folder)
        store.commit()
    assert verify(folder) == 520


def test_a_full_disk_during_compaction_leaves_the_segments_as_they_were(folder):
    disk = FailingDisk(DISK)
    with open_writer(folder, disk) as store:
        fill(store, 0, 100)
        disk.fails = only("write", code=errno.ENOSPC)
        with pytest.raises(StoreFullError):
            store.compact()
        assert verify(folder) == 100
        disk.fails = NEVER
        store.compact()
    assert verify(folder) == 100


def test_a_disk_that_turns_read_only(folder):
    disk = FailingDisk(DISK)
    with open_writer(folder, disk) as store:
        fill(store, 0, 20)
        disk.fails = only("create", "rename", "unlink", code=errno.EROFS)
        store.append(batch_of(20, 10), mark_at(30))
        with pytest.raises(StoreClosedError, match="read-only"):
            store.commit()
        assert verify(folder) == 20


def test_a_folder_that_cannot_be_written_is_read(folder):
    with open_writer(folder) as store:
        fill(store, 0, 20)
    (folder / "LOCK").unlink()
    (folder / "LOCK").mkdir()  # not even root opens it for writing
    with open_store(folder) as store:
        assert isinstance(store, StoreReader)
        assert "cannot be written" in store.notices[0]
        assert lines_of(store.sources) == 20


@pytest.mark.parametrize("operation", ["sync", "rename", "sync_folder"])
def test_after_a_failed_sync_or_rename_no_commit_is_taken(folder, operation):
    disk = FailingDisk(DISK)
    with open_writer(folder, disk) as store:
        fill(store, 0, 20)
        store.append(batch_of(20, 10), mark_at(30))
        before = {path.name for path in folder.iterdir()}
        disk.fails = only(operation)
        with pytest.raises(StorePoisonedError, match="open it again"):
            store.commit()
        disk.fails = NEVER
        done = len(disk.done)
        for refused in (store.commit, store.compact, lambda: store.retain(0, None, 0)):
            with pytest.raises(StorePoisonedError):
                refused()
        assert len(disk.done) == done
        assert before < {path.name for path in folder.iterdir()}
        assert sum(frame.height for frame in store.read().frames) == batch_of(0, 20).events.height
    with open_writer(folder) as store:
        assert lines_of(store.sources) in {20, 30}
        fill(store, lines_of(store.sources), 50)
    assert verify(folder) == 50


def test_an_interrupt_in_a_commit_is_not_swallowed_and_poisons(folder):
    disk = FailingDisk(DISK)
    with open_writer(folder, disk) as store:
        fill(store, 0, 20)
        store.append(batch_of(20, 10), mark_at(30))
        disk.fails = lambda number, operation: (
            KeyboardInterrupt() if operation == "rename" else None
        )
        with pytest.raises(KeyboardInterrupt):
            store.commit()
        disk.fails = NEVER
        with pytest.raises(StorePoisonedError, match="interrupted"):
            store.commit()
    assert verify(folder) == 20
