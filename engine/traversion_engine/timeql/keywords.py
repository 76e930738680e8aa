"""The words of the language, once: for grammar, highlighter, hints and formatter."""

from __future__ import annotations

from typing import Final

ALWAYS_RESERVED: Final = ("AND", "OR", "NOT")
"""These need double quotes wherever they name a field."""

CLAUSE_WORDS: Final = (
    *("FROM", "SINCE", "TO", "BETWEEN", "IN", "AROUND", "WITHIN", "WHERE", "FOR", "AT", "OVER"),
    *("LIMIT", "HAVING", "EVERY", "BY", "FOLLOWING", "FOLLOWED", "VIA", "DEPTH", "UNTIL"),
    *("WITHOUT", "WITH", "OF", "AS", "NEXT", "WHEN", "ASC", "DESC"),
    *("LIKE", "CONTAINS", "IS", "NULL", "TRUE", "FALSE"),
)
"""A field with such a name needs double quotes unless a comparison follows."""

PAIRED_WORDS: Final = (
    ("GROUP", "BY"),
    ("ORDER", "BY"),
    ("CHANGED", "SINCE"),
    ("MIN", "CONFIDENCE"),
    ("MIN", "SUPPORT"),
)
"""Clauses of two words. Neither grammar nor formatter reserves the first: `order` names a field."""

HEADS: Final = (
    *("STATE", "STACK", "TIMELINE", "SELECT", "TRAVERSE", "PATH", "ROOT CAUSE", "MATCH PATTERN"),
    *("PATTERNS", "ANOMALIES", "COMPARE", "PREDICT", "WHAT IF", "TRACE", "CALLS", "HISTORY"),
    *("GOTO", "MARK", "EDGES", "SHOW", "EXPLAIN", "HELP"),
)
"""The first words of every statement, in the order of the documentation."""

SHOW_KINDS: Final = ("SERVICES", "FIELDS", "TYPES", "SOURCES", "GAPS", "BOOKMARKS")
DIRECTIONS: Final = ("backward", "forward", "both")
EDGE_KINDS: Final = ("direct", "temporal", "data", "service")
TIME_WORDS: Final = ("now", "playhead", "start", "end")
EVENT_WORDS: Final = ("selected", "FIRST ERROR", "LAST ERROR")
LOWER_CASE: Final = frozenset({*DIRECTIONS, *EDGE_KINDS, *TIME_WORDS, "selected", "ago", "events"})
"""Words the language writes in lower case."""

OTHER_WORDS: Final = (
    *("LAST", "FIRST", "ERROR", "CHANGED", "GROUP", "ORDER", "MIN", "CONFIDENCE", "SUPPORT"),
    *("NOTHING", "RETURNS", "BASELINE", "AGO"),
)

FUNCTIONS: Final = (
    *("count", "rate", "ratio", "sum", "avg", "min", "max", "stddev", "p50", "p90", "p95", "p99"),
    *("first", "last", "distinct", "template"),
)


def spelled(word: str) -> str:
    """A keyword as the language writes it: `WHERE`, `backward`."""
    lower = word.lower()
    return lower if lower in LOWER_CASE else word.upper()
