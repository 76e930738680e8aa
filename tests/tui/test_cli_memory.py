"""A limit of memory on the command line."""

from __future__ import annotations

import json

import pytest
import typer

from traversion_tui.amounts import parse_size
from traversion_tui.source_options import LEAST_MEMORY

from .command_line import EVENTS, lines, run


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("512MB", 512 * 10**6),
        ("512MiB", 512 << 20),
        ("2G", 2 << 30),
        ("1.5gib", 3 << 29),
        ("2 GB", 2 * 10**9),
        (f"{LEAST_MEMORY}B", LEAST_MEMORY),
    ],
)
def test_sizes(text, size):
    assert parse_size(text, "--max-memory", LEAST_MEMORY) == size


@pytest.mark.parametrize("text", ["", "much", "-1GB", "1e9", "12 parsecs", "1kb", "0"])
def test_what_is_no_size_or_too_little_is_a_sentence(text):
    with pytest.raises(typer.BadParameter, match=r"is no size|or more"):
        parse_size(text, "--max-memory", LEAST_MEMORY)


def test_within_a_limit_the_answer_is_the_same(tmp_path):
    path = tmp_path / "events"
    path.write_bytes(lines())
    asked = ("query", "SELECT count()", path, "--format", "json", "--max-memory", "1GB")
    done = run(*asked)
    assert done.returncode == 0
    assert json.loads(done.stdout)["rows"] == [{"count()": len(EVENTS)}]
    assert run(*asked[:-1], "little").returncode == 2
