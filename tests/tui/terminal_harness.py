"""A real pseudo-terminal around the real command, and what its screen shows."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Final, Self

import pexpect
import pyte

TRAVERSION: Final = str(Path(sys.executable).with_name("traversion"))

KEYS: Final = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "backspace": "\x7f",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "ctrl+c": "\x03",
    "ctrl+q": "\x11",
}

SWITCHES: Final = {
    "alternate screen": 1049,
    "mouse": 1000,
    "any mouse": 1003,
    "mouse in SGR": 1006,
    "bracketed paste": 2004,
    "focus": 1004,
}

_SWITCH = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
_ESCAPE = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_].*?\x1b\\|[ -/]*[0-Z\\-~])",
    re.DOTALL,
)
_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<>=][0-?]*[ -/]*[@-~]|\x1b\[\?[0-9;]*\$p")
_TORN = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*)?$")


def environment(**changes: str | None) -> dict[str, str]:
    """A small, known environment; None takes a variable away."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    merged = {
        **kept,
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "TRAVERSION_NO_CACHE": "1",
    }
    return {name: value for name, value in {**merged, **changes}.items() if value is not None}


class Terminal:
    """A command on a terminal of its own. Use it as a context; leaving it ends the command."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        columns: int = 120,
        rows: int = 40,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.raw = bytearray()
        self._hung_up = False
        self._torn = b""
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._child = pexpect.spawn(
            argv[0],
            list(argv[1:]),
            dimensions=(rows, columns),
            env=dict(env or environment()),
            cwd=str(cwd) if cwd else None,
            timeout=None,
        )
        self._child.delaybeforesend = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._hung_up:
            self._child.close(force=True)

    @property
    def pid(self) -> int:
        """The command's process."""
        return int(self._child.pid)

    @property
    def text(self) -> str:
        """The screen's lines."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    @property
    def lines(self) -> list[str]:
        """The screen line by line, as wide as the terminal."""
        return list(self._screen.display)

    def wait_for(self, what: str | Callable[[str], bool], seconds: float = 30) -> str:
        """Read until the screen shows a text or satisfies a condition; the screen then."""
        shown = (lambda text: what in text) if isinstance(what, str) else what
        deadline = monotonic() + seconds
        while not shown(self.text):
            left = deadline - monotonic()
            if left <= 0 or not self._read(left):
                raise AssertionError(f"{what!r} did not appear on:\n{self.text}")
        return self.text

    def press(self, *keys: str) -> None:
        """Type keys: names of `KEYS` or characters."""
        for key in keys:
            self._child.send(KEYS.get(key, key))

    def paste(self, text: str) -> None:
        """Paste a text as terminals do, between brackets."""
        self._child.send(f"\x1b[200~{text}\x1b[201~")

    def resize(self, columns: int, rows: int) -> None:
        """Change the terminal's size."""
        self._screen.resize(rows, columns)
        self._child.setwinsize(rows, columns)

    def signal(self, number: signal.Signals) -> None:
        """Send the command a signal."""
        os.kill(self._child.pid, number)

    def hang_up(self) -> int:
        """Close the terminal as a window is closed; the command's exit code."""
        self._hung_up = True
        self._child.ptyproc.fileobj.close()
        _, status = os.waitpid(self._child.pid, 0)
        return _code(status)

    def leave(self, seconds: float = 30) -> int:
        """Read to the end of the output; the exit code, 128 + n for a signal n."""
        deadline = monotonic() + seconds
        while self._read(deadline - monotonic()):
            if monotonic() >= deadline:
                raise AssertionError(f"the command did not end; its screen:\n{self.text}")
        return self.code()

    def code(self) -> int:
        """Wait for the command's end; its exit code."""
        self._child.wait()
        return (
            self._child.exitstatus
            if self._child.exitstatus is not None
            else (128 + int(self._child.signalstatus or 0))
        )

    def switched_on(self) -> set[str]:
        """Which of `SWITCHES` the command has left on, and `hidden cursor`."""
        state: dict[int, bool] = {}
        for match in _SWITCH.finditer(bytes(self.raw)):
            for mode in match[1].split(b";"):
                state[int(mode)] = match[2] == b"h"
        on = {name for name, mode in SWITCHES.items() if state.get(mode, False)}
        return on if state.get(25, True) else {*on, "hidden cursor"}

    def escape_kinds(self) -> set[bytes]:
        """Every escape sequence written so far, its numbers left out."""
        return {re.sub(rb"[0-9]+", b"n", found[0]) for found in _ESCAPE.finditer(bytes(self.raw))}

    def _read(self, seconds: float) -> bool:
        """Feed what comes within some seconds to the screen; False at the end of the output."""
        try:
            data = self._child.read_nonblocking(65_536, timeout=seconds)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += data
        data = self._torn + data
        torn = _TORN.search(data)
        self._torn = torn[0] if torn else b""
        whole = data[: torn.start()] if torn else data
        self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", whole))
        return True


def _code(status: int) -> int:
    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)


def open_prompt(terminal: Terminal) -> None:
    """Open the console's prompt and wait until it takes text."""
    terminal.press(":")
    terminal.wait_for("enter run")


def close_result(terminal: Terminal) -> None:
    """Close the pane with a statement's answer and wait for the events."""
    terminal.wait_for("q back")
    terminal.press("q")
    terminal.wait_for("space play")
