"""How the options of sources reach the reader: bytes and options in, rows or a sentence out."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from .command_line import EVENTS, lines, run


def test_a_format_may_be_named(tmp_path: Path) -> None:
    path = tmp_path / "events"
    path.write_bytes(lines())
    done = run("query", "SHOW SOURCES", path, "--as", "jsonl", "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["format"] == "JSON Lines"


def test_a_format_that_is_none_is_a_sentence_with_the_nearest(tmp_path: Path) -> None:
    path = tmp_path / "events"
    path.write_bytes(lines())
    done = run("query", "SHOW SOURCES", path, "--as", "acces")
    assert done.returncode == 1
    assert "there is no format acces. Did you mean access?" in done.stderr.decode()


def test_more_inflation_may_be_allowed(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl.gz"
    path.write_bytes(gzip.compress(lines() + b" " * 100_000_000, 9))
    refused = run("query", "TIMELINE", path, "--format", "jsonl")
    assert "--max-inflate" in refused.stderr.decode()
    done = run("query", "TIMELINE", path, "--max-inflate", "100000", "--format", "jsonl")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == len(EVENTS)
    assert "--max-inflate" not in done.stderr.decode()


STAMP = b"2024-01-15 15:47:23 INFO one\n"


def hours(*words: str | Path) -> dict[str, int]:
    """The hour in which the one event of each source lies, and what goes wrong as a failure."""
    done = run("query", "TIMELINE", *words, "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    rows = [json.loads(row) for row in done.stdout.splitlines()]
    return {row["service"]: int(row["time"][11:13]) for row in rows}


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    for name in ("nginx-a.log", "nginx-b.log", "app.log"):
        (folder / name).write_bytes(STAMP)
    return folder


def test_a_zone_may_be_of_some_sources_only(logs: Path) -> None:
    assert hours(logs) == {"nginx-a": 15, "nginx-b": 15, "app": 15}
    berlin = ("--tz", "Europe/Berlin")
    assert hours(logs, *berlin) == {"nginx-a": 14, "nginx-b": 14, "app": 14}
    york = ("--tz", "nginx*=America/New_York")
    for words in ((*berlin, *york), (*york, *berlin)):
        assert hours(logs, *words) == {"nginx-a": 20, "nginx-b": 20, "app": 14}
    last = ("--tz", "nginx-b.log=Asia/Tokyo")
    assert hours(logs, *york, *last) == {"nginx-a": 20, "nginx-b": 6, "app": 15}
    assert hours(logs, *last, *york) == {"nginx-a": 20, "nginx-b": 20, "app": 15}


def test_a_pattern_may_be_of_a_path_or_a_folder(logs: Path) -> None:
    assert set(hours(logs, "--tz", f"{logs}=Asia/Tokyo").values()) == {6}
    assert hours(logs / "*.log", "--tz", f"{logs}/app*=Asia/Tokyo")["app"] == 6


def test_a_zone_by_source_goes_for_pipes_stores_and_what_is_followed(logs: Path) -> None:
    store = logs.parent / "kept"
    assert hours(logs, "--store", store, "--tz", "app*=Asia/Tokyo")["app"] == 6
    assert hours(store)["app"] == 6
    done = run("query", "TIMELINE", "-", "--tz", "-=Asia/Tokyo", "--format", "jsonl", stdin=STAMP)
    assert json.loads(done.stdout)["time"][11:13] == "06"


def test_it_is_said_whether_a_zone_was_guessed(logs: Path) -> None:
    done = run("query", "SHOW SOURCES", logs, "--tz", "app*=Asia/Tokyo", "--format", "jsonl")
    zones = {
        Path(row["source"]).name: row["zone"] for row in map(json.loads, done.stdout.splitlines())
    }
    assert zones == {"nginx-a.log": "UTC", "nginx-b.log": "UTC", "app.log": "Asia/Tokyo"}
    said = done.stderr.decode()
    assert "app.log: times have no zone: read as Asia/Tokyo, as --tz says" in said
    assert "nginx-a.log: times have no zone: read as UTC; --tz names another" in said


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--tz", "ngnix*.log=Asia/Tokyo"), 1, "no source is called so"),
        (("--tz", "nginx-c.log=Asia/Tokyo"), 1, "did you mean nginx-b.log?"),
        (("--tz", "app*=Asia/Tokio"), 2, "did you mean Asia/Tokyo"),
        (("--tz", "asia/tokyo"), 2, "did you mean Asia/Tokyo?"),
        (("--tz", "=Asia/Tokyo"), 2, "names no source"),
        (("--tz", "app*="), 2, "there is no time zone"),
        (("--tz", "app*=../../etc/passwd"), 2, "there is no time zone"),
    ],
)
def test_a_wrong_zone_is_a_sentence(
    logs: Path, words: tuple[str, ...], code: int, says: str
) -> None:
    done = run("query", "TIMELINE", logs, *words)
    assert done.returncode == code
    assert says in " ".join(done.stderr.decode().split())
    assert not done.stdout


def test_a_source_goes_on_in_the_zone_it_was_begun_in(logs: Path) -> None:
    log, store = logs / "app.log", logs.parent / "kept"
    words = ("query", "TIMELINE", log, "--store", store, "--format", "jsonl", "--tz")
    assert run(*words, "Asia/Tokyo").returncode == 0
    with log.open("ab") as file:
        file.write(STAMP.replace(b"one", b"two"))
    done = run(*words, "Europe/Berlin")
    times = {json.loads(row)["time"] for row in done.stdout.splitlines()}
    assert times == {"2024-01-15T06:47:23Z"}
    assert "are read as Asia/Tokyo, as the first ones were" in done.stderr.decode()
    said = [
        line for line in run(*words, "Asia/Tokyo").stderr.decode().splitlines() if "as --tz" in line
    ]
    assert len(said) == 1


def test_a_source_goes_on_in_the_format_it_was_begun_in(logs: Path) -> None:
    log, store = logs / "app.log", logs.parent / "kept"
    words = ("query", "TIMELINE", log, "--store", store, "--format", "jsonl")
    assert run(*words).returncode == 0
    with log.open("ab") as file:
        file.write(STAMP.replace(b"one", b"two"))
    done = run(*words, "--as", "plain")
    assert [json.loads(row)["message"] for row in done.stdout.splitlines()] == ["one", "two"]
    assert "is read as text with times, as its beginning was: --as plain" in done.stderr.decode()


def test_a_store_is_not_read_in_another_zone(logs: Path) -> None:
    store = logs.parent / "kept"
    assert run("query", "TIMELINE", logs, "--store", store).returncode == 0
    done = run("query", "TIMELINE", store, "--tz", "app*=Asia/Tokyo")
    assert done.returncode == 1
    assert "is a store, whose times have been read already" in done.stderr.decode()
