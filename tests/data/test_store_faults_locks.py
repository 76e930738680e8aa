"""Locks that the system refuses, manifests that go while looked at, disks that do not read."""

from __future__ import annotations

import errno
import fcntl

import pytest

from traversion_data.store import generations, lock
from traversion_data.store.durable import open_reader, open_store, open_writer
from traversion_data.store.errors import StoreClosedError, StoreError
from traversion_data.store.files import Disk
from traversion_data.store.fsck import repair_store
from traversion_data.store.generations import is_store
from traversion_data.store.invariants import check
from traversion_data.store.lock import hold_alone, hold_shared, is_written

from .store_faults.disks import error
from .store_faults.lines import fill, lines_of, verify


@pytest.fixture
def folder(tmp_path):
    with open_writer(tmp_path / "store") as store:
        fill(store, 0, 60, step=20)
    return tmp_path / "store"


def newest(folder):
    return max(path for path in folder.iterdir() if path.name.startswith("MANIFEST"))


def test_a_file_system_without_locks_is_told(folder, monkeypatch):
    def refuse(descriptor, kind):
        raise error(errno.ENOLCK)

    monkeypatch.setattr(lock.fcntl, "flock", refuse)
    for opening in (open_store, open_reader):
        with pytest.raises(StoreError, match="cannot be locked"):
            opening(folder)


def test_a_lock_file_that_cannot_be_written_costs_only_the_name_of_its_holder(folder, monkeypatch):
    def refuse(*_):
        raise error(errno.ENOSPC)

    (folder / "LOCK").write_bytes(b"")
    monkeypatch.setattr(lock.os, "pwrite", refuse)
    with open_writer(folder), open_store(folder) as second:
        assert second.notices[0].startswith("another process writes")


def test_a_manifest_can_be_held_by_many_or_alone(folder):
    path = newest(folder)
    with hold_shared(path) as first, hold_shared(path) as second:
        assert first
        assert second
        assert hold_alone(path) is None
    with hold_alone(path) as held:
        assert held
        assert hold_shared(path) is None
    assert hold_shared(folder / "MANIFEST-0000009999") is None


def test_a_manifest_removed_between_opening_and_locking_is_not_held(folder, monkeypatch):
    path, real = newest(folder), fcntl.flock

    def late(descriptor, kind):
        path.unlink(missing_ok=True)
        real(descriptor, kind)

    monkeypatch.setattr(lock.fcntl, "flock", late)
    assert hold_shared(path) is None


def test_a_reader_takes_the_next_generation_where_the_first_goes_away(folder, monkeypatch):
    gone, real = [], generations.hold_shared

    def once_gone(path):
        if gone:
            return real(path)
        gone.append(path)
        with open_writer(folder) as store:
            fill(store, 60, 80)
        return None

    monkeypatch.setattr(generations, "hold_shared", once_gone)
    with open_reader(folder) as store:
        assert lines_of(store.sources) == 80


def test_a_store_that_never_stands_still_is_told(folder, monkeypatch):
    monkeypatch.setattr(generations, "hold_shared", lambda path: None)
    with pytest.raises(StoreError, match="faster than it can be opened"):
        open_reader(folder)


class Vanishing(Disk):
    """Lists a manifest that has gone since."""

    def names(self, folder):
        return [*super().names(folder), "MANIFEST-0000009999"]


def test_a_manifest_that_went_since_it_was_listed_is_passed_over(folder):
    with open_reader(folder, Vanishing()) as store:
        assert store.notices == ()
        assert lines_of(store.sources) == 60
    assert check(folder, Vanishing()) == []


class Unreadable(Disk):
    """Fails to read names that begin so."""

    def __init__(self, prefix):
        self.prefix = prefix

    def read(self, path):
        if path.name.startswith(self.prefix):
            raise error(errno.EIO)
        return super().read(path)


def test_a_manifest_that_cannot_be_read_now_is_not_taken_for_damaged(folder):
    before = sorted(path.name for path in folder.iterdir())
    with pytest.raises(StoreError, match="cannot be read"):
        open_store(folder, Unreadable("MANIFEST"))
    assert sorted(path.name for path in folder.iterdir()) == before
    assert verify(folder) == 60


def test_what_a_reader_holds_stays_where_its_manifest_cannot_be_read(folder):
    disk = Unreadable("none")
    with open_reader(folder) as reader, open_writer(folder, disk) as store:
        fill(store, 60, 100)
        disk.prefix = f"MANIFEST-{reader.generation:010d}"
        fill(store, 100, 140)
        store.compact()
        assert not reader.read().gaps
    assert verify(folder) == 140


def test_a_folder_that_cannot_be_listed(folder):
    class Closed(Disk):
        def names(self, folder):
            raise error(errno.EACCES)

    for opening in (open_reader, open_writer):
        with pytest.raises(StoreError, match="permission denied"):
            opening(folder, Closed())
    assert not is_store(folder / "none")
    assert is_store(folder)


def test_litter_is_looked_for_while_nobody_writes(folder, monkeypatch):
    def refuse(descriptor, kind):
        raise error(errno.ENOLCK)

    litter = folder / "MANIFEST-0000000009.tmp"
    litter.write_bytes(b"half")
    litter.chmod(0o600)
    assert [it.invariant for it in check(folder)] == ["I5"]
    with monkeypatch.context() as patch:
        patch.setattr(lock.fcntl, "flock", refuse)
        assert is_written(folder)
    (folder / "LOCK").unlink()
    assert [it.invariant for it in check(folder)] == ["I5"]
    with open_writer(folder):
        assert check(folder) == []
        assert not litter.exists()


def test_looking_keeps_no_writer_out(folder):
    assert not is_written(folder)
    with open_writer(folder):
        assert is_written(folder)


def test_mending_without_manifests_needs_a_disk_that_reads_and_writes(folder):
    for path in folder.glob("MANIFEST*"):
        path.unlink()

    class Fixed(Disk):
        def rename(self, old, new):
            raise error(errno.EROFS)

    with pytest.raises(StoreError, match="input/output error"):
        repair_store(folder, Unreadable("seg"))
    victim = min(folder.glob("seg*"))
    victim.write_bytes(b"")
    with pytest.raises(StoreError, match="read-only"):
        repair_store(folder, Fixed())


def test_a_mode_that_cannot_be_closed_is_told(folder, monkeypatch):
    folder.chmod(0o750)

    def refuse(self, mode):
        raise error(errno.EPERM)

    monkeypatch.setattr(type(folder), "chmod", refuse)
    with pytest.raises(StoreClosedError, match="not permitted"):
        repair_store(folder)
