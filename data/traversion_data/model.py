"""The nouns of an event recording, in the standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias

Nanos: TypeAlias = int
"""Integer nanoseconds since 1970-01-01T00:00:00Z, or a length of time in nanoseconds."""

MICROSECOND: Final = 1_000
MILLISECOND: Final = 1_000_000
SECOND: Final = 1_000_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

SOURCE_SHIFT: Final = 40
"""Bits of a seq that number the line; the source's ordinal stands above them."""


class Severity(IntEnum):
    """How bad an event says it is, ordered."""

    TRACE = 0
    DEBUG = 1
    INFO = 2
    WARN = 3
    ERROR = 4
    FATAL = 5

    @property
    def word(self) -> str:
        """The lower-case name, as TimeQL and exports write it."""
        return self.name.lower()


class SpanStatus(IntEnum):
    """A span's outcome, as OpenTelemetry numbers it."""

    UNSET = 0
    OK = 1
    ERROR = 2


class Flag(IntEnum):
    """Bits of the `flags` column."""

    GUESSED_TIME = 1
    LATE = 2
    DUPLICATE = 4
    TRUNCATED = 8
    REDACTED = 16
    DRIFTED = 32
    BAD_TEXT = 64


@dataclass(frozen=True, slots=True, order=True)
class TimeRange:
    """Half-open `[start, end)` in nanoseconds UTC."""

    start: Nanos
    end: Nanos

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"a time range ends ({self.end}) before it starts ({self.start})")

    @property
    def length(self) -> Nanos:
        """Nanoseconds covered."""
        return self.end - self.start

    def __contains__(self, time: Nanos) -> bool:
        return self.start <= time < self.end

    def intersect(self, other: TimeRange) -> TimeRange:
        """The common part; empty at the nearer edge where the two do not meet."""
        start = max(self.start, min(other.start, self.end))
        return TimeRange(start, max(start, min(self.end, other.end)))


def seq_of(source: int, line: int) -> int:
    """The event number of zero-based `line` in the source with ordinal `source`."""
    return (source << SOURCE_SHIFT) | line


def seq_text(seq: int) -> str:
    """`#1234` for the first source, `#2:1234` for the second and so on."""
    source, line = seq >> SOURCE_SHIFT, seq & ((1 << SOURCE_SHIFT) - 1)
    return f"#{source + 1}:{line}" if source else f"#{line}"


@dataclass(frozen=True, slots=True)
class Gap:
    """Events that are not there: never read at a source, or damaged in a store.

    start, end: event times (ns UTC) between which they lay, None where nothing beside is known.
    bytes: how many of the source are missing, None where that cannot be known.
    """

    source: int
    start: Nanos | None
    end: Nanos | None
    reason: str
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class FieldMap:
    """Where a user says the core fields stand (`--map time=…,service=…`): core name to key path."""

    pairs: tuple[tuple[str, str], ...] = ()

    def get(self, core: str) -> str | None:
        """The key path given for a core column, if any."""
        return dict(self.pairs).get(core)


@dataclass(frozen=True, slots=True)
class Recognised:
    """One thing understood about a source: a core column, the key it was read from, how sure."""

    column: str
    key: str
    how: str


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What was understood of one source, and where each of its lines went.

    `read == stored + set_aside + blank` always holds, also while the source still loads. redacted
    counts cells from which secrets were taken, rules the same for each rule that found any.
    """

    ordinal: int
    name: str
    format: str
    read: int = 0
    stored: int = 0
    set_aside: int = 0
    blank: int = 0
    redacted: int = 0
    rules: tuple[tuple[str, int], ...] = ()
    bytes_read: int = 0
    bytes_total: int | None = None
    complete: bool = False
    zone: str = "UTC"
    recognised: tuple[Recognised, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def time_field(self) -> str | None:
        """The key that the event time was read from."""
        return next((r.key for r in self.recognised if r.column == "time"), None)
