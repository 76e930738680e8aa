"""Secrets never leave the reader: not to the screen, not to a store, not to an export."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .command_line import run
from .terminal_harness import environment

SECRETS = ("hunter2-hunter2", "AKIAIOSFODNN7EXAMPLE", "4111111111111111", "tops3cretvalue")
LINES = (
    json.dumps({"ts": 1705333643, "msg": f"login password={SECRETS[0]}", "service": "web"}),
    json.dumps({"ts": 1705333644, "msg": "retry", "service": "web", "password": SECRETS[0]}),
    json.dumps({"ts": 1705333645, "msg": f"key {SECRETS[1]} card {SECRETS[2]}", "service": "pay"}),
    "{broken token=" + SECRETS[3],
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "app.jsonl"
    path.write_text("\n".join(LINES) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    return {**environment(), "XDG_CONFIG_HOME": str(tmp_path / "config")}


def leaks(data: bytes) -> list[str]:
    return [secret for secret in SECRETS if secret.encode() in data]


def test_no_byte_that_is_written_holds_a_secret(
    file: Path, home: dict[str, str], tmp_path: Path
) -> None:
    store = tmp_path / "kept"
    for format_ in ("json", "csv", "arrow", "parquet"):
        for statement in ("SELECT *, password", "TIMELINE", "SHOW SOURCES", "SHOW FIELDS"):
            done = run("query", statement, file, "--store", store, "--format", format_, env=home)
            assert done.returncode == 0, done.stderr
            assert leaks(done.stdout + done.stderr) == []
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path != file]
    assert any(store in path.parents for path in written)
    assert {path: leaks(path.read_bytes()) for path in written if leaks(path.read_bytes())} == {}


def test_equal_secrets_still_join_and_are_counted(file: Path, home: dict[str, str]) -> None:
    done = run("query", "TIMELINE", file, "--format", "jsonl", env=home)
    messages = [json.loads(line)["message"] for line in done.stdout.splitlines()]
    field = run("query", "SELECT password WHERE password IS NOT NULL", file, "-f", "json", env=home)
    (pseudonym,) = [row["password"] for row in json.loads(field.stdout)["rows"]]
    assert pseudonym.startswith("[redacted:")
    assert pseudonym[-9:] in messages[0]
    sources = run("query", "SHOW SOURCES", file, "--format", "jsonl", env=home)
    assert json.loads(sources.stdout)["redacted"] == 5
    assert "redacted" in sources.stderr.decode()


def test_the_key_is_kept_to_its_owner(file: Path, home: dict[str, str], tmp_path: Path) -> None:
    run("query", "TIMELINE", file, env=home)
    (key,) = (tmp_path / "config").rglob("*.key")
    assert key.stat().st_mode & 0o777 == 0o600


def test_redaction_can_be_stricter_or_off_which_is_said(file: Path, home: dict[str, str]) -> None:
    file.write_text(
        json.dumps({"ts": 1705333643, "msg": f"ann@example.org password={SECRETS[0]}"}) + "\n",
        encoding="utf-8",
    )
    plain = run("query", "TIMELINE", file, env=home).stdout.decode()
    assert "ann@example.org" in plain
    strict = run("query", "TIMELINE", file, "--pii", "strict", env=home).stdout.decode()
    assert "ann@" not in strict
    bare = run("query", "TIMELINE", file, "--no-redact", env=home)
    assert SECRETS[0] in bare.stdout.decode()
    assert "redaction is off" in bare.stderr.decode()
