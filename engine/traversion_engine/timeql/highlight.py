"""Colours for the prompt: one regex over any text, right or wrong, finished or not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, cast

from traversion_engine.diagnostic import Span
from traversion_engine.timeql import keywords, literals
from traversion_engine.timeql.terminals import BLANK, COMPARED, NAME, WORD_END

HighlightKind: TypeAlias = Literal["keyword", "field", "literal", "operator"]


@dataclass(frozen=True, slots=True)
class Highlight:
    """A stretch of the text and what it is."""

    span: Span
    kind: HighlightKind


_UNLESS_COMPARED: Final = "|".join(
    sorted(
        {word for head in keywords.HEADS for word in head.split()}
        | {word for pair in keywords.PAIRED_WORDS for word in pair}
        | {*keywords.CLAUSE_WORDS, *keywords.SHOW_KINDS, *keywords.DIRECTIONS}
        | {"NOTHING", "RETURNS", "BASELINE", "AGO"}
    )
)
_PAIRED_ALONE: Final = rf"(?:GROUP|ORDER){WORD_END}(?!{BLANK}BY{WORD_END})|MIN{BLANK}\("
_MASTER: Final = re.compile(
    rf"""(?P<blank>\s+|--[^\n]*)
      | (?P<literal>
            '(?:[^']|'')*+'? | @'(?:[^']|'')*+'? | @[\w\-]+ | \#[\d:]+
          | {literals.TIME_SHAPES}(?![\w.:/])
          | \d+(?:\.\d+)?(?:[eE][+\-]?\d+)?(?:\s*%|\s*{literals.ANY_UNIT}(?!\w|[.\-]\w))?
          | (?:TRUE|FALSE|NULL|NOW|PLAYHEAD|SELECTED){WORD_END}(?!{COMPARED})
        )
      | (?P<keyword>
            (?:AND|OR|NOT){WORD_END}
          | (?:FIRST|LAST)(?={BLANK}ERROR{WORD_END}) | LAST(?={BLANK}\d)
          | (?<=FIRST\ )ERROR{WORD_END} | (?<=LAST\ )ERROR{WORD_END}
          | (?!{_PAIRED_ALONE})(?:{_UNLESS_COMPARED}){WORD_END}(?!{COMPARED})
          | (?:{"|".join(keywords.FUNCTIONS)})(?={BLANK}\()
        )
      | (?P<field>"(?:[^"]|"")*+"? | {NAME})
      | (?P<operator>->|<=|>=|<>|!=|==|!~|[=<>~+*/();,.\-%])
      | (?P<other>.)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_UNCOLOURED: Final = ("blank", "other")


def highlight(text: str) -> tuple[Highlight, ...]:
    """The coloured stretches of a text, in order, none overlapping; comments have no colour."""
    return tuple(
        Highlight(Span(*found.span()), cast("HighlightKind", found.lastgroup))
        for found in _MASTER.finditer(text)
        if found.lastgroup not in _UNCOLOURED
    )
