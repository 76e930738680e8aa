"""The cache from the command line: on by itself, off when asked."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from traversion_data.cache import LEAST
from traversion_data.seen import look_at

from .command_line import lines, run
from .terminal_harness import environment


@pytest.fixture(scope="module")
def events(tmp_path_factory) -> Path:
    """A file as large as the cache wants them, and as old."""
    path: Path = tmp_path_factory.mktemp("large") / "events.jsonl"
    block = lines()
    path.write_bytes(block * (LEAST // len(block) + 1))
    while not look_at(path).settled:
        time.sleep(0.1)
    return path


def query(events: Path, home: Path, *words: str, **changes: str | None) -> str:
    changes = {"XDG_CACHE_HOME": str(home), "TRAVERSION_NO_CACHE": None} | changes
    done = run("query", "SELECT count()", events, *words, env=environment(**changes))
    assert done.returncode == 0
    return done.stderr.decode()


def test_a_second_query_opens_what_the_first_one_kept(events, tmp_path):
    assert "opened from the cache" not in query(events, tmp_path)
    assert "opened from the cache" in query(events, tmp_path)
    assert "opened from the cache" not in query(events, tmp_path, "--no-cache")


@pytest.mark.parametrize("how", [("--no-cache",), ("--no-redact",), ()])
def test_nothing_is_kept_when_it_must_not_be(events, tmp_path, how):
    query(events, tmp_path, *how, **({} if how else {"TRAVERSION_NO_CACHE": "1"}))
    assert not list(tmp_path.iterdir())
