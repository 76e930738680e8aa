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
    """Runs `argv`; each piece of output is stamped as it is read and parsed once, when asked for.

    awaited: groups of texts; `first_shown` tells when the screen first showed all of one.
    """

    argv: Sequence[str]
    env: Mapping[str, str]
    awaited: Sequence[tuple[str, ...]] = ()
    columns: int = 120
    rows: int = 40
    pieces: list[tuple[float, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._terminal = pyte.Screen(self.columns, self.rows)
        self._stream = pyte.ByteStream(self._terminal)
        self._seen = 0
        self._shown: dict[tuple[str, ...], float | None] = dict.fromkeys(self.awaited)
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
        """Seconds from the start until the screen first showed all of some awaited texts."""
        self._look()
        return self._shown[texts]

    def text(self) -> str:
        """The screen as it stands now."""
        self._look()
        return "\n".join(line.rstrip() for line in self._terminal.display)

    def _look(self) -> None:
        """Feed the terminal what was read since, and note what shows for the first time."""
        for at, data in self.pieces[self._seen :]:
            self._stream.feed(data)
            waiting = [texts for texts, moment in self._shown.items() if moment is None]
            if waiting:
                screen = "\n".join(self._terminal.display)
                found = [texts for texts in waiting if all(text in screen for text in texts)]
                self._shown |= dict.fromkeys(found, at - self.started)
        self._seen = len(self.pieces)

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
