"""What could stand at a place of a text, in the order a person wants to read it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import cache
from typing import Final

from traversion_engine.diagnostic import did_you_mean, edit_distance, nearest
from traversion_engine.timeql import literals
from traversion_engine.timeql.grammar import DEFINED, TERMINALS, Attempt
from traversion_engine.timeql.pieces import Piece
from traversion_engine.timeql.terminals import Category

MOST: Final = 6

REQUIRED: Final[dict[str, tuple[str, ...]]] = {
    "traverse": ("from_event",),
    "path": ("from_event", "to_event"),
    "match_pattern": ("steps",),
    "predict": ("next",),
    "history": ("of_target",),
}
"""The clauses a statement cannot do without, though they may stand anywhere."""

_INSTEAD: Final[dict[str, list[str | None]]] = {"predict": ["WHEN"]}
"""Words that make another statement of one that lacks a required clause."""

_CLOSING: Final = (")", "AND", "OR")
_UNITS: Final = frozenset({"unit", "unit_more", "duration_unit"})
_SCOPES: Final = frozenset(rule for rule in DEFINED if rule.startswith("scope_"))
_NO_CLAUSES: Final = frozenset({"expr", "from_events", "drop_calls", "step"})
_SHOWN: Final = (Category.WORD, Category.SCOPE, Category.KIND)


def clauses(statement: Piece) -> tuple[Piece, ...]:
    """The clauses of a statement, each of which may stand once."""
    return tuple(child for child in statement.children if _first_word(child.rule) is not None)


def clause_key(clause: Piece) -> str:
    """What may stand once: all scopes are one clause."""
    return "scope" if clause.rule in _SCOPES else clause.rule


def missing(statement: Piece) -> tuple[str, ...]:
    """The rules of required clauses that a statement lacks."""
    present = {clause.rule for clause in clauses(statement)}
    return tuple(rule for rule in REQUIRED.get(statement.rule, ()) if rule not in present)


def terminals_at(attempt: Attempt, position: int) -> tuple[str, ...]:
    """The terminals that may stand at a position, clauses used before it left out, in order."""
    failed = set(attempt.failed_at(position))
    statement = attempt.statement()
    rule = "_statement"
    first: list[str] = []
    if statement is not None:
        rule = statement.rule
        failed -= _used(statement, position)
        lacking = missing(statement)
        if lacking:
            failed.discard("end")
            needed = [_first_word(clause) for clause in lacking] + _INSTEAD.get(rule, [])
            first = [word for word in needed if word in failed]
    order = _reading_order(rule)
    rest = sorted(failed.difference(first), key=lambda name: order.get(name, len(order)))
    return (*first, *rest)


def words(terminals: Iterable[str]) -> tuple[str, ...]:
    """The words, symbols and kinds of terminals, each once: what completion starts from."""
    labels = (TERMINALS[name] for name in terminals)
    return tuple(
        dict.fromkeys(
            terminal.label for terminal in labels if terminal.category is not Category.HIDDEN
        )
    )


def shown(terminals: Collection[str], wanted: str | None) -> tuple[str, ...]:
    """At most six of them for an error: clauses, kinds, operators if nothing else, the end.

    Args:
        terminals: rules in reading order.
        wanted: the keyword that the hint names; it is always among those shown.
    """
    scope = {name for name in terminals if TERMINALS[name].category is Category.SCOPE}
    gathered = "a scope" if len(scope) > 2 else None
    listed: list[str] = []
    for category in _SHOWN:
        labels = [TERMINALS[name].label for name in terminals if _is(name, category)]
        if category is Category.SCOPE and gathered:
            labels = [gathered] if wanted not in labels else [wanted, gathered]
        listed.extend(labels)
    if not listed:
        operators = [TERMINALS[name].label for name in terminals if _is(name, Category.OPERATOR)]
        listed = sorted(operators, key=lambda label: label not in _CLOSING)
    listed = list(dict.fromkeys(listed))
    room = MOST - ("end" in terminals)
    if wanted is not None and wanted not in listed[:room]:
        listed = [*listed[: room - 1], wanted] if wanted in listed else [wanted, *listed]
    listed = listed[:room]
    return (*listed, "the end") if "end" in terminals else tuple(listed)


def slips(word: str, terminals: Iterable[str]) -> tuple[str, ...]:
    """The keywords among the expected that a word is most probably a slip of, best first."""
    candidates: list[str] = []
    for name in terminals:
        if name in _UNITS:
            candidates.extend(literals.TIME_UNIT_WORDS)
        elif name == "event_word":
            candidates.append("event_id")
        elif name[0].isupper():
            candidates.append(TERMINALS[name].label)
    found = nearest(word, candidates)
    distances = [edit_distance(word.casefold(), name.casefold()) for name in found]
    return tuple(
        name for name, distance in zip(found, distances, strict=True) if distance == distances[0]
    )


def hint_for(keyword: str | None) -> str | None:
    """`Did you mean WHERE?`."""
    return did_you_mean(keyword) if keyword else None


def _is(name: str, category: Category) -> bool:
    return TERMINALS[name].category is category


def _used(statement: Piece, position: int) -> set[str]:
    taken: set[str] = set()
    for clause in clauses(statement):
        if clause.span.start >= position:
            break
        if clause.rule in _SCOPES:
            taken.update(name for name in TERMINALS if _is(name, Category.SCOPE))
        word = _first_word(clause.rule)
        if word:
            taken.add(word)
    return taken


@cache
def _first_word(rule: str) -> str | None:
    """The keyword that a clause begins with; None for what is no clause."""
    if rule in _NO_CLAUSES or rule not in DEFINED:
        return None
    if rule == "scope_last":
        return "LAST"
    found = re.match(r"[A-Z]+(?:_[a-z]+)?\b", DEFINED[rule])
    return found.group() if found else None


@cache
def _reading_order(rule: str) -> dict[str, int]:
    """The terminals below a rule, numbered as a reader of the grammar meets them."""
    order: dict[str, int] = {}
    seen: set[str] = set()
    todo = [rule]
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in TERMINALS:
            order[name] = len(order)
        else:
            todo.extend(reversed(re.findall(r"\w+", DEFINED.get(name, ""))))
    return order
