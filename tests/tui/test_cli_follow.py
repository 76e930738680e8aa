"""`traversion query … --follow`: bytes are appended, rows come out; stopped, it goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .command_line import EVENTS, lines, run
from .terminal_harness import TRAVERSION, environment


@contextmanager
def streaming(*words: str | Path) -> Iterator[subprocess.Popen[bytes]]:
    """The command at work, its output piped; stopped by ctrl+c in the end."""
    with subprocess.Popen(
        [TRAVERSION, "query", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=30)
            assert process.returncode == 130, said


def rows(process: subprocess.Popen[bytes], count: int) -> list[str]:
    """The messages of the next rows."""
    return [json.loads(process.stdout.readline())["message"] for _ in range(count)]


FOLLOW = ("--follow", "--format", "jsonl")


def test_rows_are_printed_as_lines_are_written(tmp_path: Path) -> None:
    path = tmp_path / "app.jsonl"
    path.write_bytes(lines(EVENTS[:1]))
    with streaming("TIMELINE", path, *FOLLOW) as process:
        assert rows(process, 1) == ["POST /checkout"]
        with path.open("ab") as file:
            file.write(lines(EVENTS[1:]))
        assert rows(process, 2) == ["pool 19/20", "pool exhausted"]


def test_only_rows_that_the_statement_asks_for(tmp_path: Path) -> None:
    path = tmp_path / "app.jsonl"
    path.write_bytes(b"")
    with streaming("TIMELINE WHERE severity >= 'error'", path, *FOLLOW) as process:
        path.write_bytes(lines())
        assert rows(process, 1) == ["pool exhausted"]


def test_with_a_store_it_goes_on_where_it_stopped(tmp_path: Path) -> None:
    path, store = tmp_path / "app.jsonl", tmp_path / "kept"
    path.write_bytes(lines(EVENTS[:1]))
    with streaming("TIMELINE", path, *FOLLOW, "--store", store) as process:
        assert rows(process, 1) == ["POST /checkout"]
    with path.open("ab") as file:
        file.write(lines(EVENTS[1:]))
    with streaming("TIMELINE", path, *FOLLOW, "--store", store) as process:
        assert rows(process, 2) == ["pool 19/20", "pool exhausted"]
    path.unlink()
    done = run("query", "SELECT count()", store, "--format", "jsonl")
    assert json.loads(done.stdout) == {"count()": 3}


def test_a_store_holds_each_line_once_however_often_it_is_read(tmp_path: Path) -> None:
    path, store = tmp_path / "app.jsonl", tmp_path / "kept"
    path.write_bytes(lines())
    for _ in range(2):
        done = run("query", "SHOW SOURCES", path, "--store", store, "--format", "jsonl")
        assert done.returncode == 0, done.stderr
        source = json.loads(done.stdout)
        assert (source["read"], source["stored"]) == (3, 3)


def test_what_cannot_be_followed_is_said(tmp_path: Path) -> None:
    path = tmp_path / "app.jsonl"
    path.write_bytes(lines())
    done = run("query", "SELECT count()", path, *FOLLOW)
    assert done.returncode == 3
    assert "Only a TIMELINE can be followed" in done.stderr.decode()
    done = run("query", "TIMELINE", path, "--follow")
    assert done.returncode == 2
    assert "jsonl" in done.stderr.decode()
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    done = run("query", "TIMELINE", fifo, *FOLLOW)
    assert done.returncode == 1
    assert "named pipe" in done.stderr.decode()
