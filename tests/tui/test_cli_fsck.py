"""`traversion fsck`: a damaged store in, sentences and an exit code out."""

from __future__ import annotations

from pathlib import Path

import pytest

from .command_line import lines, run


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "app.jsonl"
    path.write_bytes(lines())
    assert run("query", "SELECT count()", path, "--store", tmp_path / "kept").returncode == 0
    return tmp_path / "kept"


def test_a_sound_store_is_said_to_be_sound(store: Path) -> None:
    done = run("fsck", store)
    assert done.returncode == 0, done.stderr
    assert "3 events" in done.stdout.decode()
    assert done.stdout.decode().endswith("the store is sound\n")


def test_a_flipped_bit_is_found_told_and_put_away(store: Path) -> None:
    (segment,) = store.glob("seg-*")
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 1
    segment.write_bytes(data)
    (store.parent / "app.jsonl").unlink()
    found = run("fsck", store)
    assert found.returncode == 1
    assert segment.name in found.stdout.decode()
    mended = run("fsck", store, "--repair")
    assert mended.returncode == 1
    assert "put away" in mended.stdout.decode()
    gaps = run("query", "SHOW GAPS", store, "--format", "jsonl")
    assert b"rows of the store are lost" in gaps.stdout


def test_what_is_no_store_is_a_sentence(tmp_path: Path) -> None:
    done = run("fsck", tmp_path / "nothing")
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert done.stderr.decode().strip().endswith(".")
