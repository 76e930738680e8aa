"""What comes through a pipe and is kept in a store: durable, redacted, a source for every run."""

from __future__ import annotations

import json
import select
import signal
import subprocess
from pathlib import Path

import pytest

from traversion_data.store.durable import open_reader

from .command_line import EVENTS, lines, run
from .terminal_harness import TRAVERSION, Terminal, environment

SECRET = "hunter2-xyzzy-9Q"


def counted(store: Path) -> int:
    done = run("query", "SELECT count()", store, "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["count()"]


def kept(store: Path) -> int:
    """Rows that are durable just now."""
    if not any(store.glob("MANIFEST*")):
        return 0
    with open_reader(store) as reader:
        return sum(frame.height for frame in reader.read().frames)


def wait_until_kept(store: Path, rows: int, reading: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if kept(store) == rows:
            return
        with pytest.raises(subprocess.TimeoutExpired):
            reading.wait(0.1)
    pytest.fail(f"{rows} rows were not kept")


def test_every_pipe_is_a_source_of_its_own(tmp_path: Path) -> None:
    store = tmp_path / "kept"
    for first in (0, 1):
        done = run(
            *("query", "SELECT count()", "-", "--store", store, "--format", "jsonl"),
            stdin=lines(EVENTS[first:]),
        )
        assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"count()": 5}
    assert "each pipe is a source of its own" in done.stderr.decode()
    assert counted(store) == 5
    shown = run("query", "SHOW SOURCES", store, "--format", "jsonl")
    rows = [json.loads(row) for row in shown.stdout.splitlines()]
    assert [(row["source"], row["stored"]) for row in rows] == [("-", 3), ("-", 2)]
    assert run("fsck", store).returncode == 0


def test_what_a_pipe_gave_outlives_a_kill_while_it_is_still_open(tmp_path: Path) -> None:
    store = tmp_path / "kept"
    with subprocess.Popen(
        [TRAVERSION, "query", "SELECT count()", "-", "--store", store],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(),
    ) as reading:
        assert reading.stdin is not None
        reading.stdin.write(lines())
        reading.stdin.flush()
        wait_until_kept(store, len(EVENTS), reading)
        reading.kill()
    assert counted(store) == len(EVENTS)
    done = run("query", "SELECT count()", "-", "--store", store, stdin=lines(EVENTS[:1]))
    assert done.returncode == 0
    assert counted(store) == len(EVENTS) + 1
    assert run("fsck", store).returncode == 0


def test_no_secret_of_a_pipe_is_written(tmp_path: Path) -> None:
    store = tmp_path / "kept"
    event = {**EVENTS[0], "message": f"login password={SECRET}", "api_key": SECRET}
    bad = f"{{not json, password={SECRET}\n".encode()
    done = run("query", "TIMELINE", "-", "--store", store, stdin=lines([event]) + bad)
    assert done.returncode == 0
    assert SECRET.encode() not in done.stdout + done.stderr
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if SECRET.encode() in path.read_bytes()]


def test_an_empty_pipe_is_said_and_what_was_kept_stays(tmp_path: Path) -> None:
    store = tmp_path / "kept"
    assert run("query", "TIMELINE", "-", "--store", store, stdin=lines()).returncode == 0
    done = run("query", "TIMELINE", "-", "--store", store, stdin=b"")
    assert done.returncode == 1
    assert "- is empty" in done.stderr.decode()
    assert counted(store) == len(EVENTS)
    assert run("fsck", store).returncode == 0


def test_the_console_keeps_a_pipe_and_is_left_by_one_q(tmp_path: Path) -> None:
    file, store = tmp_path / "events.jsonl", tmp_path / "kept"
    file.write_bytes(lines())
    with Terminal(["sh", "-c", f"cat {file} | {TRAVERSION} - --store {store}"]) as terminal:
        terminal.wait_for("= 3 + 0 aside + 0 blank")
        terminal.press("q")
        assert terminal.leave() == 0
    assert counted(store) == len(EVENTS)


def test_a_followed_pipe_prints_what_is_new_since_the_last_run(tmp_path: Path) -> None:
    store, file = tmp_path / "kept", tmp_path / "app.jsonl"
    follow = (TRAVERSION, "query", "TIMELINE", "-", file, "--follow")
    total = 0
    for messages in (("a", "b"), ("c",)):
        given = [{**EVENTS[0], "message": message} for message in messages]
        with subprocess.Popen(
            [*follow, "--store", store, "--format", "jsonl"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
            bufsize=0,
        ) as reading:
            assert reading.stdin is not None
            assert reading.stdout is not None
            reading.stdin.write(lines(given))
            reading.stdin.close()
            shown = []
            while len(shown) < len(messages) and select.select([reading.stdout], [], [], 20)[0]:
                shown.append(json.loads(reading.stdout.readline())["message"])
            total += len(messages)
            wait_until_kept(store, total, reading)
            reading.terminate()
        assert shown == list(messages)
    assert counted(store) == 3


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]
)
def test_what_was_printed_is_kept_when_a_signal_ends_the_program(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    store = tmp_path / "kept"
    asked = ("query", "TIMELINE", "-", "--follow", "--format", "jsonl", "--store", store)
    with subprocess.Popen(
        [TRAVERSION, *asked], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment()
    ) as reading:
        assert reading.stdin is not None
        assert reading.stdout is not None
        reading.stdin.write(lines())
        reading.stdin.flush()
        for _ in EVENTS:
            assert reading.stdout.readline()
        reading.send_signal(number)
        assert reading.wait(30) == code
    assert counted(store) == len(EVENTS)
