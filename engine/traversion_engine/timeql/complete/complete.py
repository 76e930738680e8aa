"""What may stand at the caret: the grammar says of which kind, the recording says which."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

from traversion_data.store.view import StoreView
from traversion_engine.catalogue import Catalogue, matching_form
from traversion_engine.context import HEADLESS, Context
from traversion_engine.diagnostic import NOWHERE, Span
from traversion_engine.timeql import keywords
from traversion_engine.timeql.complete import names, words
from traversion_engine.timeql.complete.candidate import Candidate, Completion, Sort
from traversion_engine.timeql.complete.typed import Token, Typed, typed
from traversion_engine.timeql.parse import expected_at
from traversion_engine.timeql.registry import STATEMENTS, StatementInfo

LONGEST: Final = 4096
"""Characters before the caret for which there is help."""
MOST: Final = 100
"""Candidates that are given."""

_OF_ROWS: Final = frozenset({"TIMELINE", "SELECT", "MATCH PATTERN", "COMPARE", "PREDICT"})
"""Statements whose WHERE tests events; that of others tests their own rows first."""
_AGGREGATING: Final = frozenset({"SELECT", "COMPARE"})
_MARKS: Final = frozenset({"'", '"', "@", "#"})
_JOINING: Final = ("AND", "OR")
_COMPARING: Final = ("IN", "BETWEEN", "LIKE", "CONTAINS", "IS")
_IN_EVENTS: Final = frozenset({"FIRST", "LAST"})
"""First words of events that are offered whole; LAST beside SINCE begins a scope."""
_CLAUSES: Final = frozenset({*keywords.CLAUSE_WORDS, "GROUP", "ORDER", "CHANGED", "MIN", "SELECT"})


def complete(text: str, caret: int, view: StoreView, context: Context = HEADLESS) -> Completion:
    """What may be typed at a caret of an unfinished statement, best first.

    Nothing is offered where the text before is wrong, inside a comment, and behind `LONGEST`
    characters. Values are those of the snapshot, the most frequent first; at most `MOST` are given.
    """
    place = Span(caret, caret)
    if caret > LONGEST:
        return Completion(place, ())
    at = typed(text, caret)
    statement = _statement(at)
    signature = statement.signature if statement else ""
    part = _part(signature, at.before)
    if at.in_comment:
        return Completion(place, (), signature, part)
    offered = _offered(at, statement, text, view, context)
    found = tuple(islice(_matching(at.word, offered), MOST))
    return Completion(Span(at.start, caret), found, signature, part)


def _offered(
    at: Typed, statement: StatementInfo | None, text: str, view: StoreView, context: Context
) -> Iterator[Candidate]:
    catalogue = Catalogue.of(view)
    labels = expected_at(text[: at.start], at.start)
    named = at.compared
    if named is not None and "a value" in labels:
        yield from names.values(catalogue, named)
    if any(words.is_head(label) for label in labels) and statement is None:
        yield from words.statements()
        yield from words.examples()
        return
    if at.after_number:
        # anything but a unit stands behind a blank
        if "a unit of time" in labels:
            yield from words.time_units()
        elif at.is_compared:
            yield from words.amount_units()
        return
    for label in _ordered(labels, at):
        yield from _of_label(label, at, statement, catalogue, context)


def _ordered(labels: tuple[str, ...], at: Typed) -> list[str]:
    """Labels worth a look: behind a field first what compares it, behind a value what goes on."""
    found = [label for label in labels if label not in _IN_EVENTS or "SINCE" in labels]
    if "playhead" not in labels and "a time" in labels:
        found.remove("a time")  # of times only a bookmark may stand here, under a new name
    if "=" in found:
        behind_value = bool(at.before) and at.before[-1].kind in {"text", "number"}
        first = _JOINING if behind_value else ("=", *_COMPARING)
        found.sort(key=lambda label: label not in first)
        if behind_value:
            found.remove("=")
    return found


def _of_label(
    label: str,
    at: Typed,
    statement: StatementInfo | None,
    catalogue: Catalogue,
    context: Context,
) -> Iterator[Candidate]:
    match label:
        case "a field":
            yield from _fields(at, statement, catalogue)
        case "a time":
            yield from words.times(catalogue.view, context)
        case "an event":
            yield from words.events()
        case "a service":
            yield from names.services(catalogue)
        case "'service'.field":
            for service in names.services(catalogue):
                yield Candidate(f"{service.text}.", service.sort, service.detail)
        case "a duration":
            yield from words.durations()
        case "a unit of time":
            yield from words.time_units()
        case "a unit":
            yield from words.amount_units()
        case "a statement":
            yield from words.topics()
        case "=":
            changes = statement is not None and statement.keyword == "WHAT IF"
            yield from words.changes() if changes else words.comparisons()
        case _:
            found = words.keyword(label)
            if found is not None:
                yield found


def _fields(
    at: Typed, statement: StatementInfo | None, catalogue: Catalogue
) -> Iterator[Candidate]:
    clause = next((token.word for token in reversed(at.before) if token.word in _CLAUSES), "")
    if statement is not None:
        if clause == "WHERE" and statement.keyword not in _OF_ROWS:
            yield from names.columns(statement.columns)
        if clause != "WHERE" and statement.keyword in _AGGREGATING:
            yield from names.functions()
    yield from names.fields(catalogue)


def _matching(word: str, offered: Iterable[Candidate]) -> Iterator[Candidate]:
    """Candidates that begin with what was typed, then those that hold it, each text once."""
    wanted = _form(word)
    inside: list[Candidate] = []
    seen: set[str] = set()
    for candidate in offered:
        if word[:1] == '"' and candidate.sort is Sort.FIELD and candidate.text[:1] != '"':
            candidate = replace(candidate, text=f'"{candidate.text}"')  # noqa: PLW2901 - as typed
        form = _form(candidate.text)
        if candidate.text in seen or (word and candidate.text == word):
            continue
        if word[:1] in _MARKS and candidate.text[:1] != word[:1]:
            continue
        if form.startswith(wanted):
            seen.add(candidate.text)
            yield candidate
        elif wanted in form:
            inside.append(candidate)
    for candidate in inside:
        if candidate.text not in seen:
            seen.add(candidate.text)
            yield candidate


def _form(text: str) -> str:
    bare = text.strip("'\"@")
    return matching_form(bare) or bare.casefold()


def _statement(at: Typed) -> StatementInfo | None:
    spoken = [token.word for token in at.before if token.kind == "word"]
    while spoken[:1] == ["EXPLAIN"]:
        spoken.pop(0)
    return STATEMENTS.get(" ".join(spoken[:2])) or STATEMENTS.get(" ".join(spoken[:1]))


def _part(signature: str, before: tuple[Token, ...]) -> Span:
    """Where in a signature the last clause stands that has begun."""
    spoken = [token.word for token in before if token.kind == "word" and token.word in _CLAUSES]
    for earlier, last in reversed([*zip(["", *spoken], spoken, strict=False)]):
        word = f"{earlier} {last}" if (earlier, last) in keywords.PAIRED_WORDS else last
        found = re.search(rf"\[[^\[\]]*\b{word}\b[^\[\]]*\]|\b{word}\b [^\s\[]+", signature)
        if found is not None:
            return Span(*found.span())
    return NOWHERE
