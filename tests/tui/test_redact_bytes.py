"""No byte that the program writes holds a secret: stores, caches, exports, screens, clipboards.

Also within what is compressed: a scan of plain bytes finds nothing in a store even with redaction
off, which is what the control shows.
"""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import sys
import time
from pathlib import Path

import pytest
import zstandard

from traversion_data.cache import LEAST
from traversion_data.ingest import Loader, LoadOptions
from traversion_data.redact.redaction import Redaction
from traversion_data.seen import look_at
from traversion_data.source.stdin import StdinSource
from traversion_data.store.head import Head
from traversion_data.store.spill import Spill
from traversion_tui.console import OpenedRecording
from traversion_tui.source_options import SourceOptions

from .command_line import run
from .console_harness import app_of, console, drive
from .terminal_harness import TRAVERSION, Terminal, environment, open_prompt

SECRETS = (
    "hunter2-hunter2",
    "AKIAIOSFODNN7EXAMPLE",
    "4111111111111111",
    "tops3cretvalue",
    "battery staple",
    "x9hunterx9",
    "glpat-aB3aB3aB3aB3aB3aB3aB",
    "MIIEpAIBAAKCAQEA7bq1xJ9v",
)
PERSONAL = ("ann@example.org", "10.20.30.40", "/home/annsmith")
MESSAGES = (
    f"login password={SECRETS[0]}",
    f"key {SECRETS[1]} card {SECRETS[2]}",
    f"password: correct horse {SECRETS[4]}",
    f"ALTER USER bob PASSWORD '{SECRETS[5]}'",
    f"amqp://svc:{SECRETS[5]}@mq/ and {SECRETS[6]}",
    f"bad key\n-----BEGIN RSA PRIVATE KEY-----\n{SECRETS[7]}\n-----END RSA PRIVATE KEY-----",
    f"{PERSONAL[0]} from {PERSONAL[1]} in {PERSONAL[2]}/x",
)
EVENTS = [
    {
        "ts": 1705333643 + at,
        "msg": message,
        "service": "web",
        "password": SECRETS[0],
        "id": f"e{at}",
    }
    for at, message in enumerate(MESSAGES)
]
LINES = "".join(json.dumps(event) + "\n" for event in EVENTS) + "{broken token=" + SECRETS[3] + "\n"
ZSTD = b"\x28\xb5\x2f\xfd"


def unpacked(data: bytes) -> list[bytes]:
    """Some bytes, and what is within each zstd frame in them."""
    found = [data]
    for match in re.finditer(re.escape(ZSTD), data):
        try:
            found.append(
                zstandard.ZstdDecompressor().decompressobj().decompress(data[match.start() :])
            )
        except zstandard.ZstdError:
            continue
    return found


def leaks(data: bytes, secrets: tuple[str, ...] = SECRETS) -> list[str]:
    """The secrets in some bytes: as they are, as JSON, as Base64, and within what is packed."""
    parts = unpacked(data)
    parts += [
        base64.b64decode(text + b"=" * (-len(text) % 4))
        for text in re.findall(rb"\]52;[a-z]?;([A-Za-z0-9+/]+)", data)
    ]
    return [secret for secret in secrets if any(secret.encode() in part for part in parts)]


def written(folder: Path, *but: Path) -> dict[Path, bytes]:
    return {
        path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path not in but
    }


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment whose every folder for writing lies in this test's."""
    folders = {
        name: tmp_path / name for name in ("config", "cache", "data", "state", "tmp", "home")
    }
    for folder in folders.values():
        folder.mkdir()
    return environment(
        XDG_CONFIG_HOME=str(folders["config"]),
        XDG_CACHE_HOME=str(folders["cache"]),
        XDG_DATA_HOME=str(folders["data"]),
        XDG_STATE_HOME=str(folders["state"]),
        TMPDIR=str(folders["tmp"]),
        HOME=str(folders["home"]),
        TRAVERSION_NO_CACHE=None,
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "app.jsonl"
    path.write_text(LINES, encoding="utf-8")
    return path


STATEMENTS = (
    "SELECT *, password",
    "TIMELINE",
    "SHOW SOURCES",
    "SHOW FIELDS",
    "SELECT message, count() GROUP BY message",
    "EXPLAIN SELECT * WHERE message = 'x'",
)
FORMATS = ("table", "json", "jsonl", "csv", "arrow", "parquet")


def test_stores_and_exports_of_every_format_hold_none_even_when_unpacked(file, home, tmp_path):
    store = tmp_path / "kept"
    for at, format_ in enumerate(FORMATS):
        done = run("query", STATEMENTS[at], file, "--store", store, "--format", format_, env=home)
        assert done.returncode == 0, done.stderr
        assert leaks(done.stdout + done.stderr) == []
    rows = [run("query", STATEMENTS[0], store, "--format", it, env=home) for it in FORMATS]
    assert all(done.returncode == 0 for done in rows)
    assert [leaks(done.stdout + done.stderr) for done in rows] == [[]] * len(FORMATS)
    kept = written(tmp_path, file)
    assert any(store in path.parents for path in kept)
    assert {path: leaks(data) for path, data in kept.items() if leaks(data)} == {}


def test_control_without_redaction_the_same_scan_finds_them_all(file, home, tmp_path):
    store = tmp_path / "bare"
    run("query", "TIMELINE", file, "--store", store, "--no-redact", env=home)
    data = b"".join(written(store).values())
    assert set(leaks(data)) == set(SECRETS)
    done = run("query", "SELECT *", store, "--format", "parquet", "--no-redact", env=home)
    assert set(leaks(done.stdout)) >= set(SECRETS[:-1]) - {SECRETS[3]}


def test_strict_leaves_nobody_in_any_file(file, home, tmp_path):
    store = tmp_path / "kept"
    for format_ in ("table", "json", "parquet"):
        done = run(
            *("query", "SELECT *", file, "--store", store, "--pii", "strict", "-f", format_),
            env=home,
        )
        assert done.returncode == 0, done.stderr
        assert leaks(done.stdout + done.stderr, SECRETS + PERSONAL) == []
    assert all(leaks(data, SECRETS + PERSONAL) == [] for data in written(tmp_path, file).values())


def test_the_cache_of_a_large_file_holds_none(home, tmp_path):
    path = tmp_path / "large.jsonl"
    path.write_text(LINES * (LEAST // len(LINES) + 1), encoding="utf-8")
    while not look_at(path).settled:
        time.sleep(0.1)
    done = run("query", "SELECT count()", path, env=home)
    assert done.returncode == 0, done.stderr
    cached = written(tmp_path / "cache")
    assert sum(map(len, cached.values())) > 10_000, "the cache was written"
    assert {it: leaks(data) for it, data in written(tmp_path, path).items() if leaks(data)} == {}
    again = run("query", "SELECT * LIMIT 20", path, "--format", "json", env=home)
    assert b"opened from the cache" in again.stderr
    assert leaks(again.stdout + again.stderr) == []


def test_a_pipe_that_is_kept_leaves_none_behind(home, tmp_path):
    store = tmp_path / "kept"
    done = run("query", "TIMELINE", "-", "--store", store, stdin=LINES.encode(), env=home)
    assert done.returncode == 0, done.stderr
    assert leaks(done.stdout + done.stderr) == []
    assert all(leaks(data) == [] for data in written(tmp_path).values())


def test_what_is_put_out_of_memory_holds_none_while_it_is_there(tmp_path):
    read, write = os.pipe()
    with os.fdopen(write, "wb") as pipe:
        pipe.write(LINES.encode())
    view = Loader(
        [StdinSource(read)], Head(), LoadOptions(redaction=Redaction.standard(b"k" * 32))
    ).run()
    away = Spill(tmp_path).away(view.events)
    maps = [
        Path("/proc/self/map_files", line.split()[0])
        for line in Path("/proc/self/maps").read_text().splitlines()
        if str(tmp_path) in line and "spill-" in line
    ]
    try:
        data = b"".join(path.read_bytes() for path in maps)
    except PermissionError:
        data = away.write_ipc(None).getvalue()
    assert maps
    assert b"[redacted:" in data
    assert leaks(data) == []


def wander(terminal: Terminal) -> None:
    """Copy what can be copied, and ask."""
    terminal.wait_for(" 1 aside")
    for key, said in (("y", "copied the text"), ("Y", "copied the row"), ("p", "copied the place")):
        terminal.press(key)
        terminal.wait_for(said)
    open_prompt(terminal)
    terminal.press(*"SELECT *, password", "enter")
    terminal.wait_for("q back")
    terminal.press("q")
    terminal.wait_for("space play")


def test_the_screen_and_the_clipboard_of_the_console_hold_none(file, home, tmp_path):
    with Terminal([TRAVERSION, str(file), "--store", str(tmp_path / "kept")], env=home) as terminal:
        wander(terminal)
        terminal.press("q")
        terminal.leave()
        assert b"\x1b]52;" in terminal.raw, "something was copied"
        assert leaks(bytes(terminal.raw)) == []
        assert b"[redacted:" in terminal.raw
    assert all(leaks(data) == [] for data in written(tmp_path, file).values())


def test_a_picture_of_the_screen_holds_none(file, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    async def play() -> None:
        async with console(OpenedRecording([str(file)], SourceOptions())) as pilot:
            picture = app_of(pilot).export_screenshot()
            assert "redacted" in picture
            assert leaks(picture.replace("&#160;", " ").encode()) == []

    drive(play)


BROKEN = """
import sys
import traversion_data.reading
def broken(batch, redaction):
    raise RuntimeError("broken on purpose")
traversion_data.reading.redact_batch = broken
from traversion_tui.cli import main
sys.argv = ["traversion", *sys.argv[1:]]
main()
"""


def test_a_fault_before_secrets_are_replaced_shows_none(file, home):
    command = [sys.executable, "-c", BROKEN]
    with Terminal([*command, "query", "TIMELINE", str(file)], env=home) as terminal:
        assert terminal.leave() != 0
        assert b"broken on purpose" in terminal.raw
        assert leaks(bytes(terminal.raw)) == []
    with Terminal([*command, str(file)], env=home) as terminal:
        terminal.wait_for("broken on purpose")
        terminal.signal(signal.SIGTERM)
        terminal.leave()
        assert leaks(bytes(terminal.raw)) == []
