"""Where a statement's words get their colours from: the language's own tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_WORDS: Final = """
STATE AT WHERE FOR CHANGED SINCE OVER STACK TIMELINE FROM TO BETWEEN AND OR NOT IN LAST AROUND
WITHIN LIMIT SELECT AS GROUP BY EVERY HAVING ORDER DESC ASC TRAVERSE FOLLOWING VIA MIN LIKE
CONFIDENCE DEPTH UNTIL PATH ROOT CAUSE OF MATCH PATTERN FOLLOWED PATTERNS SUPPORT ANOMALIES
COMPARE WITH PREDICT NEXT WHEN WHAT IF WITHOUT TRACE CALLS HISTORY GOTO MARK EDGES RETURNS
SHOW EXPLAIN HELP CONTAINS IS NULL FIRST ERROR
"""
_KEYWORDS: Final = frozenset(_WORDS.split())
_TOKENS: Final = re.compile(
    r"(?P<string>'(?:[^']|'')*'?)|(?P<number>\b\d[\w.:%]*)|(?P<event>#[\d:]+)"
    r"|(?P<word>[A-Za-z_][\w.]*)|(?P<operator>[^\s\w'#]+)"
)
_ROLES: Final = {"string": "I", "number": "I", "event": "I", "operator": "muted"}


def highlight(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, role) of each coloured piece: `accent` keywords, `I` literals, `muted` signs."""
    for match in _TOKENS.finditer(text):
        kind = str(match.lastgroup)
        role = _ROLES.get(kind)
        if kind == "word":
            word = match.group()
            role = "accent" if word.upper() in _KEYWORDS and word.isupper() else None
            role = "I" if word in {"true", "false"} else role
        if role:
            yield match.start(), match.end(), role
