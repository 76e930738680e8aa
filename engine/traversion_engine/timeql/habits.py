"""What people write out of habit with other languages, and what to write here."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from traversion_engine.diagnostic import Span
from traversion_engine.timeql import keywords

_LOOK_AHEAD: Final = 64
_RESERVED: Final = frozenset({*keywords.ALWAYS_RESERVED, *keywords.CLAUSE_WORDS})
_HABITS: Final[tuple[tuple[str, str], ...]] = (
    (r"&&", "Write AND."),
    (r"\|\|", "Write OR."),
    (r"!(?![=~])", "Write NOT."),
    (r"~", "Write ~ for a regular expression."),
    (r"[<>=]", "A condition stands in WHERE, HAVING or inside count(…)."),
    (r"`", 'Write odd field names as "name".'),
    (r"OFFSET\b", "There is no OFFSET; narrow the scope, or use LIMIT alone."),
    (
        r"(?:(?:INNER|LEFT|RIGHT|FULL|OUTER|CROSS)\s+)*JOIN\b",
        "There is no JOIN; every statement reads all events of every source.",
    ),
    (r"UNION\b", "There is no UNION; every statement reads all events of every source."),
    (
        r"(?:INSERT|UPDATE|DELETE|DROP|CREATE|ALTER|MERGE|TRUNCATE)\b",
        "Statements only read; nothing is changed by one.",
    ),
    (r"DISTINCT\b", "Write distinct(field), or GROUP BY the field."),
)


def habit(text: str, place: Span, expected: Collection[str]) -> str | None:
    """The hint for a habit at a place, None where it is none that is known.

    Args:
        text: the whole statement.
        place: the word at the caret.
        expected: the terminals expected there.
    """
    before = text[: place.start].rstrip()
    word = text[place.start : place.end]
    if before.endswith(";") and word:
        return "Write one statement at a time."
    if word.startswith('"') and not {"field_quoted", "name_quoted"}.intersection(expected):
        return f"Texts stand in single quotes: '{word[1:-1]}'."
    if before.endswith("=") and word[:1] in {"<", ">"}:
        return "Write <= or >=."
    if "list_open" in expected and re.search(r"\bIN$", before, re.IGNORECASE):
        return f"Write IN ({word})." if word else "Write IN (…)."
    for pattern, hint in _HABITS:
        if re.match(pattern, text[place.start : place.start + _LOOK_AHEAD], re.IGNORECASE):
            return hint
    if word.upper() in _RESERVED and {"field", "name"}.intersection(expected):
        return f'A field of that name needs double quotes: "{word}".'
    from_before = re.search(r"\b(?:FROM|,)$", before, re.IGNORECASE)
    if from_before and "time_date" in expected and re.fullmatch(r"[^\W\d][\w.\-]*", word):
        return "There is one table, the events; choose from them with WHERE or a scope."
    return None
