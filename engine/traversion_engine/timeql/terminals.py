"""The terminals of the grammar: each one regex, a label for error messages and a category.

A regex has one group, the terminal itself, and takes the blanks and comments behind it too, so
that the next terminal begins where its caret belongs. Word boundaries and guards stand inside the
regex: a lookahead rule would leave a false failure in the packrat cache.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from traversion_engine.timeql import keywords, literals


class Category(Enum):
    """How a terminal shows in "expected"."""

    WORD = "word"  # a keyword, named itself
    SCOPE = "scope"  # a first word of a scope; together they are "a scope"
    MEMBER = "member"  # a word of a kind that is listed anyway (`now` of "a time")
    KIND = "kind"  # "a time", "a field"
    OPERATOR = "operator"  # named where nothing better is
    END = "end"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Terminal:
    """One terminal rule."""

    pattern: str
    label: str
    category: Category


BLANK: Final = r"(?:\s+|--[^\n\0]*+)*+"
NAME: Final = r"[^\W\d]\w*+(?:[.\-]\w++)*+"
WORD_END: Final = r"(?!\w|[.\-]\w)"
_ALWAYS: Final = rf"(?:{'|'.join(keywords.ALWAYS_RESERVED)}){WORD_END}"
_CLAUSES: Final = rf"(?:(?:{'|'.join(keywords.CLAUSE_WORDS)}){WORD_END}|LAST{BLANK}\d)"
COMPARED: Final = (
    rf"(?={BLANK}(?:[=<>~]|!=|!~|IS{WORD_END}"
    rf"|(?:NOT{BLANK})?(?:IN{BLANK}\(|(?:BETWEEN|LIKE|CONTAINS){WORD_END})))"
)
_IN_TIME: Final = r"(?!\w|\.\w|-[^\W\d])"
_BARE_TIME_END: Final = rf"(?![\w.:/]|-(?!\d+(?:\.\d+)?\s*{literals.TIME_UNIT}))"
_UNIT_END: Final = rf"(?![^\W\d]|[.\-]\w)(?<!MIN(?={BLANK}(?:CONFIDENCE|SUPPORT)\b))"
_ID_END: Final = r"(?![\w\-.:/])"
_STRING: Final = r"'(?:[^'\0]|'')*+'"
_QUOTED: Final = r'"(?:[^"\0]|"")++"'
FREE_NAME: Final = rf"(?!{_ALWAYS}|{_CLAUSES}){NAME}"
_LANGUAGE: Final = "|".join(
    sorted(
        {
            *keywords.ALWAYS_RESERVED,
            *keywords.CLAUSE_WORDS,
            *keywords.OTHER_WORDS,
            *keywords.EVENT_WORDS[:1],
            *keywords.TIME_WORDS,
        }
    )
)
BARE_ID: Final = rf"(?!(?:{_LANGUAGE}){_ID_END})(?:[\w.:/]|-(?![>\-]))+"

_W, _K, _O, _M, _H = (
    Category.WORD,
    Category.KIND,
    Category.OPERATOR,
    Category.MEMBER,
    Category.HIDDEN,
)
_SYMBOLS: Final[dict[str, tuple[str, str, Category]]] = {
    "open": (r"\(", "(", _O),
    "list_open": (r"\(", "(", _O),
    "close": (r"\)", ")", _O),
    "comma": (",", ",", _H),
    "semicolon": (";", ";", _H),
    "dot": (r"\.", "a dot", _O),
    "arrow": ("->", "->", _O),
    "star": (r"\*", "*", _O),
    "sign": (r"[+\-](?!>)", "+", _O),
    "change_op": (r"==?|[*+]|-(?!>)", "=", _O),
    "op_compare": ("<=|>=|<>|!=|==?|<|>", "=", _O),
    "op_regex": ("!?~", "~", _O),
    "op_add": (r"[+\-](?!>)", "+", _H),
    "op_multiply": ("[*/]", "*", _H),
    "percent": ("%", "%", _H),
    "string": (_STRING, "a value", _M),
    "number": (r"-?\d+(?:\.\d+)?(?:[eE][+\-]?\d+)?", "a value", _K),
    "number_more": (r"\d+(?:\.\d+)?", "a number", _H),
    "unit": (literals.ANY_UNIT + _UNIT_END, "a unit", _H),
    "value_date": (
        rf"{literals.DATE}(?:(?:[Tt]|\s+){literals.CLOCK}(?:{literals.ZONE}(?!\w))?)?{_BARE_TIME_END}",
        "a value",
        _M,
    ),
    "value_clock": (rf"{literals.CLOCK}(?:{literals.ZONE}(?!\w))?{_BARE_TIME_END}", "a value", _M),
    "value_seq": (r"\#\d+(?::\d+)?(?!\w)", "a value", _M),
    "value_bookmark": (rf"@(?:{_STRING}|[^\W\d]\w*(?:-[^\W\d]\w*)*)", "a value", _M),
    "call_empty": (rf"{FREE_NAME}{BLANK}\({BLANK}\)", "a field", _K),
    "call_star": (rf"{FREE_NAME}{BLANK}\({BLANK}\*{BLANK}\)", "a field", _M),
    "call_open": (rf"{FREE_NAME}{BLANK}\(", "a field", _M),
    "field": (
        rf"(?!{_ALWAYS})(?:(?!{_CLAUSES}){NAME}(?!{BLANK}\()|{NAME}{COMPARED})",
        "a field",
        _K,
    ),
    "field_quoted": (_QUOTED, "a field", _M),
    "name": (FREE_NAME, "a field", _K),
    "name_quoted": (_QUOTED, "a field", _M),
    "alias_name": (FREE_NAME, "a name", _K),
    "alias_quoted": (_QUOTED, "a name", _M),
    "duration_number": (r"\d+(?:\.\d+)?", "a duration", _K),
    "duration_more": (r"\d+(?:\.\d+)?", "a duration", _H),
    "duration_unit": (literals.TIME_UNIT + _UNIT_END, "a unit of time", _K),
    "unit_more": (literals.TIME_UNIT + _UNIT_END, "a unit of time", _K),
    "ago_number": (r"\d+(?:\.\d+)?(?=\s*[^\W\d])", "a time", _M),
    "whole": (r"\d+(?![\w.])", "a whole number", _K),
    "share": (r"\d+(?:\.\d+)?(?:\s*%)?", "a number", _K),
    "time_string": (_STRING, "a time", _M),
    "time_date": (
        rf"{literals.DATE}(?:(?:[Tt]|\s+){literals.CLOCK}(?:{literals.ZONE}(?!\w))?)?{_BARE_TIME_END}",
        "a time",
        _K,
    ),
    "time_clock": (rf"{literals.CLOCK}(?:{literals.ZONE}(?!\w))?{_BARE_TIME_END}", "a time", _M),
    "time_epoch": (rf"{literals.EPOCH}{_BARE_TIME_END}", "a time", _M),
    "bookmark": (rf"@(?:{_STRING}|[^\W\d]\w*(?:-[^\W\d]\w*)*)", "a time", _M),
    "seq": (r"\#\d+(?::\d+)?(?!\w)", "an event", _M),
    "event_word": (rf"event_?id{_ID_END}", "an event", _M),
    "event_string": (_STRING, "an event", _M),
    "event_id": (BARE_ID, "an event", _K),
    "service_string": (_STRING, "a service", _K),
    "service_quoted": (_QUOTED, "a service", _M),
    "owner_string": (_STRING, "'service'.field", _M),
    "owner_quoted": (_QUOTED, "'service'.field", _M),
    "service_name": (FREE_NAME, "a service", _M),
    "target_name": (rf"(?=[\w\-]*\.){NAME}", "'service'.field", _K),
    "mark_string": (_STRING, "a name", _M),
    "topic": (r"\w+(?:\s+\w+)?", "a statement", _K),
    "end": (r"\0", "the end", Category.END),
}
_OPERATOR_WORDS: Final = {"AND", "OR", "NOT", "IN_list", "BETWEEN_op", "LIKE", "CONTAINS", "IS"}
_SCOPE_WORDS: Final = {"FROM", "SINCE", "TO", "BETWEEN", "IN", "LAST", "AROUND"}
_MEMBER_WORDS: Final = {
    *("NOW", "PLAYHEAD", "START", "END", "SELECTED", "FIRST_error", "LAST_error", "WHERE_event"),
    *("TRUE", "FALSE", "NULL"),
}
_HIDDEN_WORDS: Final = {"FROM_table", "EVENTS", "AGO_value"}


def keyword(rule: str) -> Terminal:
    """The terminal of an upper-case rule; what follows `_` only tells uses of a word apart."""
    word = rule.partition("_")[0]
    guard = _IN_TIME if word.lower() in keywords.TIME_WORDS else WORD_END
    category = _W
    if rule in _OPERATOR_WORDS:
        category = _O
    elif rule in _SCOPE_WORDS:
        category = Category.SCOPE
    elif rule in _MEMBER_WORDS:
        category = _M
    elif rule in _HIDDEN_WORDS:
        category = _H
    return Terminal(word + guard, keywords.spelled(word), category)


def terminals(rules: str) -> dict[str, Terminal]:
    """The terminals that the text of a grammar names, by rule."""
    words = sorted(set(re.findall(r"\b[A-Z]+(?:_[a-z]+)?\b", rules)))
    symbols = {rule: Terminal(*parts) for rule, parts in _SYMBOLS.items()}
    return {**{rule: keyword(rule) for rule in words}, **symbols}
