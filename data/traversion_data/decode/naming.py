"""What the name of a log file says of the service that wrote it."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Final

_ENDINGS: Final = re.compile(
    r"(?:\.(?:gz|zst|bz2|xz|log|txt|out|err|logfmt|jsonl?|ndjson|csv|tsv|parquet|arrow|feather|ipc"
    r"|\d{1,3})|[.-]\d{4}-?\d{2}-?\d{2}(?:[-_.]\d{1,6})?)$",
    re.IGNORECASE,
)
"""Compression, kind of file, number and date of rotation, one of them at the end of a name."""

_CONTAINER: Final = re.compile(
    r"^(?P<pod>[a-z0-9.-]+)_(?P<space>[a-z0-9.-]+)_(?P<container>[a-z0-9.-]+)-[0-9a-f]{64}$"
)
"""A link in a Kubernetes node's /var/log/containers."""
_POD: Final = re.compile(r"^(?P<space>[a-z0-9.-]+)_(?P<pod>[a-z0-9.-]+)_[0-9a-f-]{32,36}$")
"""A folder in a Kubernetes node's /var/log/pods; below it stands one for each container."""


def service_in(name: str) -> str:
    """The service that a source's name tells of: `checkout` for `/var/log/checkout.log.1.gz`."""
    stem = _stem(name)
    pod = pod_in(name)
    if pod is None:
        return "stdin" if name == "-" else stem or name
    within = _CONTAINER.match(stem)
    return within["container"] if within else PurePath(name).parent.name


def pod_in(name: str) -> str | None:
    """The Kubernetes pod that a source's name tells of, if it is a container's log."""
    found = _CONTAINER.match(_stem(name)) or _POD.match(PurePath(name).parent.parent.name)
    return found["pod"] if found else None


def _stem(name: str) -> str:
    stem = PurePath(name).name
    while (shorter := _ENDINGS.sub("", stem)) not in (stem, ""):
        stem = shorter
    return stem
