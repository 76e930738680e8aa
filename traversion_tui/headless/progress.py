"""One line on standard error that says how far a load is, while somebody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import monotonic
from typing import Final, TextIO

from traversion_data.ingest import Progress

INTERVAL: Final = 0.1
"""Seconds between two writes of the line."""

QUICK: Final = 0.5
"""Seconds below which a load needs no line at all."""

_CLEAR: Final = "\r\x1b[K"


def silent(_: Progress) -> None:
    """Show nothing."""


def shown_on(stream: TextIO | None, *, quiet: bool) -> Callable[[Progress], None]:
    """What to call with each progress: a line on a terminal, nothing elsewhere."""
    if quiet or stream is None or not stream.isatty():
        return silent
    return ProgressLine(stream)


class ProgressLine:
    """A line that is written over, at most every `INTERVAL`, and wiped when the load is done."""

    def __init__(self, stream: TextIO = sys.stderr, clock: Callable[[], float] = monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._written: float | None = None

    def __call__(self, progress: Progress) -> None:
        """Show one step."""
        if progress.done:
            if self._written is not None:
                self._stream.write(_CLEAR)
                self._stream.flush()
            return
        now = self._clock()
        due = self._written is None or now - self._written >= INTERVAL
        if due and progress.seconds >= QUICK:
            self._stream.write(_CLEAR + line(progress))
            self._stream.flush()
            self._written = now


def line(progress: Progress) -> str:
    """`loading  43 %  1,234,567 events  214,000 events/s`."""
    parts = ["loading"]
    if progress.bytes_total:
        parts.append(f"{min(100, 100 * progress.bytes_read // progress.bytes_total)} %")
    parts.append(f"{progress.rows:,} events")
    if progress.seconds > 0:
        parts.append(f"{progress.rows / progress.seconds:,.0f} events/s")
    return "  ".join(parts)
