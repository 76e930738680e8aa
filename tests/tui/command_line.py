"""The real command in a process of its own, without a terminal."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .terminal_harness import TRAVERSION, environment

EVENTS: tuple[dict[str, Any], ...] = (
    {
        "timestamp": "2024-01-15T15:47:23.100Z",
        "type": "span",
        "service": "gateway",
        "severity": "info",
        "message": "POST /checkout",
        "trace_id": "t1",
        "span_id": "s1",
        "duration_ms": 450,
    },
    {
        "timestamp": "2024-01-15T15:47:23.200Z",
        "type": "log",
        "service": "db",
        "severity": "warn",
        "message": "pool 19/20",
        "trace_id": "t1",
        "parent_span_id": "s1",
    },
    {
        "timestamp": "2024-01-15T15:47:23.300Z",
        "type": "error",
        "service": "db",
        "severity": "error",
        "message": "pool exhausted",
        "trace_id": "t1",
        "parent_span_id": "s1",
    },
)


def lines(events: Iterable[Mapping[str, Any]] = EVENTS) -> bytes:
    """Events as JSON lines."""
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def run(
    *words: str | Path,
    stdin: bytes | int = subprocess.DEVNULL,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run `traversion` with words to its end."""
    given: dict[str, Any] = {"input": stdin} if isinstance(stdin, bytes) else {"stdin": stdin}
    return subprocess.run(
        [TRAVERSION, *map(str, words)],
        capture_output=True,
        env=dict(env or environment()),
        cwd=cwd,
        check=False,
        **given,
    )


def run_as_nobody(
    *words: str | Path, cwd: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    """The same without root's right to read everything (uid 65534)."""
    program = (
        "import os, sys\n"
        "from traversion_tui.cli import main\n"
        "from traversion_tui.headless import query\n"
        "os.setgroups([]) if os.getuid() == 0 else None\n"
        "os.setgid(65534) if os.getuid() == 0 else None\n"
        "os.setuid(65534) if os.getuid() == 0 else None\n"
        "main()\n"
    )
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, words)],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        env=environment(),
        cwd=cwd,
        check=False,
    )
