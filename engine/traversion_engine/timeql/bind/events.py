"""References to events, to positions in the snapshot."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import TimeRange, seq_of, seq_text
from traversion_data.store.known import is_span
from traversion_engine.causality.symptom import incident_symptom
from traversion_engine.diagnostic import NOWHERE, nearest
from traversion_engine.timeql import ast
from traversion_engine.timeql.bind.environment import Environment, NothingThereError
from traversion_engine.timeql.keywords import EVENT_WORDS
from traversion_engine.timeql.literals import time_from_text

_OWN_IDS: Final = (schema.EVENT_ID, "eid")
_NUMBER: Final = re.compile(r"#(?:\d+:)?\d+")
_LISTED: Final = 6
_COMPARED_IDS: Final = 200_000


def position(env: Environment, node: ast.EventRef, scope: TimeRange | None = None) -> int:
    """The position of the event that a reference means.

    `scope` is where FIRST ERROR, LAST ERROR and (WHERE …) look first; then the whole recording.

    Raises:
        StatementError: the id is that of several events, or digits that are no id.
        NothingThereError: there is no such event.
    """
    match node:
        case ast.SeqRef(source=source, line=line):
            return _numbered(env, node, source, line)
        case ast.IdRef(text=text):
            return _identified(env, node, text)
        case ast.EventWord(text=text):
            own = _own(env, text)
            return own[0] if own else _selected(env)
        case ast.Selected():
            return _selected(env)
        case ast.FirstError():
            return _first(env, lambda where: _errors(env, where), scope, 0, "is an error")
        case ast.LastError():
            return _first(env, lambda where: _errors(env, where), scope, -1, "is an error")
        case ast.FirstMatch(predicate=predicate):
            passes = f"passes {env.words(predicate)}"
            return _first(env, lambda where: env.matches(env, predicate, where), scope, 0, passes)


def is_trace(env: Environment, text: str) -> bool:
    """Whether the id is that of a trace, and of no event."""
    return not _own(env, text) and len(env.view.traces.positions_of(text)) > 0


def seq_at(env: Environment, at: int) -> int:
    """The number of the event at a position."""
    return int(env.view.events[schema.SEQ][at])


def _numbered(env: Environment, node: ast.SeqRef, source: int, line: int) -> int:
    seq = seq_of(source, line)
    at = env.view.row(seq)
    if at is not None:
        return at
    aside = env.view.aside
    reasons = aside.filter(pl.col(schema.SEQ) == seq)["reason"]
    if len(reasons):
        raise env.error(node, f"{seq_text(seq)} was set aside: {reasons[0]}")
    raise env.error(node, f"There is no event {env.words(node)}", _known_numbers(env, source))


def _known_numbers(env: Environment, source: int) -> str | None:
    low, high = seq_of(source, 0), seq_of(source + 1, 0)
    seqs = env.view.seqs.seqs
    first, last = np.searchsorted(seqs, [low, high])
    if first == last:
        return None
    return f"This source has {seq_text(int(seqs[first]))} to {seq_text(int(seqs[last - 1]))}."


def _identified(env: Environment, node: ast.IdRef, text: str) -> int:
    own = _own(env, text)
    if len(own) > 1:
        raise _ambiguous(env, node, own)
    if own:
        return own[0]
    spans = _where(env, (pl.col(schema.SPAN_ID) == text) & is_span())
    if len(spans) > 1:
        raise _ambiguous(env, node, spans)
    if spans:
        return spans[0]
    if root := _root_span(env, text):
        return root[0]
    if text.isdigit():
        raise env.error(node, f"No event has the id {text}", f"For the line, write #{text}.")
    raise NothingThereError(f"No event, span or trace has the id '{text}'.{_other(env, text)}")


def _other(env: Environment, text: str) -> str:
    """What was meant by a text that is no id."""
    if _NUMBER.fullmatch(text):
        return f" The number of an event goes without quotes: {text}."
    if time_from_text(text, NOWHERE) is not None:
        return f" It is a time; (WHERE time >= '{text}') is the first event from then on."
    close = nearest(text, [*EVENT_WORDS, *_some_ids(env)])
    return f" The nearest is {' or '.join(close)}." if close else ""


def _own(env: Environment, text: str) -> list[int]:
    columns = [name for name in _OWN_IDS if name in env.view.events.columns]
    for name in columns:
        if found := _where(env, pl.col(name).cast(pl.String) == text):
            return found
    return []


def _root_span(env: Environment, trace_id: str) -> list[int]:
    positions = env.view.traces.positions_of(trace_id)
    if not len(positions):
        return []
    rows = env.view.rows(positions).with_columns(position=pl.Series(positions))
    spans = rows.filter(is_span())
    if not spans.height:
        return [int(positions[0])]
    known = spans[schema.SPAN_ID].implode()
    parent = pl.col(schema.PARENT_SPAN_ID)
    roots = spans.filter(parent.is_null() | ~parent.is_in(known))
    return [int((roots if roots.height else spans)["position"][0])]


def _where(env: Environment, test: pl.Expr) -> list[int]:
    return [
        int(at) for at in env.view.events.select(test.fill_null(value=False).arg_true()).to_series()
    ]


def _ambiguous(env: Environment, node: ast.IdRef, positions: list[int]) -> Exception:
    listed = ", ".join(seq_text(seq_at(env, at)) for at in positions[:_LISTED])
    more = f" and {len(positions) - _LISTED} more" if len(positions) > _LISTED else ""
    return env.error(
        node,
        f"{len(positions)} events have the id {node.text}: {listed}{more}",
        f"Write one of them, such as {seq_text(seq_at(env, positions[0]))}.",
    )


def _some_ids(env: Environment) -> list[str]:
    columns = [schema.EVENT_ID, schema.SPAN_ID, schema.TRACE_ID]
    head = env.view.events.select(columns).head(_COMPARED_IDS)
    return [text for name in columns for text in head[name].drop_nulls().unique().sort()]


def _selected(env: Environment) -> int:
    if env.context.selected is not None:
        at = env.view.row(env.context.selected)
        if at is not None:
            env.meta["event"] = seq_text(env.context.selected)
            return at
    seq, why = _symptom(env)
    env.meta["event"] = seq_text(seq)
    env.note(f"Nothing is selected; taken is {seq_text(seq)}, {why}.")
    at = env.view.row(seq)
    assert at is not None
    return at


def _symptom(env: Environment) -> tuple[int, str]:
    """The symptom ROOT CAUSE would choose: an error at the front door, else the slowest request."""
    found = incident_symptom(env.view)
    if found is not None:
        return found.seq, found.why
    entries = env.view.events.filter(
        pl.col(schema.DURATION).is_not_null() & pl.col(schema.PARENT_SPAN_ID).is_null()
    )
    if not entries.height:
        raise NothingThereError("Nothing is selected, and no event is an error or a request.")
    slowest = entries.sort(schema.DURATION, descending=True, maintain_order=True)
    return int(slowest[schema.SEQ][0]), "the slowest request"


def _errors(env: Environment, scope: TimeRange) -> np.ndarray:
    offset, _ = env.view.span(scope)
    hits = env.view.within(scope).select(pl.col(schema.ERROR_OCCURRED).arg_true()).to_series()
    return hits.to_numpy() + offset


def _first(
    env: Environment,
    found_in: Callable[[TimeRange], np.ndarray],
    scope: TimeRange | None,
    which: int,
    wanted: str,
) -> int:
    for where in (scope, env.view.bounds):
        if where is None:
            continue
        positions = found_in(where)
        if len(positions):
            return int(positions[which])
    raise NothingThereError(f"No event of the recording {wanted}.")
