"""Input that is no good: a sentence on standard error, an exit code, and never a traceback."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from .command_line import EVENTS, lines, run, run_without_override

MANY = lines({**EVENTS[0], "n": n, "message": f"event {n} {n * 7919 % 1009}"} for n in range(4_000))


def refused(*sources: str | Path, cwd: Path | None = None) -> str:
    """What is said about sources that give no answer."""
    done = run("query", "TIMELINE", *sources, cwd=cwd)
    assert done.returncode == 1, done.stderr
    assert done.stdout == b""
    return sentence(done)


def sentence(done: subprocess.CompletedProcess[bytes]) -> str:
    said = done.stderr.decode()
    assert "Traceback" not in said
    assert said.endswith((".\n", "?\n"))
    assert said.count("\n") == 1
    assert said.rstrip("\n").isprintable()
    return said


def test_missing(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_bytes(lines())
    said = refused("event.jsonl", cwd=tmp_path)
    assert "no file event.jsonl" in said
    assert "did you mean events.jsonl?" in said


def test_missing_with_a_hostile_name() -> None:
    for name in ("\x1b[2Jgone", "\x1b]0;gone\x07", "\u009bgone", "\u202egone"):
        assert "gone" in refused(name)


@pytest.mark.skipif(
    os.geteuid() == 0 and shutil.which("setpriv") is None,
    reason="root reads every file, and setpriv, which takes that right away, is not installed",
)
def test_unreadable(tmp_path: Path) -> None:
    file = tmp_path / "secret.jsonl"
    file.write_bytes(lines())
    file.chmod(0)
    done = run_without_override("query", "TIMELINE", "secret.jsonl", cwd=tmp_path)
    assert done.returncode == 1
    assert "secret.jsonl: permission denied" in sentence(done)


def test_empty(tmp_path: Path) -> None:
    file = tmp_path / "empty.jsonl"
    file.touch()
    assert "is empty" in refused(file)


def test_blank(tmp_path: Path) -> None:
    file = tmp_path / "blank.jsonl"
    file.write_bytes(b"\n\n  \n")
    assert "only blank lines" in refused(file)


@pytest.mark.parametrize(
    "content",
    [b"\x7fELF\x02\x01\x01" + bytes(200), bytes(range(256)) * 8, b"\x89PNG\r\n\x1a\n" + bytes(99)],
    ids=["program", "octets", "picture"],
)
def test_binary(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "binary.jsonl"
    file.write_bytes(content)
    assert "not a file of events" in refused(file)


def test_text_without_events(tmp_path: Path) -> None:
    file = tmp_path / "numbers.txt"
    file.write_text("[1, 2]\n[3]\n")
    assert "holds no events" in refused(file)


@pytest.mark.parametrize("path", ["/dev/null", "/dev/zero"])
def test_device(path: str) -> None:
    assert f"{path} is a device" in refused(path)


def test_named_pipe_and_socket(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "is a named pipe" in refused("pipe", cwd=tmp_path)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        assert "is a socket" in refused("socket", cwd=tmp_path)


def test_folder_without_events(tmp_path: Path) -> None:
    assert "holds no event files" in refused(tmp_path)
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert "holds no event files" in refused(tmp_path)


def test_glob_without_a_match(tmp_path: Path) -> None:
    assert "no file matches" in refused("*.jsonl", cwd=tmp_path)


@pytest.mark.parametrize("source", ["", "a\udcffb"], ids=["nothing", "not UTF-8"])
def test_a_name_that_is_none(source: str) -> None:
    refused(source)


def test_no_source_at_all() -> None:
    assert "No source is named" in refused()


def test_empty_standard_input() -> None:
    done = run("query", "TIMELINE", "-", stdin=b"")
    assert done.returncode == 1
    assert "is empty" in sentence(done)


def test_closed_standard_input() -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$0" query TIMELINE - <&-', run.__globals__["TRAVERSION"]],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert "standard input" in sentence(done)


@pytest.mark.parametrize(
    ("name", "compress"),
    [("torn.jsonl.gz", gzip.compress), ("torn.jsonl.zst", zstandard.compress)],
    ids=["gz", "zst"],
)
def test_truncated_compressed_file_keeps_the_rows_so_far(
    name: str, compress: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    whole = compress(MANY)
    file = tmp_path / name
    file.write_bytes(whole[: len(whole) * 2 // 3])
    done = run("query", "TIMELINE", file, "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert 0 < len(rows) < 4_000
    assert [row["seq"] for row in rows] == list(range(len(rows)))
    assert name in done.stderr.decode().splitlines()[0]


@pytest.mark.parametrize("name", ["junk.gz", "junk.zst"])
def test_a_compressed_file_torn_at_its_start(name: str, tmp_path: Path) -> None:
    magic = {"junk.gz": b"\x1f\x8b", "junk.zst": b"\x28\xb5\x2f\xfd"}[name]
    (tmp_path / name).write_bytes(magic + b"\xff" * 50)
    assert name in refused(name, cwd=tmp_path)


def test_same_file_twice_is_opened_once(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_bytes(lines())
    (tmp_path / "link.jsonl").symlink_to(file)
    done = run(
        "query", "TIMELINE", file, "./events.jsonl", "link.jsonl", "-f", "jsonl", cwd=tmp_path
    )
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == len(EVENTS)
    assert done.stderr.decode().count("is the same file and was opened once") == 2


def test_bad_lines_are_set_aside_and_told(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_bytes(b'{"torn\n' + lines() + b"\xff\xfe\n" + b"[" * 100_000 + b"\n")
    done = run("query", "TIMELINE", file, "-f", "jsonl")
    assert done.returncode == 0
    assert [json.loads(line)["seq"] for line in done.stdout.splitlines()] == [1, 2, 3]
    assert "3 of 6 lines are no events and were set aside; the first is #" in done.stderr.decode()


def test_one_bad_source_among_good_ones_is_told(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_bytes(lines())
    (tmp_path / "poem.txt").write_text("[1, 2]\n")
    done = run("query", "TIMELINE", "events.jsonl", "poem.txt", "-f", "jsonl", cwd=tmp_path)
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == len(EVENTS)
    assert "poem.txt" in done.stderr.decode()


def test_the_reason_for_a_lone_over_long_line_has_no_digest_that_could_be_looked_up(
    tmp_path: Path,
) -> None:
    path = tmp_path / "long.jsonl"
    path.write_bytes(b"x" * 2_000_000 + b"\n")
    done = run("query", "TIMELINE", path)
    assert done.returncode == 1
    assert "keyed digest" in done.stderr.decode()
    assert hashlib.sha256(path.read_bytes().strip()).hexdigest() not in done.stderr.decode()


def test_a_table_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cut.parquet"
    path.write_bytes(b"PAR1" + b"\0" * 100)
    done = run("query", "TIMELINE", path)
    assert done.returncode == 1
    assert done.stderr.decode().startswith(f"{path}: the table cannot be read: ")
