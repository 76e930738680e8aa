"""How the options of sources reach the reader: bytes and options in, rows or a sentence out."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

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
