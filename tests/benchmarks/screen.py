"""A program on a pseudo-terminal, every piece of its output stamped as it comes."""

from __future__ import annotations

import os
import select
import signal
import struct
import termios
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fcntl import ioctl
from pathlib import Path
from pty import fork
from time import monotonic

import pyte


@dataclass
class Screen:
    """Runs `argv`; pieces of output are read unparsed, so that reading costs the clock nothing."""

    argv: Sequence[str]
    env: Mapping[str, str]
    columns: int = 120
    rows: int = 40
    pieces: list[tuple[float, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.started = monotonic()
        self.pid, self._fd = fork()
        if self.pid == 0:
            os.execvpe(self.argv[0], list(self.argv), dict(self.env))
        ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", self.rows, self.columns, 0, 0))

    def read_until_quiet(self, quiet: float, limit: float) -> float:
        """Read until nothing came for `quiet` seconds; the moment of the last byte."""
        deadline, last = monotonic() + limit, monotonic()
        while monotonic() < deadline:
            ready, _, _ = select.select([self._fd], [], [], quiet)
            if not ready:
                break
            try:
                data = os.read(self._fd, 1 << 16)
            except OSError:
                break
            last = monotonic()
            self.pieces.append((last, data))
        return last

    def press(self, keys: bytes) -> float:
        """Send keys; the moment they were sent."""
        os.write(self._fd, keys)
        return monotonic()

    def first_shown(self, *texts: str) -> float | None:
        """Seconds from the start until the screen first showed all the texts."""
        screen = pyte.Screen(self.columns, self.rows)
        stream = pyte.ByteStream(screen)
        for at, data in self.pieces:
            stream.feed(data)
            shown = "\n".join(screen.display)
            if all(text in shown for text in texts):
                return at - self.started
        return None

    def text(self) -> str:
        """The screen as it stands now."""
        screen = pyte.Screen(self.columns, self.rows)
        pyte.ByteStream(screen).feed(b"".join(data for _, data in self.pieces))
        return "\n".join(line.rstrip() for line in screen.display)

    def peak_mib(self) -> float:
        """The program's largest resident size so far, from /proc."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8")
        peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(peak.split()[1]) / 1024

    def end(self) -> None:
        """End the program and wait for it."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._fd)
