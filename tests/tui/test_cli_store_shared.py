"""A store that others write, that may not be written, or that this version cannot read."""

from __future__ import annotations

import json
import signal
import subprocess
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from traversion_data.store.durable import open_writer
from traversion_data.store.invariants import check

from .command_line import EVENTS, lines, run, run_without_override
from .terminal_harness import TRAVERSION, environment

COUNT = ("query", "SELECT count()", "--format", "jsonl")


def count(done: subprocess.CompletedProcess[bytes]) -> int:
    assert done.returncode == 0, done.stderr
    return int(json.loads(done.stdout)["count()"])


@contextmanager
def writing(path: Path, store: Path, rows: int) -> Iterator[None]:
    """Another process that follows a file into a store and has shown so many rows."""
    with subprocess.Popen(
        [
            *(TRAVERSION, "query", "TIMELINE", str(path), "--store", str(store)),
            *("--follow", "--format", "jsonl"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        for _ in range(rows):
            assert process.stdout.readline()
        try:
            yield
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)
            assert process.returncode == 130


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "app.jsonl"
    path.write_bytes(lines())
    return path


@pytest.fixture
def store(tmp_path: Path, path: Path) -> Path:
    store = tmp_path / "kept"
    assert count(run(*COUNT, path, "--store", store)) == 3
    return store


def test_a_second_process_reads_what_the_first_has_kept(tmp_path: Path, path: Path) -> None:
    store = tmp_path / "kept"
    other = tmp_path / "other.jsonl"
    other.write_bytes(lines(EVENTS[:1]))
    with writing(path, store, 3):
        until(store, 3)
        for words in ([path, "--store", store], [other, "--store", store], [store]):
            done = run(*COUNT, *words)
            assert count(done) == 3
            told = "writes to the store" in done.stderr.decode()
            assert told == ("opened read-only" in done.stderr.decode()) == (len(words) > 1)
        assert run("fsck", store).returncode == 0
        refused = run("fsck", store, "--repair")
        assert refused.returncode == 1
        assert "writes to the store" in refused.stderr.decode()
    assert count(run(*COUNT, path, "--store", store)) == 3
    assert not check(store)


def contents(store: Path) -> dict[str, bytes]:
    """All that is kept; the lock names whoever looked last."""
    return {it.name: it.read_bytes() for it in store.iterdir() if it.name != "LOCK"}


def until(store: Path, rows: int) -> None:
    """Wait until the store has so many rows."""
    for _ in range(30):
        if count(run(*COUNT, store)) == rows:
            return
    pytest.fail("nothing was kept")


def newer(store: Path, format_: int, readable_by: int) -> None:
    """The newest manifest as a later version would have written it."""
    newest = max(store.glob("MANIFEST-*"))
    fields = json.loads(newest.read_bytes().partition(b"\n")[2])
    fields |= {"format": format_, "readable_by": readable_by, "new": {"thing": 1}}
    body = json.dumps(fields).encode()
    newest.write_bytes(b"%08x %d\n" % (zlib.crc32(body), len(body)) + body)


def test_a_later_format_that_can_be_read_is_only_read(store: Path, path: Path) -> None:
    newer(store, 2, 1)
    before = contents(store)
    assert count(run(*COUNT, store)) == 3
    done = run(*COUNT, path, "--store", store)
    assert count(done) == 3
    assert "later version" in done.stderr.decode()
    assert "opened read-only" in done.stderr.decode()
    assert contents(store) == before


def test_a_format_that_only_later_versions_read_is_a_sentence(store: Path, path: Path) -> None:
    newer(store, 3, 2)
    before = contents(store)
    for words in ([store], [path, "--store", store]):
        done = run(*COUNT, *words)
        assert done.returncode == 1
        said = done.stderr.decode()
        assert "was written by a later version" in said
        assert "Traceback" not in said
    assert contents(store) == before


def test_a_store_that_may_not_be_written_is_only_read(store: Path, path: Path) -> None:
    store.chmod(0o500)
    try:
        assert count(run_without_override(*COUNT, store)) == 3
        with path.open("ab") as file:
            file.write(lines(EVENTS[:1]))
        done = run_without_override(*COUNT, path, "--store", store)
        assert count(done) == 3
        assert "opened read-only" in done.stderr.decode()
    finally:
        store.chmod(0o700)


def test_without_any_manifest_it_is_no_folder_of_logs(store: Path) -> None:
    for manifest in store.glob("MANIFEST-*"):
        manifest.unlink()
    done = run(*COUNT, store)
    assert done.returncode == 1
    assert "fsck" in done.stderr.decode()
    assert "a manifest was made of 3 rows" in run("fsck", store, "--repair").stdout.decode()
    assert count(run(*COUNT, store)) == 3


def test_an_empty_store_that_is_taken_is_a_sentence(tmp_path: Path, path: Path) -> None:
    store = tmp_path / "kept"
    with open_writer(store):
        done = run("query", "SHOW SOURCES", path, "--store", store)
    assert done.returncode == 0
    assert "writes to the store" in done.stderr.decode()


def test_a_store_is_opened_by_itself(store: Path, path: Path) -> None:
    done = run(*COUNT, store, path)
    assert done.returncode == 1
    assert "is a store; open it by itself" in done.stderr.decode()
