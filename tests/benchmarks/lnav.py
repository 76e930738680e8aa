"""lnav as the peer: the format that it needs for generic JSON lines, and how to start it."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

FORMAT = {
    "$schema": "https://lnav.org/schemas/format-v1.schema.json",
    "events_json": {
        "title": "events",
        "json": True,
        "file-pattern": r".*\.jsonl",
        "timestamp-field": "timestamp",
        "level-field": "severity",
        "body-field": "message",
        "opid-field": "trace_id",
        "line-format": [
            {"field": "__timestamp__"},
            " ",
            {"field": "severity"},
            " ",
            {"field": "service"},
            " ",
            {"field": "message"},
        ],
        "value": {
            "service": {"kind": "string", "identifier": True},
            "message": {"kind": "string"},
            "severity": {"kind": "string"},
            "trace_id": {"kind": "string", "identifier": True},
            "duration_ms": {"kind": "float"},
        },
    },
}


def available() -> bool:
    """Whether lnav is on this machine."""
    return shutil.which("lnav") is not None


def home(folder: Path) -> dict[str, str]:
    """An environment with an lnav home of its own under `folder`."""
    formats = folder / ".config" / "lnav" / "formats" / "installed"
    formats.mkdir(parents=True)
    (formats / "events.json").write_text(json.dumps(FORMAT), encoding="utf-8")
    return {
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder / ".config"),
        "PATH": os.environ["PATH"],
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
    }
