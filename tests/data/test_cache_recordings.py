"""The cache of recordings: what is opened again is what would be read again, or is read again."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from traversion_data import seen
from traversion_data.cache import Cache
from traversion_data.intake import Intake, Wanted
from traversion_data.options import LoadOptions
from traversion_data.redact.redaction import Redaction
from traversion_data.source.file import FileSource
from traversion_data.store import head, segment
from traversion_data.store.head import Head

REDACTED = LoadOptions(redaction=Redaction.standard(b"k" * 32))
AGES = 60_000_000_000


@pytest.fixture(autouse=True)
def _long_after(monkeypatch) -> None:
    """Files are old enough for their times to tell of every change."""
    monkeypatch.setattr(seen, "time_ns", lambda: time.time_ns() + AGES)


def lines(first: int, last: int) -> bytes:
    events = (
        {
            "ts": 1_705_333_643 + number * 7 % 100,
            "level": "error" if number % 9 == 0 else "info",
            "msg": f"took {number} ms, password=hunter{number % 3}",
            "trace_id": f"{number:032x}",
            "size": number if number % 5 else number + 0.5,
        }
        for number in range(first, last)
    )
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


@pytest.fixture(autouse=True, params=["decoded whole", "decoded by column"])
def _segments(request, monkeypatch) -> None:
    """What is kept is large enough for its columns to be decoded one by one, or it is not."""
    if request.param == "decoded by column":
        monkeypatch.setattr(segment, "PARQUET_ROWS", 1)
        monkeypatch.setattr(head, "PIECE", 2)


@pytest.fixture
def events(tmp_path: Path) -> Path:
    path = tmp_path / "events.jsonl"
    path.write_bytes(lines(0, 300) + b"no event\n\n" + lines(300, 400))
    return path


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache", least=0)


def opened(cache: Cache | None, *paths: Path, options: LoadOptions = REDACTED):
    """A snapshot of files, once the cache is written."""
    sources = tuple(FileSource(path) for path in paths)
    intake = Intake(Wanted(sources, cache=cache), Head(), options)
    view = intake.run()
    if intake.keeping is not None:
        intake.keeping.join()
    return view


def notes(view) -> str:
    return " ".join(note for info in view.sources for note in info.notes)


def assert_same(view, fresh) -> None:
    assert view.events.equals(fresh.events)
    assert view.events.schema == fresh.events.schema
    assert view.aside.equals(fresh.aside)
    counted = ("read", "stored", "set_aside", "blank", "redacted", "rules", "complete", "format")
    for one, other in zip(view.sources, fresh.sources, strict=True):
        assert [getattr(one, name) for name in counted] == [
            getattr(other, name) for name in counted
        ]


def entries(cache: Cache) -> list[Path]:
    return sorted(cache.folder.iterdir()) if cache.folder.exists() else []


def test_the_second_opening_has_the_same_rows_and_says_where_from(cache, events):
    first = opened(cache, events)
    assert "cache" not in notes(first)
    second = opened(cache, events)
    assert "opened from the cache of 20" in notes(second)
    assert_same(second, first)
    third = opened(cache, events)
    assert notes(third).count("opened from the cache") == 1


def test_many_files_are_one_recording(cache, events, tmp_path):
    other = tmp_path / "other.jsonl"
    other.write_bytes(lines(400, 500))
    first = opened(cache, events, other)
    second = opened(cache, events, other)
    assert "opened from the cache" in notes(second)
    assert_same(second, first)
    other.write_bytes(lines(500, 600))
    assert_same(opened(cache, events, other), opened(None, events, other))


@pytest.mark.parametrize("keeps_times", [False, True])
def test_a_file_changed_in_place_is_read_anew(cache, events, keeps_times):
    opened(cache, events)
    before = events.stat()
    text = events.read_bytes()
    with events.open("r+b") as file:
        file.seek(text.index(b"took 200"))
        file.write(b"TOOK")
    if keeps_times:
        os.utime(events, ns=(before.st_atime_ns, before.st_mtime_ns))
    again = opened(cache, events)
    assert "cache" not in notes(again)
    assert_same(again, opened(None, events))
    assert "opened from the cache" in notes(opened(cache, events))


def test_of_a_file_that_grew_only_the_rest_is_read(cache, events):
    opened(cache, events)
    with events.open("ab") as file:
        file.write(lines(50, 60) + b"torn {\n" + lines(400, 450))
    grown = opened(cache, events)
    assert "its first 402 lines are from the cache" in notes(grown)
    fresh = opened(None, events)
    assert_same(grown, fresh)
    again = opened(cache, events)
    assert "opened from the cache" in notes(again)
    assert_same(again, fresh)


def test_a_last_line_that_was_not_whole_is_read_again(cache, events):
    text = events.read_bytes()
    events.write_bytes(text[:-1])
    opened(cache, events)
    with events.open("ab") as file:
        file.write(b" \n" + lines(400, 410))
    grown = opened(cache, events)
    assert "cache" not in notes(grown)
    assert_same(grown, opened(None, events))


def test_another_file_under_the_same_name_is_read_anew(cache, events, tmp_path):
    opened(cache, events)
    other = tmp_path / "other"
    other.write_bytes(lines(0, 500))
    other.replace(events)
    again = opened(cache, events)
    assert "cache" not in notes(again)
    assert again.height == 500


def test_damage_costs_the_entry_and_no_row(cache, events):
    fresh = opened(None, events)
    opened(cache, events)
    (entry,) = entries(cache)
    for name in [str(it.relative_to(entry)) for it in entry.rglob("*") if it.stat().st_size > 20]:
        path = entry / name if (entry / name).exists() else None
        if path is None or path.is_dir():
            continue
        damaged = bytearray(path.read_bytes())
        damaged[len(damaged) // 2] ^= 0x10
        path.write_bytes(damaged)
        assert_same(opened(cache, events), fresh)
        again = opened(cache, events)
        assert "opened from the cache" in notes(again)
        assert_same(again, fresh)


def test_a_damaged_segment_is_told(cache, events):
    opened(cache, events)
    segment = next(entries(cache)[0].rglob("seg-*"))
    segment.write_bytes(segment.read_bytes()[:-1])
    assert "what the cache had of it could not be used" in notes(opened(cache, events))


def test_no_secret_is_ever_written(cache, events):
    opened(cache, events, options=LoadOptions())
    assert not entries(cache)
    opened(cache, events)
    kept = [path.read_bytes() for path in cache.folder.rglob("*") if path.is_file()]
    assert kept
    assert not any(b"hunter" in data for data in kept)
    assert (cache.folder.stat().st_mode & 0o777) == 0o700


def test_other_options_are_another_recording(cache, events):
    opened(cache, events)
    late = LoadOptions(since=1_705_333_700_000_000_000, redaction=REDACTED.redaction)
    assert_same(opened(cache, events, options=late), opened(None, events, options=late))
    strict = LoadOptions(redaction=Redaction.strict(b"k" * 32))
    assert "cache" not in notes(opened(cache, events, options=strict))
    assert len(entries(cache)) == 3


def test_the_oldest_entry_goes_when_there_is_no_room(events, tmp_path):
    roomy = Cache(tmp_path / "cache", least=0)
    paths = [tmp_path / f"{number}.jsonl" for number in range(3)]
    for number, path in enumerate(paths):
        path.write_bytes(lines(number, 400))
    opened(roomy, paths[0])
    size = sum(it.stat().st_size for it in roomy.folder.rglob("*") if it.is_file())
    small = Cache(roomy.folder, limit=size * 5 // 2, least=0)
    os.utime(entries(small)[0], (1, 1))
    opened(small, paths[1])
    opened(small, paths[2])
    assert len(entries(small)) == 2
    assert "cache" not in notes(opened(small, paths[0]))
    tiny = Cache(tmp_path / "tiny", limit=10, least=0)
    opened(tiny, paths[0])
    assert not entries(tiny)


def test_what_a_crash_left_is_removed(cache, events):
    cache.folder.mkdir()
    left = cache.folder / "0123.unfinished-1"
    left.mkdir()
    os.utime(left, (1, 1))
    opened(cache, events)
    assert not left.exists()


def test_a_file_still_being_written_is_not_kept(cache, events, monkeypatch):
    monkeypatch.setattr(seen, "time_ns", time.time_ns)
    opened(cache, events)
    assert not entries(cache)


def test_small_files_are_not_worth_it(events, tmp_path):
    opened(Cache(tmp_path / "cache"), events)
    assert not (tmp_path / "cache").exists()
