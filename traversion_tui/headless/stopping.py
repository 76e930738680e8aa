"""Signals that end a program which runs until somebody says stop: it keeps what it has."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_STOPPING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped:
    """Whether a signal came, and which."""

    number: int | None = None

    @property
    def code(self) -> int | None:
        """The exit code that tells of it, as shells do: 128 and its number."""
        return None if self.number is None else 128 + self.number


@contextmanager
def stopped_by_signals(stop: Callable[[], None]) -> Iterator[Stopped]:
    """Have ctrl+c, SIGTERM and SIGHUP call `stop` meanwhile; the second one ends the program.

    A signal that is ignored, as SIGHUP is under `nohup`, stays ignored. For the main thread only.
    """
    stopped = Stopped()
    usual = {
        number: handler
        for number in _STOPPING
        if (handler := signal.getsignal(number)) is not signal.SIG_IGN
    }

    def handle(number: int, _frame: FrameType | None) -> None:
        stopped.number = number
        for each, handler in usual.items():
            signal.signal(each, handler)
        stop()

    for number in usual:
        signal.signal(number, handle)
    try:
        yield stopped
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)
