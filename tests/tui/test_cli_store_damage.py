"""A damaged store, from the command line: what comes back, and what is said of the rest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .command_line import lines, run


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "app.jsonl"
    path.write_bytes(lines())
    assert run("query", "SELECT count()", path, "--store", tmp_path / "kept").returncode == 0
    return tmp_path / "kept"


def flip(folder: Path) -> None:
    (segment,) = folder.glob("seg-*")
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 1
    segment.write_bytes(data)


def test_fsck_fills_a_gap_from_the_file_its_rows_came_from(store: Path) -> None:
    flip(store)
    done = run("fsck", store, "--repair")
    assert done.returncode == 0, done.stdout
    said = done.stdout.decode()
    assert f"read again from {store.parent / 'app.jsonl'}" in said
    assert said.endswith("the store is sound\n")
    assert run("fsck", store).returncode == 0


def test_opening_with_the_store_fills_a_gap_too(store: Path) -> None:
    flip(store)
    path = store.parent / "app.jsonl"
    done = run("query", "SELECT count()", path, "--store", store, "--format", "jsonl")
    assert json.loads(done.stdout) == {"count()": 3}
    assert b"read again from" in done.stderr
    assert run("fsck", store).returncode == 0


def test_a_store_is_only_looked_at_when_it_is_opened_as_a_source(store: Path) -> None:
    flip(store)
    before = {path.name: path.read_bytes() for path in store.iterdir()}
    done = run("query", "SHOW GAPS", store, "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    gap = json.loads(done.stdout)
    assert "3 rows of the store are lost" in json.dumps(gap)
    assert {path.name: path.read_bytes() for path in store.iterdir()} == before
