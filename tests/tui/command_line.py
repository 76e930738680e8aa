"""The real command in a process of its own, without a terminal."""

from __future__ import annotations

import json
import os
import subprocess
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


def run_without_override(
    *words: str | Path, cwd: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    """The same without root's right to read what its mode forbids; every other user lacks it."""
    dropped = [
        *("setpriv", "--inh-caps", "-all"),
        *("--bounding-set", "-dac_override,-dac_read_search"),
    ]
    return subprocess.run(
        [*(dropped if os.geteuid() == 0 else []), TRAVERSION, *map(str, words)],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        env=environment(),
        cwd=cwd,
        check=False,
    )
