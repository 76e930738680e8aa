"""The palette's roles for the language's coloured pieces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

LONGEST: Final = 4096
"""Characters that are coloured: what a row can show, and more than anyone types."""

_ROLES: Final = {"keyword": "accent", "literal": "I", "operator": "muted", "field": "text"}


def highlight(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, role) of each coloured piece of a statement."""
    # Imported with the first letter: the console shows its first picture without the language.
    from traversion_engine.timeql.highlight import highlight as pieces  # noqa: PLC0415

    for piece in pieces(text[:LONGEST]):
        yield piece.span.start, piece.span.end, _ROLES[piece.kind]
