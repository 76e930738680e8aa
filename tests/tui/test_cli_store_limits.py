"""`--keep-size` and `--keep-age`: the oldest rows leave the store, and it says how many."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer

from traversion_tui.amounts import parse_age, parse_size

from .command_line import run

DAY = 86_400
BEGIN = 1_705_000_000


def events(first: int, last: int) -> bytes:
    """An event a day, each so large that a store of a few is beyond a small limit."""
    return b"".join(
        json.dumps({"ts": BEGIN + n * DAY, "msg": f"day {n}", "pad": f"{n * 7919:x}" * 50}).encode()
        + b"\n"
        for n in range(first, last)
    )


def sources(*words: str | Path) -> tuple[dict[str, object], str]:
    """The first source, and what is said of it."""
    done = run("query", "SHOW SOURCES", *words, "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[0]), done.stderr.decode()


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Path, Path]:
    """A log and its store, a commit a week of three."""
    path, store = tmp_path / "app.jsonl", tmp_path / "kept"
    for first in (0, 7, 14):
        with path.open("ab") as file:
            file.write(events(first, first + 7))
        assert run("query", "SELECT count()", path, "--store", store).returncode == 0
    return path, store


def test_what_is_too_old_is_dropped_and_told_of(kept: tuple[Path, Path]) -> None:
    path, store = kept
    _, said = sources(path, "--store", store, "--keep-age", "8d")
    assert "7 events and 0 lines set aside" in said
    source, said = sources(store)
    assert (source["read"], source["stored"]) == (21, 21)
    assert "7 events and 0 lines set aside" in said
    assert "dropped from the store to keep its size or age" in said
    done = run("query", "SELECT count()", store, "--format", "jsonl")
    assert json.loads(done.stdout) == {"count()": 14}
    assert run("fsck", store).returncode == 0


def test_what_was_dropped_is_not_read_again(kept: tuple[Path, Path]) -> None:
    path, store = kept
    for _ in range(2):
        done = run(
            *("query", "SELECT count()", path, "--store", store, "--keep-age", "8d"),
            *("--format", "jsonl"),
        )
    assert json.loads(done.stdout) == {"count()": 14}


def test_a_store_is_held_to_a_size(kept: tuple[Path, Path]) -> None:
    path, store = kept
    size = sum(it.stat().st_size for it in store.glob("seg-*"))
    assert (
        run(
            *("query", "SELECT count()", path, "--store", store, "--keep-size", f"{size - 1}B")
        ).returncode
        == 0
    )
    assert sum(it.stat().st_size for it in store.glob("seg-*")) < size
    assert "7 events" in sources(store)[1]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--keep-size", "many", "--store", "s"), "is no size; write it like 500MB or 2GiB"),
        (("--keep-size", "0MB", "--store", "s"), "is no size"),
        (("--keep-size", "2", "--store", "s"), "is no size"),
        (("--keep-size", "2GB"), "it goes with --store"),
        (("--keep-age", "30", "--store", "s"), "write it like 12h, 30d or 2w"),
        (("--keep-age", "12h"), "it goes with --store"),
    ],
)
def test_a_wrong_limit_is_a_sentence(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    done = run("query", "SELECT count()", tmp_path / "x", *words, cwd=tmp_path)
    assert done.returncode == 2
    assert says in " ".join(done.stderr.decode().replace("│", " ").split())
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize(
    ("text", "size"),
    [
        *[
            ("2GiB", 2 << 30),
            ("500MB", 500_000_000),
            ("1.5 kb", 1500),
            ("7b", 7),
            ("1TiB", 1 << 40),
        ],
        *[("2G", 2 << 30), ("1.5gib", 3 << 29), ("512m", 512 << 20)],
    ],
)
def test_sizes(text: str, size: int) -> None:
    assert parse_size(text, "--keep-size") == size


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30d", 30 * DAY), ("12h", 12 * 3600), ("2w", 14 * DAY), ("90m", 5400), ("1.5s", 1.5)],
)
def test_ages(text: str, seconds: float) -> None:
    assert parse_age(text, "--keep-age") == seconds * 1_000_000_000


@pytest.mark.parametrize("text", ["", "d", "3 fortnights", "-3d", "1e9d", "1" * 40 + "d"])
def test_what_is_no_age(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        parse_age(text, "--keep-age")
