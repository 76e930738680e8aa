"""How soon a line that is written shows, and what following costs: console and `query --follow`."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep, time

import numpy as np
from screen import Screen

TRAVERSION = str(Path(sys.executable).with_name("traversion"))
LINES_PER_SECOND = 1000
SECONDS = 15.0
SETTLING = 3.0
"""Seconds at the start that do not count: imports at first use, first indexes."""
STEP = 0.005
"""Seconds between two writes of the lines that are due."""
SERVICES = ("api", "cart", "orders", "db", "cache", "pay")
STATEMENT = "TIMELINE WHERE service = 'cart'"

_NUMBER = re.compile(rb"request no (\d+) handled")
_LONGEST = 64
"""Bytes that one match takes at most: what is kept of a piece for the next one."""

Show = Callable[..., None]
Pieces = Sequence[tuple[float, bytes]]


class Writer:
    """Writes lines at a steady rate from a thread; `written` holds when each one was."""

    def __init__(self, path: Path) -> None:
        self.written: list[float] = []
        self._path = path
        self._thread = Thread(target=self._run)
        self._stopped = Event()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the lines that are due."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        begun = monotonic()
        with self._path.open("ab", buffering=0) as file:
            while not self._stopped.is_set():
                first, due = len(self.written), int((monotonic() - begun) * LINES_PER_SECOND)
                file.write(b"".join(line(number) for number in range(first, due)))
                self.written += [monotonic()] * (due - first)
                sleep(STEP)


def line(number: int) -> bytes:
    """A JSON line of now with its number; some fail, some warn, eight share a trace."""
    level = "error" if number % 97 == 0 else "warn" if number % 31 == 0 else "info"
    event = {
        "ts": datetime.fromtimestamp(time(), UTC).isoformat(),
        "level": level,
        "service": SERVICES[number % len(SERVICES)],
        "msg": f"request no {number} handled",
        "trace_id": f"{number // 8:016x}",
        "took_ms": number % 91,
    }
    return json.dumps(event).encode() + b"\n"


def waits(written: Sequence[float], pieces: Pieces, every: int = 1) -> np.ndarray:
    """Milliseconds from each line's write to the first output of it or of a later one.

    Lines of the settling time, and those that never showed, are left out. every: only lines whose
    service the statement asks for count.
    """
    shown = np.full(len(written), np.inf)
    newest, tail = -1, b""
    for at, piece in pieces:
        data = tail + piece
        number = max((int(found) for found in _NUMBER.findall(data)), default=-1)
        if number > newest:
            shown[newest + 1 : number + 1] = at
            newest = number
        tail = data[-_LONGEST:]
    took = (shown - np.array(written)) * 1000
    counted = took[int(SETTLING * LINES_PER_SECOND) :]
    if every > 1:
        counted = counted[[n % every == 1 for n in range(len(took) - len(counted), len(took))]]
    return counted[np.isfinite(counted)]


class Share:
    """The share of a core that a process takes, from `begin` on; from /proc."""

    def __init__(self, pid: int) -> None:
        self._stat = Path(f"/proc/{pid}/stat")
        self._begun = (0.0, 0.0)

    def begin(self) -> None:
        """Count from here on."""
        self._begun = (self._seconds(), monotonic())

    def percent(self) -> float:
        """Of one core."""
        spent, since = self._begun
        return 100 * (self._seconds() - spent) / (monotonic() - since)

    def _seconds(self) -> float:
        fields = self._stat.read_text(encoding="ascii").rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def bench_live(env: Mapping[str, str], show: Show) -> None:
    """Both, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        _console(Path(folder) / "console.jsonl", env, show)
        _query(Path(folder) / "query.jsonl", env, show)


def _console(path: Path, env: Mapping[str, str], show: Show) -> None:
    path.touch()
    screen = Screen([TRAVERSION, str(path), "--follow"], env)
    screen.read_until_quiet(2.0, 20.0)
    writer, share = Writer(path), Share(screen.pid)
    writer.start()
    _read_for(screen, SETTLING)
    share.begin()
    _read_for(screen, SECONDS)
    percent = share.percent()
    writer.stop()
    screen.read_until_quiet(0.5, 5.0)
    took = waits(writer.written, screen.pieces)
    sent = sum(len(data) for _, data in screen.pieces) / (SECONDS + SETTLING)
    _tell("live: console", took, percent, show, ("output", sent / 1000, "kB/s"))
    screen.end()


def _read_for(screen: Screen, seconds: float) -> None:
    """Stamp what comes meanwhile."""
    until = monotonic() + seconds
    while (left := until - monotonic()) > 0:
        screen.read_until_quiet(min(left, 0.5), left)


def _query(path: Path, env: Mapping[str, str], show: Show) -> None:
    path.touch()
    command = [TRAVERSION, "query", STATEMENT, str(path), "--follow", "--format", "jsonl"]
    pieces: list[tuple[float, bytes]] = []
    with subprocess.Popen(command, env=dict(env), stdout=subprocess.PIPE) as child:
        out = child.stdout
        assert out is not None

        def read() -> None:
            while data := os.read(out.fileno(), 1 << 16):
                pieces.append((monotonic(), data))

        reader = Thread(target=read)
        reader.start()
        sleep(2.0)
        writer, share = Writer(path), Share(child.pid)
        writer.start()
        sleep(SETTLING)
        share.begin()
        sleep(SECONDS)
        percent = share.percent()
        writer.stop()
        sleep(1.0)
        child.kill()
        reader.join()
    took = waits(writer.written, pieces, len(SERVICES))
    _tell("live: query --follow", took, percent, show)


def _tell(
    task: str, took: np.ndarray, percent: float, show: Show, *more: tuple[str, float, str]
) -> None:
    if not len(took):
        raise SystemExit(f"{task}: no line showed")
    show(
        task,
        ("write to visible p50", float(np.quantile(took, 0.5)), "ms"),
        ("p95", float(np.quantile(took, 0.95)), "ms"),
        ("worst", float(took.max()), "ms"),
        ("of a core", percent, "%"),
        *more,
    )
