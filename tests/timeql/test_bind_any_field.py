"""Whatever a field holds and is compared with, the answer is a table or an error that points."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_engine import ResultTable, StatementError

ODD = [
    {"timestamp": "2024-01-15T10:00:00Z", "service": "web", "message": "a", "n": 1, "f": 0.5,
     "b": True, "list": [1, 2], "object": {"key": "v", "deep": {"x": 1}}, "mixed": "1",
     "none": None, "when": "2024-01-15T09:00:00Z", "mem_pct": 0.2, "mem_mb": 300},
    {"timestamp": "2024-01-15T10:00:01Z", "service": "db", "severity": "error", "n": 2**53 + 1,
     "f": -1e300, "b": False, "list": ["x"], "object": {"key": None}, "mixed": 2, "big": 10**25,
     "trace_id": "t", "span_id": "s", "duration_ms": 3, "type": "span", "status": "error"},
    {"timestamp": "2024-01-15T10:00:02Z", "service": "db", "mixed": True, "list": [],
     "message": "\x1b[31m'quoted'"},
]  # fmt: skip
FIELDS = (
    "n", "f", "b", "list", "object.key", "object.deep.x", "mixed", "none", "when", "big", "time",
    "severity", "service", "type", "message", "seq", "duration", "status", "trace_id", "error",
    "error_rate", "health", "in_flight", "memory", "cpu", "end_time", "template", "latency",
)  # fmt: skip
VALUES = (
    "1", "-2.5", "1e300", "9007199254740993", "80%", "250ms", "10MB", "1h30m", "'1'", "'a'", "''",
    "'%'", "true", "NULL", "'error'", "'10:00:01'", "'now'", "now", "'2024-01-15'", "error", "n",
    "message", "1 / 0", "n + 1", "'10 minutes ago'", "FIRST ERROR", "@mark",
)  # fmt: skip
fields = st.sampled_from(FIELDS)
values = st.sampled_from(VALUES)
tests = st.one_of(
    st.tuples(fields, st.sampled_from(["=", "!=", "<", ">=", "="]), values).map(" ".join),
    st.tuples(values, st.sampled_from(["=", "<"]), fields).map(" ".join),
    st.tuples(fields, values, values).map(lambda p: f"{p[0]} IN ({p[1]}, {p[2]})"),
    st.tuples(fields, values, values).map(lambda p: f"{p[0]} BETWEEN {p[1]} AND {p[2]}"),
    st.tuples(fields, st.sampled_from(["~ 'a.c'", "LIKE '%a_'", "CONTAINS 'A'", "IS NULL"])).map(
        " ".join
    ),
    fields,
)
aggregates = st.sampled_from(
    ["count", "sum", "avg", "min", "max", "p95", "first", "last", "distinct", "ratio", "rate"]
)
statements = st.one_of(
    tests.map(lambda p: f"TIMELINE WHERE {p}"),
    tests.map(lambda p: f"TIMELINE WHERE NOT ({p}) OR service = 'web'"),
    tests.map(lambda p: f"STATE WHERE {p}"),
    tests.map(lambda p: f"STACK AT '10:00:01' WHERE {p}"),
    tests.map(lambda p: f"EDGES WHERE {p}"),
    tests.map(lambda p: f"TRAVERSE FROM #1 WHERE {p}"),
    tests.map(lambda p: f"SELECT count({p}), ratio({p}) EVERY 1s"),
    fields.map(lambda f: f"STATE FOR {f}"),
    fields.map(lambda f: f"HISTORY OF db.{f}"),
    fields.map(lambda f: f"SELECT {f}, {f} AS again ORDER BY {f} DESC"),
    fields.map(lambda f: f"SELECT {f}, count() GROUP BY {f} EVERY 1s ORDER BY {f}"),
    st.tuples(aggregates, fields, fields).map(
        lambda p: f"SELECT {p[0]}({p[1]}) AS v, {p[2]} GROUP BY {p[2]} HAVING v > 0 ORDER BY v"
    ),
    st.tuples(fields, st.sampled_from("+-*/"), values).map(lambda p: f"SELECT {' '.join(p)}"),
)


@pytest.fixture(scope="module")
def odd(record):
    return record(ODD)


@given(statements)
@settings(max_examples=250, deadline=None)
def test_a_table_or_an_error_that_points(odd, statement):
    try:
        table = odd.query(statement)
    except StatementError as error:
        text, caret = str(error).splitlines()
        assert text.strip("…") in statement
        assert len(text) >= min(len(statement), 100)
        assert caret.strip().startswith("^")
        return
    assert isinstance(table, ResultTable)
    assert table.total or table.notes
