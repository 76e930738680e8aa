"""STATE and HISTORY through statements: what holds at a moment, what is kept, and why nothing."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.model import SECOND
from traversion_data.store.known import known_at
from traversion_data.store.view import StoreView
from traversion_engine.session import Session
from traversion_engine.state.health import LEVELS

T0 = 1705312800 * SECOND
BEFORE = (
    "2024-01-15 09:59:59.000 lies before the recording, which starts at 2024-01-15 10:00:00.000."
)

ROWS = [
    {"timestamp": "2024-01-15T10:00:00Z", "type": "metric", "service": "db", "instance": "db-0",
     "cpu_pct": 40.0, "pool_size": 20, "version": "1.0"},
    {"timestamp": "2024-01-15T10:00:00Z", "type": "metric", "service": "db", "instance": "db-1",
     "cpu_pct": 60.0, "pool_size": 20},
    {"timestamp": "2024-01-15T10:00:05Z", "type": "metric", "service": "db", "instance": "db-0",
     "cpu_pct": 85.0, "pool_size": 20},
    {"timestamp": "2024-01-15T10:00:06Z", "type": "metric", "service": "web", "instance": "web-0",
     "cpu_pct": 10.0},
    {"timestamp": "2024-01-15T10:00:08Z", "type": "deploy", "service": "db", "instance": "db-0",
     "version": "1.1", "message": "deployed"},
    {"timestamp": "2024-01-15T10:00:09Z", "type": "span", "service": "web", "instance": "web-0",
     "operation": "GET /", "trace_id": "t", "span_id": "s", "duration_ms": 2000, "status": "error"},
    {"timestamp": "2024-01-15T10:00:20Z", "type": "metric", "service": "web", "instance": "web-0",
     "cpu_pct": 12.0},
]  # fmt: skip


@pytest.fixture(scope="module")
def cluster(record):
    return record(ROWS)


@pytest.fixture
def values(cluster):
    def of(statement):
        frame = cluster.query(statement).frame
        return [tuple(row) for row in frame.select("service", "instance", "field", "value").rows()]

    return of


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "STATE AT '10:00:06' FOR cpu",
            [
                ("db", "db-0", "cpu_pct", "85.0"),
                ("db", "db-1", "cpu_pct", "60.0"),
                ("web", "web-0", "cpu_pct", "10.0"),
            ],
        ),
        (
            "STATE AT '10:00:04' FOR cpu, version WHERE service = 'db'",
            [
                ("db", "db-0", "cpu_pct", "40.0"),
                ("db", "db-0", "version", "1.0"),
                ("db", "db-1", "cpu_pct", "60.0"),
            ],
        ),
        (
            "STATE AT '10:00:06' WHERE field = 'cpu' AND number > 80",
            [("db", "db-0", "cpu_pct", "85.0")],
        ),
        (
            "STATE AT '10:00:06' WHERE cpu > 80% FOR pool_size",
            [("db", "db-0", "pool_size", "20")],
        ),
        (
            "STATE AT '10:00:06' WHERE cpu > 80% OR service = 'web' FOR cpu",
            [("db", "db-0", "cpu_pct", "85.0"), ("web", "web-0", "cpu_pct", "10.0")],
        ),
        (
            "STATE AT '10:00:08' WHERE version = '1.1' FOR cpu, version",
            [("db", "db-0", "cpu_pct", "85.0"), ("db", "db-0", "version", "1.1")],
        ),
        (
            "STATE AT '10:00:08' CHANGED SINCE '10:00:00' FOR cpu, pool_size, version",
            [
                ("db", "db-0", "cpu_pct", "85.0"),
                ("db", "db-0", "version", "1.1"),
                ("web", "web-0", "cpu_pct", "10.0"),
            ],
        ),
        (
            "STATE AT '10:00:08' WHERE instance IN ('db-1', 'db-2') FOR cpu",
            [("db", "db-1", "cpu_pct", "60.0")],
        ),
        ("STATE AT '10:00:10' WHERE service = 'web' FOR duration, span_status", []),
        (
            "STATE AT '10:00:11' WHERE service = 'web' FOR duration, span_status",
            [("web", "web-0", "duration", "2000.0"), ("web", "web-0", "span_status", "error")],
        ),
        (
            "STATE AT '10:00:11' WHERE span_status = 'error' FOR duration",
            [("web", "web-0", "duration", "2000.0")],
        ),
        (
            "STATE AT '10:00:11' WHERE service = 'web' FOR error_rate, in_flight",
            [("web", None, "error_rate", "1.0"), ("web", None, "in_flight", "0.0")],
        ),
    ],
)
def test_values(values, statement, expected):
    assert values(statement) == expected


def test_a_row_of_a_service_stays_where_one_of_its_instances_passes(values):
    kept = values("STATE AT '10:00:06' WHERE cpu > 80% FOR health, cpu")
    assert kept == [("db", None, "health", "healthy"), ("db", "db-0", "cpu_pct", "85.0")]
    assert values("STATE AT '10:00:06' WHERE cpu > 50% AND field = 'health' FOR health, cpu") == [
        ("db", None, "health", "healthy")
    ]


def test_derived_values_are_written_short_and_numbered_exactly(cluster):
    table = cluster.query("STATE AT '10:00:15' WHERE service = 'web' FOR request_rate")
    assert table.frame.select("value", "number").row(0) == ("0.0666667", 1 / 15)


def test_derived_fields_have_a_history_too(cluster):
    table = cluster.query("HISTORY OF 'web'.in_flight")
    assert table.frame.select("seq", "time", "value").rows()[-2:] == [
        (None, T0 + 9 * SECOND, "1.0"),
        (None, T0 + 11 * SECOND, "0.0"),
    ]


def test_status_beside_a_word_of_health_is_health(values):
    found = {
        level: values(f"STATE AT '10:00:11' WHERE status = '{level}' FOR health")
        for level in LEVELS
    }
    assert sorted(row[0] for rows in found.values() for row in rows) == ["db", "web"]
    assert all(row[3] == level for level, rows in found.items() for row in rows)
    listed = ", ".join(f"'{level}'" for level in LEVELS)
    assert len(values(f"STATE AT '10:00:11' WHERE status IN ({listed}) FOR health")) == 2


def test_columns(cluster):
    row = cluster.query("STATE AT '10:00:07' WHERE instance = 'db-0' FOR cpu").frame.rows(
        named=True
    )
    assert row == [
        {
            "service": "db",
            "instance": "db-0",
            "field": "cpu_pct",
            "value": "85.0",
            "number": 85.0,
            "unit": "percent",
            "as_of": T0 + 5 * SECOND,
            "age_ms": 2000.0,
            "stale": False,
        }
    ]


@pytest.mark.parametrize(
    ("statement", "note"),
    [
        ("STATE AT '2024-01-15 09:59:59'", BEFORE),
        ("STATE WHERE service = 'dbx'", "No event has service 'dbx'. Did you mean 'db'?"),
        ("STATE AT '10:00:06' WHERE cpu > 99", "No value at that moment passes cpu > 99."),
        ("STATE FOR disk", "No field of this recording says disk."),
        ("STATE AT '10:00:07' CHANGED SINCE '10:00:06' FOR cpu",
         "Nothing differs from 2024-01-15 10:00:06.000."),
    ],
)  # fmt: skip
def test_an_empty_answer_says_why(cluster, statement, note):
    table = cluster.query(statement)
    assert table.total == 0
    assert note in table.notes


def test_a_synonym_without_a_field_leaves_the_rest_answered(cluster):
    table = cluster.query("STATE AT '10:00:06' WHERE service = 'web' FOR cpu, disk")
    assert table.frame["field"].to_list() == ["cpu_pct"]
    assert table.notes == ("No field of this recording says disk.",)


def test_the_rule_of_health_is_told(cluster):
    assert "failing" in str(cluster.query("STATE FOR health").meta["health_rule"])


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "HISTORY OF 'db'.version",
            [
                (0, T0, "db-0", "1.0", None, 8000.0),
                (4, T0 + 8 * SECOND, "db-0", "1.1", "1.0", None),
            ],
        ),
        (
            "HISTORY OF db.cpu SINCE '10:00:01'",
            [(2, T0 + 5 * SECOND, "db-0", "85.0", "40.0", None)],
        ),
        (
            "HISTORY OF web.duration",
            [(5, T0 + 11 * SECOND, "web-0", "2000.0", None, None)],
        ),
    ],
)
def test_history(cluster, statement, expected):
    assert cluster.query(statement).frame.rows() == expected


def test_a_history_without_rows_says_why(cluster):
    notes = {
        "HISTORY OF 'dx'.version": "No event has service 'dx'. Did you mean 'db'?",
        "HISTORY OF web.version": "Nothing sets version of web.",
        "HISTORY OF db.version TO '10:00:00'": "version of db did not change in scope.",
    }
    assert {text: cluster.query(text).notes[-1] for text in notes} == notes


@given(
    st.lists(
        st.tuples(
            st.integers(0, 20), st.integers(0, 9), st.sampled_from(["a", "b"]), st.booleans()
        ),
        min_size=1,
        max_size=12,
    ),
    st.integers(0, 30),
    st.sampled_from(["", " WHERE duration > 2s", " WHERE status != 'healthy'", " FOR cpu, p99"]),
)
@settings(max_examples=40, deadline=None)
def test_nothing_known_after_the_moment_is_used(spans, second, rest):
    statement = f"STATE AT {T0 // SECOND + second}{rest}"
    view = _view(spans)
    cut = known_at(view, T0 + second * SECOND)
    assert _answer(view, statement).equals(_answer(cut, statement))


def _answer(view: StoreView, statement: str) -> pl.DataFrame:
    return Session(lambda: view).ask(statement).frame


def _view(spans) -> StoreView:
    rows = [
        {
            schema.SEQ: number,
            schema.TIME: T0 + start * SECOND,
            schema.END_TIME: T0 + (start + lasts) * SECOND,
            schema.DURATION: lasts * SECOND,
            schema.SPAN_ID: str(number),
            schema.TYPE: "span",
            schema.SERVICE: service,
            schema.STATUS: 2 if failed else 1,
            schema.ERROR_OCCURRED: failed,
            "cpu_pct": float(number),
        }
        for number, (start, lasts, service, failed) in enumerate(spans)
    ]
    frame = schema.conform(pl.DataFrame(rows)).sort(schema.TIME, schema.SEQ)
    return StoreView(frame)
