"""SELECT means what SQL means by it, NULLs included: the same statements asked of SQLite."""

from __future__ import annotations

import sqlite3
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.store.view import StoreView
from traversion_engine.session import Session

COLUMNS = ("a", "b", "s", "t")
numbers = st.one_of(st.none(), st.integers(-3, 3))
texts = st.one_of(st.none(), st.sampled_from(["", "a", "A", "ab", "b%", "x.y"]))
events = st.lists(st.tuples(numbers, numbers, texts, texts), max_size=12)

number_fields = st.sampled_from(["a", "b"])
text_fields = st.sampled_from(["s", "t"])
literals = st.one_of(st.integers(-3, 3).map(str), st.just("NULL"))
quoted = st.sampled_from(["''", "'a'", "'A'", "'ab'", "'x.y'", "NULL"])
operators = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
terms = st.one_of(
    number_fields,
    literals,
    st.tuples(number_fields, st.sampled_from("+-*"), literals).map(" ".join),
)
lists = st.lists(literals, min_size=1, max_size=3).map(", ".join)
quoted_lists = st.lists(quoted, min_size=1, max_size=3).map(", ".join)
negation = st.sampled_from(["", "NOT "])

atoms = st.one_of(
    st.tuples(number_fields, operators, terms).map(" ".join),
    st.tuples(literals, operators, number_fields).map(" ".join),
    st.tuples(text_fields, operators, quoted).map(" ".join),
    st.tuples(text_fields, operators, text_fields).map(" ".join),
    st.tuples(number_fields, negation, lists).map(lambda p: f"{p[0]} {p[1]}IN ({p[2]})"),
    st.tuples(text_fields, negation, quoted_lists).map(lambda p: f"{p[0]} {p[1]}IN ({p[2]})"),
    st.tuples(number_fields, negation, literals, literals).map(
        lambda p: f"{p[0]} {p[1]}BETWEEN {p[2]} AND {p[3]}"
    ),
    st.tuples(text_fields, negation, st.sampled_from(["'a%'", "'_'", "'%.%'", "'A_'", "''"])).map(
        lambda p: f"{p[0]} {p[1]}LIKE {p[2]}"
    ),
    st.tuples(st.sampled_from(COLUMNS), negation).map(lambda p: f"{p[0]} IS {p[1]}NULL"),
)
predicates = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: f"({p[0]} AND {p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]} OR {p[1]})"),
        inner.map(lambda p: f"NOT ({p})"),
    ),
    max_leaves=5,
)


@given(events, predicates)
@settings(max_examples=120, deadline=None)
def test_where(rows, predicate):
    ours = _session(rows).ask(f"SELECT seq WHERE {predicate}").frame["seq"].to_list()
    theirs = [row[0] for row in _sqlite(rows, f"SELECT seq FROM e WHERE {predicate} ORDER BY seq")]
    assert ours == theirs


@given(events, predicates)
@settings(max_examples=60, deadline=None)
def test_aggregates(rows, predicate):
    items = "count(*), count(a), sum(a), avg(b), min(a), max(b), min(s), max(t)"
    ours = _session(rows).ask(f"SELECT {items}, distinct(a) WHERE {predicate}").frame.rows()
    theirs = _sqlite(rows, f"SELECT {items}, count(DISTINCT a) FROM e WHERE {predicate}")
    assert _close(ours) == _close(theirs)


@given(events, st.sampled_from(["s", "a", "s, a"]))
@settings(max_examples=60, deadline=None)
def test_groups(rows, keys):
    statement = f"SELECT {keys}, count(*) AS n, sum(b) AS total {{}} GROUP BY {keys} HAVING n > 1"
    ours = _session(rows).ask(statement.format("")).frame.rows()
    theirs = _sqlite(rows, statement.format("FROM e"))
    assert sorted(_close(ours), key=repr) == sorted(_close(theirs), key=repr)


@given(st.lists(st.tuples(st.integers(-(10**12), 10**12), st.integers(-9, 9)), min_size=1))
@settings(max_examples=60, deadline=None)
def test_division_is_rounded_as_everywhere(pairs):
    rows = [(a, b, None, None) for a, b in pairs]
    ours = _session(rows).ask("SELECT a / b AS x, a / 1000000 AS y").frame.rows()
    assert ours == [(a / b if b else None, a / 1000000) for a, b in pairs]


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=20))
@settings(max_examples=40, deadline=None)
def test_a_duration_is_found_by_what_is_shown_of_it(durations):
    view = StoreView(
        schema.conform(
            _session([(None, None, None, None)] * len(durations)).view.events.with_columns(
                pl.Series(schema.DURATION, durations)
            )
        )
    )
    session = Session(lambda: view)
    for shown in session.ask("TIMELINE").frame["duration_ms"]:
        found = session.ask(f"SELECT duration WHERE duration = {shown!r}").frame["duration"]
        assert set(found) == {shown}


def _session(rows: list[tuple[Any, ...]]) -> Session:
    learned = {"a": pl.Int64, "b": pl.Int64, "s": pl.String, "t": pl.String}
    frame = pl.DataFrame(rows, schema=learned, orient="row").with_columns(
        pl.int_range(pl.len()).alias(schema.SEQ),
        pl.int_range(pl.len()).alias(schema.TIME),
        pl.int_range(pl.len()).alias(schema.END_TIME),
        pl.lit("svc").alias(schema.SERVICE),
        pl.lit("log").alias(schema.TYPE),
        pl.lit(value=False).alias(schema.ERROR_OCCURRED),
    )
    view = StoreView(schema.conform(frame))
    return Session(lambda: view)


def _sqlite(rows: list[tuple[Any, ...]], statement: str) -> list[tuple[Any, ...]]:
    database = sqlite3.connect(":memory:")
    database.execute("PRAGMA case_sensitive_like = ON")
    database.execute("CREATE TABLE e (seq INTEGER, a INTEGER, b INTEGER, s TEXT, t TEXT)")
    numbered = [(seq, *row) for seq, row in enumerate(rows)]
    database.executemany("INSERT INTO e VALUES (?, ?, ?, ?, ?)", numbered)
    found = database.execute(statement).fetchall()
    database.close()
    return found


def _close(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [tuple(round(v, 9) if isinstance(v, float) else v for v in row) for row in rows]
