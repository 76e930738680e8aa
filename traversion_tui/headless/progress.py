"""One line on standard error that says how far a load is, while somebody watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final, TextIO

from traversion_data.ingest import Progress

INTERVAL: Final = 0.1
"""Seconds between two writes of the line."""

QUICK: Final = 0.5
"""Seconds below which a load needs no line at all."""

_CLEAR: Final = "\r\x1b[K"


@contextmanager
def shown_on(stream: TextIO | None, *, quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """What to call with each step of a load: a line on a terminal, wiped in the end, or nothing."""
    if quiet or stream is None or not stream.isatty():
        yield lambda _: None
        return
    shown = ProgressLine(stream)
    try:
        yield shown
    finally:
        shown.wipe()


class ProgressLine:
    """A line that is written over, at most every `INTERVAL`."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._written: float | None = None

    def __call__(self, progress: Progress) -> None:
        """Show one step."""
        now = self._clock()
        due = self._written is None or now - self._written >= INTERVAL
        if due and progress.seconds >= QUICK:
            self._stream.write(_CLEAR + line(progress))
            self._stream.flush()
            self._written = now

    def wipe(self) -> None:
        """Take the line away, if it was ever written."""
        if self._written is not None:
            self._stream.write(_CLEAR)
            self._stream.flush()


def line(progress: Progress) -> str:
    """`loading  43 %  1,234,567 events  214,000 events/s`."""
    parts = ["loading"]
    if progress.bytes_total:
        parts.append(f"{min(100, 100 * progress.bytes_read // progress.bytes_total)} %")
    parts.append(f"{progress.rows:,} events")
    if progress.seconds > 0:
        parts.append(f"{progress.rows / progress.seconds:,.0f} events/s")
    return "  ".join(parts)
