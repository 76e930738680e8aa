"""The tail matrix, faults: of permissions, disks, stores, processes and limits; live and restarted.

Every case asks for exactly the events that were written: none lost, none twice.
"""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from functools import partial
from unittest import mock

import pytest

from traversion_data import intake
from traversion_data.store.durable import open_store
from traversion_data.store.errors import StoreDamagedError, StoreFullError

from .followed import (
    append,
    bound_by_permissions,
    check,
    expected,
    following,
    ids,
    line,
    lines,
    stored,
)
from .store_faults.disks import FailingDisk, QuickDisk


def test_31_permission_that_is_lost_and_given_back(bench):
    it = bench("*.log", first=bound_by_permissions)
    it.path.write_bytes(lines(0, 3))
    other = it.folder / "other.log"
    it.start()
    it.running.rows(3)

    def deny():
        it.path.chmod(0)
        append(it.path, lines(3, 5))
        other.write_bytes(lines(5, 7))
        other.chmod(0)

    it.away(deny)
    it.running.troubled("permission denied")
    other.chmod(0o600)
    it.path.chmod(0o600)
    append(it.path, lines(7, 8))
    check(it.running.rows(8), expected(0, 8))
    assert it.gaps() == []


def test_31b_a_folder_that_cannot_be_listed_for_a_while(bench):
    it = bench("logs/*.log", first=bound_by_permissions)
    folder = it.folder / "logs"
    folder.mkdir()
    (folder / "a.log").write_bytes(lines(0, 3))
    it.start()
    it.running.rows(3)

    def deny():
        append(folder / "a.log", lines(3, 5))
        folder.chmod(0)

    it.away(deny)
    it.running.troubled("permission denied")
    folder.chmod(0o700)
    append(folder / "a.log", lines(5, 6))
    check(it.running.rows(6), expected(0, 6))
    assert it.gaps() == []


@pytest.mark.parametrize(
    ("call", "number", "words"),
    [
        pytest.param("pread", errno.EIO, "input/output error", id="eio"),
        pytest.param("stat", errno.ESTALE, "stale file handle", id="estale"),
        pytest.param("open", errno.EMFILE, "too many open files", id="emfile"),
    ],
)
def test_32_a_disk_that_fails_for_a_while(bench, call, number, words):
    """The fault is made where Python asks the system for the file's bytes or status."""
    it = bench("*.log")
    it.begin(3)
    real = getattr(os, call)

    def failing(target, *arguments, **more):
        if call == "pread" or str(target).endswith(".log"):
            raise OSError(number, os.strerror(number))
        return real(target, *arguments, **more)

    def happens():
        append(it.path, lines(3, 5))
        (it.folder / "new.log").write_bytes(lines(5, 7))

    broken = mock.patch.object(os, call, failing)
    if it.restarts:
        it.stop()
        happens()
        broken.start()
        it.start()
    else:
        broken.start()
        happens()
    try:
        it.running.troubled(words)
    finally:
        broken.stop()
    check(it.running.rows(7), expected(0, 7))
    assert it.gaps() == []


class FillingDisk(FailingDisk):
    """A disk that has no room while `full`."""

    def __init__(self):
        self.full = False
        no_room = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        super().__init__(
            QuickDisk(), lambda _, it: no_room if self.full and it in {"create", "write"} else None
        )


def test_33_a_store_without_room(bench):
    it, disk = bench(kept=True), FillingDisk()
    it.path.write_bytes(lines(0, 3))
    with mock.patch.object(intake, "open_store", partial(open_store, files=disk)):
        it.start()
        it.running.rows(3)
        disk.full = True
        append(it.path, lines(3, 5))
        it.running.troubled("no room")
        append(it.path, lines(5, 9))
        if it.restarts:
            with pytest.raises(StoreFullError):
                it.stop()
            disk.full = False
            it.start()
        disk.full = False
        check(it.running.rows(9), expected(0, 9))
        it.stop()
    assert stored(it.store) == expected(0, 9)


def test_34_a_damaged_manifest(bench):
    it = bench(kept=True)
    it.begin(3)
    it.stop()
    it.start()
    append(it.path, lines(3, 6))
    it.running.rows(6)

    def damage():
        newest = max(it.store.glob("MANIFEST-*"))
        os.truncate(newest, newest.stat().st_size // 2)

    it.away(damage)
    append(it.path, lines(6, 8))
    check(it.running.rows(8), expected(0, 8))
    it.stop()
    it.start()
    check(it.running.rows(8), expected(0, 8))


def test_34b_without_any_whole_manifest_nothing_is_read_from_the_start(bench):
    it = bench(kept=True)
    it.begin(3)
    it.stop()
    for manifest in it.store.glob("MANIFEST-*"):
        os.truncate(manifest, manifest.stat().st_size // 2)
    with pytest.raises(StoreDamagedError, match="fsck"), following(it.path, store=it.store) as on:
        on.rows(1)


def test_35_killed_between_rows_and_place(bench):
    """There is nothing between them: one commit holds both, and a kill finds it whole or not."""
    it = bench(kept=True)
    command = [sys.executable, "-m", "traversion_tui", "query", "TIMELINE", str(it.path)]
    command += ["--follow", "--format", "jsonl", "--store", str(it.store)]
    last = 0
    for first in (0, 400):
        it.path.open("ab").close()
        program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        with program, it.path.open("ab", buffering=0) as log:
            for number in range(first, first + 400):
                log.write(line(number))
                if number == first + 100:
                    program.stdout.readline()
            program.kill()
        there = stored(it.store)
        assert there == expected(0, len(there))
        assert len(there) >= last
        last = len(there)
    it.start()
    check(it.running.rows(800), expected(0, 800))


def test_36_a_second_one_on_the_same_store_reads_only(bench):
    it = bench(kept=True)
    it.begin(3)
    it.stop()
    it.start()
    it.running.rows(3)
    with following(it.path, store=it.store) as second:
        view = second.until(lambda view: view.sources)
        assert any("opened read-only" in note for note in view.sources[0].notes)
    it.away(lambda: append(it.path, lines(3, 5)))
    check(it.running.rows(5), expected(0, 5))


def test_37_many_more_files_than_descriptors(bench):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - names are counted
    it = bench("*.log")
    names = [it.folder / f"{number:03}.log" for number in range(30)]
    for number, path in enumerate(names):
        path.write_bytes(line(number))
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (used + 25, hard))
        it.start()
        it.running.rows(30)

        def grow():
            for number, path in enumerate(names):
                append(path, line(30 + number))

        it.away(grow)
        check(it.running.rows(60), expected(0, 60))
        it.stop()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_38_more_changes_between_two_looks_than_any_queue_holds(bench):
    """Files are compared with what was read of them: there are no messages that could be lost."""
    it = bench("*.log")
    names = [it.folder / f"{number}.log" for number in range(20)]
    it.start()

    def burst():
        logs = [path.open("ab", buffering=0) for path in names]
        for number in range(20_000):
            logs[number % 20].write(b'{"ts":1705333643,"event_id":"e%d"}\n' % number)
        for log in logs:
            log.close()

    it.away(burst)
    view = it.running.rows(20_000)
    assert sorted(ids(view)) == sorted(expected(0, 20_000))
