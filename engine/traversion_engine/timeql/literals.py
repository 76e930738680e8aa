"""Numbers with units, durations and times: from text to frozen, unresolved nodes and back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from traversion_engine.diagnostic import NOWHERE, Span
from traversion_engine.timeql import ast
from traversion_engine.timeql.pieces import MisplacedError

NS_PER: Final[dict[str, int]] = {
    "ns": 1,
    "us": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "min": 60_000_000_000,
    "h": 3_600_000_000_000,
    "d": 86_400_000_000_000,
    "w": 604_800_000_000_000,
}
"""Canonical units of time, and their length in nanoseconds."""

BYTES_PER: Final[dict[str, int]] = {
    "B": 1,
    **{f"{prefix}B": 1000**power for power, prefix in enumerate("KMGTP", start=1)},
    **{f"{prefix}iB": 1024**power for power, prefix in enumerate("KMGTP", start=1)},
}
"""Canonical units of size, and their bytes."""

FACTOR: Final[dict[str, int]] = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
"""Canonical bare multipliers."""

_TIME_WORDS: Final[dict[str, str]] = {
    **dict.fromkeys(("ns", "nanosecond", "nanoseconds"), "ns"),
    **dict.fromkeys(("us", "µs", "μs", "microsecond", "microseconds"), "us"),
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), "ms"),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), "min"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
    **dict.fromkeys(("w", "week", "weeks"), "w"),
}
_SIZE_WORDS: Final[dict[str, str]] = {
    **{unit.lower(): unit for unit in BYTES_PER},
    "byte": "B",
    "bytes": "B",
}
_EXACT: Final[dict[str, str]] = {"m": "min", "M": "M", "k": "k", "K": "k", "G": "G", "T": "T"}

TIME_UNIT_WORDS: Final = ("ms", "seconds", "minutes", "hours", "days", "weeks")
"""The spellings offered in hints and completion."""


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


TIME_UNIT: Final = rf"(?:(?i:{_alternatives(_TIME_WORDS)})|(?-i:m))"
ANY_UNIT: Final = (
    rf"(?:(?i:{_alternatives([*_TIME_WORDS, *_SIZE_WORDS])})|(?-i:{_alternatives(_EXACT)}))"
)

DATE: Final = r"\d{4}-\d\d-\d\d"
CLOCK: Final = r"\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?:\s?(?:[AaPp][Mm]))?"
ZONE: Final = r"(?:[Zz]|[+\-]\d\d(?::?\d\d)?)"
EPOCH: Final = r"\d{10}(?:\d{3}){0,3}"
_DURATION: Final = rf"\d+(?:\.\d+)?\s*{TIME_UNIT}(?:\s*\d+(?:\.\d+)?\s*{TIME_UNIT})*"

TIME_SHAPES: Final = (
    rf"(?:{DATE}(?:(?:[Tt]|\s+){CLOCK}(?:\s?{ZONE})?)?|{CLOCK}(?:\s?{ZONE})?|{EPOCH})"
)
"""What a TimeLiteral's text looks like; whether such a moment exists is the binder's question."""

_WRITTEN_TIME: Final = re.compile(
    rf"""\s*(?:
        (?P<literal>{TIME_SHAPES})
      | (?P<ago>{_DURATION})\s+(?i:ago)
      | (?P<word>(?i:now|playhead|start|end|selected|first\s+error|last\s+error))
      | @(?P<bookmark>[^\W\d][\w\-]*)
      )\s*(?:(?P<sign>[+\-])\s*(?P<offset>{_DURATION})\s*)?""",
    re.VERBOSE,
)
_PART: Final = re.compile(rf"(\d+(?:\.\d+)?)\s*({TIME_UNIT})")
_LONGEST_NS: Final = 2**62


def unit(text: str) -> str:
    """The canonical unit of a spelled one: `minutes` → `min`, `mb` → `MB`; KeyError if unknown."""
    if text in _EXACT:
        return _EXACT[text]
    lower = text.lower()
    return _TIME_WORDS[lower] if lower in _TIME_WORDS else _SIZE_WORDS[lower]


def number(text: str, span: Span) -> int | float:
    """An int where the text has neither point nor exponent, else a float.

    Raises:
        MisplacedError: beyond the largest double, or hundreds of digits.
    """
    value = float(text)
    if len(text) > 400 or abs(value) == float("inf"):
        raise MisplacedError(span, "This number is too large")
    return int(text) if re.fullmatch(r"-?\d+", text) else value


def whole(text: str, span: Span) -> int:
    """A count; MisplacedError from 2^63 on."""
    value = number(text, span)
    if value >= 2**63:
        raise MisplacedError(span, "This number is too large")
    return int(value)


def duration(parts: Iterable[tuple[str, str]], text: str, span: Span) -> ast.Duration:
    """The sum of number and unit pairs, to the nearest nanosecond.

    Raises:
        MisplacedError: longer than about 146 years.
    """
    total = sum(
        (Fraction(digits) * NS_PER[unit(word)] for digits, word in _short(parts, span)), Fraction(0)
    )
    if total > _LONGEST_NS:
        raise MisplacedError(span, "This duration is too long")
    return ast.Duration(round(total), " ".join(text.split()), span=span)


def _short(parts: Iterable[tuple[str, str]], span: Span) -> Iterable[tuple[str, str]]:
    for digits, word in parts:
        if len(digits) > 64:
            raise MisplacedError(span, "This duration has too many digits")
        yield digits, word


def duration_from_text(text: str, span: Span = NOWHERE) -> ast.Duration:
    """The duration of a text that is one, such as `1h30m`."""
    return duration(_PART.findall(text), text, span)


def duration_text(ns: int) -> str:
    """The shortest exact spelling: 5400000000000 → `1h30m`, 0 → `0s`."""
    written = []
    for name, size in sorted(NS_PER.items(), key=lambda pair: -pair[1]):
        count, ns = divmod(ns, size)
        if count:
            written.append(f"{count}{'m' if name == 'min' else name}")
    return "".join(written) or "0s"


def time_from_text(text: str, span: Span = NOWHERE) -> ast.TimeExpr | None:
    """The time a quoted text says (`2024-01-15 15:47`, `now - 5m`, `10 minutes ago`), if any.

    The binder uses it too, for a string compared with the field `time`.
    """
    found = _WRITTEN_TIME.fullmatch(text)
    if found is None:
        return None
    offset = 0
    if found["offset"]:
        offset = duration_from_text(found["offset"], span).ns
        offset = -offset if found["sign"] == "-" else offset
    if found["literal"]:
        written = " ".join(found["literal"].split())
        return ast.TimeLiteral(written, offset_ns=offset, span=span)
    if found["ago"]:
        return ast.Ago(duration_from_text(found["ago"], span), offset_ns=offset, span=span)
    if found["bookmark"]:
        return ast.Bookmark(found["bookmark"], offset_ns=offset, span=span)
    return time_word(found["word"], offset, span)


def time_word(word: str, offset_ns: int, span: Span) -> ast.TimeExpr:
    """The node of `now`, `playhead`, `start`, `end`, `selected`, `FIRST ERROR` or `LAST ERROR`."""
    match " ".join(word.lower().split()):
        case "now":
            return ast.Now(offset_ns=offset_ns, span=span)
        case "playhead":
            return ast.Playhead(offset_ns=offset_ns, span=span)
        case "start":
            return ast.Start(offset_ns=offset_ns, span=span)
        case "end":
            return ast.End(offset_ns=offset_ns, span=span)
        case "selected":
            return ast.EventTime(ast.Selected(span=span), offset_ns=offset_ns, span=span)
        case "first error":
            return ast.EventTime(ast.FirstError(span=span), offset_ns=offset_ns, span=span)
        case _:
            return ast.EventTime(ast.LastError(span=span), offset_ns=offset_ns, span=span)
