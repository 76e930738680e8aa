"""How each pane's answer is asked for; all of it runs in worker threads."""

from __future__ import annotations

from threading import Event
from time import time_ns
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import Nanos, seq_text
from traversion_data.store.view import StoreView
from traversion_engine.context import Context
from traversion_engine.result import ResultTable
from traversion_engine.session import Session
from traversion_engine.state.services import services_at
from traversion_tui.answers import StateAt, Why
from traversion_tui.reading.links import why
from traversion_tui.reading.rows import headline
from traversion_tui.reading.services import state_at
from traversion_tui.state import Follow, ViewState
from traversion_tui.text import safe
from traversion_tui.views import NO_TRACE, Seen, View, statement_of
from traversion_tui.workers import Job

WHY_ROWS: Final = 200
WHY_DEPTH: Final = 16
LONGEST_PATTERN: Final = 256
_SIGNS: Final = frozenset("\\^$.|?*+()[]{}")


def context_of(state: ViewState, view: StoreView) -> Context:
    """The asker's place, as the language means it."""
    selected = None if state.cursor is None else int(view.page(state.cursor, 1)[schema.SEQ][0])
    return Context(
        window=state.window if state.whole.length else None,
        playhead=state.playhead,
        selected=selected,
        bookmarks=state.bookmarks,
        zone=state.zone,
        now=None if state.follow is Follow.NONE else time_ns(),
    )


def state_job(view: StoreView, time: Nanos) -> Job:
    """STATE of all services at a moment, with nothing known later."""

    def job(cancel: Event) -> StateAt:
        del cancel
        return state_at(services_at(view, time), time)

    return job


def why_statement(seq: int) -> str:
    """The statement that the Why pane shows."""
    return f"TRAVERSE FROM {seq_text(seq)} FOLLOWING backward DEPTH {WHY_DEPTH} LIMIT {WHY_ROWS}"


def why_job(session: Session, view: StoreView, seq: int, context: Context) -> Job:
    """The causes of an event."""

    def job(cancel: Event) -> Why:
        row = view.row(seq)
        values = view.page(row, 1).row(0, named=True) if row is not None else {}
        ended = (values.get(schema.END_TIME) or 0) <= (context.playhead or 0)
        title = headline(values, ended=ended) if values else safe(seq_text(seq))
        table = session.ask(why_statement(seq), context, cancel)
        return why(table, view, seq, title, context.playhead or 0)

    return job


def ask_job(session: Session, statement: str, context: Context) -> Job:
    """The prompt's statement."""

    def job(cancel: Event) -> ResultTable:
        return session.ask(statement, context, cancel)

    return job


def view_job(session: Session, view: View, context: Context) -> Job:
    """The answer of a view at the asker's place."""

    def job(cancel: Event) -> Seen:
        statement = statement_of(view, context.selected)
        if view is View.TRACE and context.selected is None:
            return Seen(view, statement, note=NO_TRACE)
        table = session.ask(statement, context, cancel)
        return Seen(view, statement, table, " ".join(table.notes))

    return job


def find_job(view: StoreView, pattern: str) -> Job:
    """Positions of the events whose message, operation or service matches, in order (int64).

    Small letters match both cases. A text with signs of a regular expression is one, of the
    columnar engine, which takes linear time; but long ones, even plain, take it seconds to prepare.
    """

    def job(cancel: Event) -> np.ndarray:
        del cancel
        if len(pattern) > LONGEST_PATTERN:
            raise ValueError(f"it has over {LONGEST_PATTERN} characters")
        names = (schema.MESSAGE, schema.OPERATION, schema.SERVICE)
        hits = pl.any_horizontal(
            _says(pl.col(name).cast(pl.String), pattern).fill_null(value=False) for name in names
        )
        return view.events.select(hits.alias("hit"))["hit"].arg_true().to_numpy()

    return job


def _says(text: pl.Expr, pattern: str) -> pl.Expr:
    folds = pattern == pattern.lower()
    if not _SIGNS & set(pattern):
        return (text.str.to_lowercase() if folds else text).str.contains(pattern, literal=True)
    return text.str.contains(("(?i)" if folds else "") + pattern)
