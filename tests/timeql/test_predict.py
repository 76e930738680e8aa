"""PREDICT: what is said of the next minutes, from nothing but what was known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.model import SECOND
from traversion_data.store.known import known_at
from traversion_data.store.view import StoreView
from traversion_engine import Context, open_recording
from traversion_engine.diagnostic import StatementError
from traversion_engine.session import Session
from traversion_engine.timeql.columns import OF

START = 1_705_312_800  # 2024-01-15T10:00:00Z
COLUMNS = [column.name for column in OF["PREDICT"]]


def gauge(values, every=10, service="db", **more):
    """Metric samples of `cpu_pct`."""
    head = {"type": "metric", "service": service, **more}
    return [
        {"timestamp": START + at * every, **head, "cpu_pct": float(value)}
        for at, value in enumerate(values)
    ]


def spans(count, every=2.0, service="api", **more):
    """Requests of 20 to 26 ms, one `every` seconds."""
    head = {"type": "span", "service": service, "operation": "GET /", **more}
    return [
        {
            "timestamp": START + at * every,
            **head,
            "span_id": f"{service}{at}",
            "trace_id": f"t{service}{at}",
            "duration_ms": 20 + at % 7,
        }
        for at in range(count)
    ]


def told(recording, statement, **context):
    return recording.query(statement, Context(**context))


def test_the_mission_statement_runs_as_it_stands():
    table = open_recording("scenario:checkout-cascade").query("PREDICT NEXT 5 minutes FROM 'now'")
    assert table.frame.columns == COLUMNS
    fields = table.frame["field"].unique().to_list()
    assert {"request_rate", "error_rate", "p95", "pool_in_use", "cpu_pct"} <= set(fields)
    assert table.frame["time"].n_unique() == 10
    assert (table.frame["p10"] <= table.frame["p50"]).all()
    assert (table.frame["p50"] <= table.frame["p90"]).all()


@pytest.mark.parametrize("example", [
    "PREDICT NEXT 2m FROM '15:49:00' FOR request_rate, p95",
    "PREDICT WHEN pool_in_use >= pool_size",
])  # fmt: skip
def test_the_examples_of_the_help_have_answers(example):
    assert open_recording("scenario:checkout-cascade").query(example).shown


def test_a_ramp_goes_on_and_a_bounded_one_stops_at_its_bound(record):
    frame = told(record(gauge(np.arange(60) * 1.5)), "PREDICT NEXT 100s FOR cpu").frame
    assert frame["service"].unique().to_list() == ["db"]
    expected = np.minimum(88.5 + 1.5 * np.arange(1, 11), 100)
    assert frame["p50"].to_numpy() == pytest.approx(expected, abs=0.01)
    assert frame["p90"].max() <= 100
    assert frame["backtest_error"][0] == pytest.approx(0, abs=0.01)
    assert np.diff(frame["time"].to_numpy()).tolist() == [10 * SECOND] * 9


def test_a_season_is_found_and_goes_on(record):
    wave = 50 + 20 * np.sin(2 * np.pi * np.arange(144) / 12)
    frame = told(record(gauge(wave)), "PREDICT NEXT 120s FOR cpu EVERY 10s").frame
    expected = 50 + 20 * np.sin(2 * np.pi * (144 + np.arange(12)) / 12)
    assert frame["p50"].to_numpy() == pytest.approx(expected, abs=0.5)


def test_a_counter_does_not_fall(record):
    random = np.random.default_rng(4)
    total = np.cumsum(random.integers(0, 9, 80))
    rows = [
        {"timestamp": START + at * 10, "type": "metric", "service": "db", "jobs_total": int(v)}
        for at, v in enumerate(total)
    ]
    frame = told(record(rows), "PREDICT NEXT 100s FOR jobs_total").frame
    for name in ("p10", "p50", "p90"):
        values = frame[name].to_numpy()
        assert (values >= total[-1]).all()
        assert (np.diff(values) >= 0).all()
        assert (values == np.rint(values)).all()


def test_a_use_stays_within_its_size(record):
    random = np.random.default_rng(5)
    rows = [
        {"timestamp": START + at * 10, "type": "metric", "service": "db",
         "pool_in_use": int(min(v, 20)), "pool_size": 20}
        for at, v in enumerate(np.linspace(2, 19, 80) + random.normal(0, 1, 80))
    ]  # fmt: skip
    frame = told(record(rows), "PREDICT NEXT 3m FOR pool_in_use").frame
    assert frame.height == 10
    assert frame["p90"].max() <= 20
    assert frame["p10"].min() >= 0


def test_shares_of_errors_stay_between_none_and_all(record):
    rows = [
        {**row, "status": "error" if at % 3 == 0 else "ok"} for at, row in enumerate(spans(300))
    ]
    frame = told(record(rows), "PREDICT NEXT 1m FOR error_rate").frame
    assert frame.height == 10
    assert frame["p10"].min() >= 0
    assert frame["p90"].max() <= 1


@pytest.mark.parametrize("next_", ["5 minutes", "1 hour"])
def test_too_little_history_gives_no_row_and_says_so(record, next_):
    table = told(record(gauge([1, 2, 3, 4, 5, 6])), f"PREDICT NEXT {next_} FOR cpu")
    assert table.frame.height == 0
    assert table.notes[0].startswith("Too little history for db cpu_pct: it takes 10 values")


def test_five_samples_are_too_few_however_small_the_step(record):
    table = told(record(gauge([4, 6, 5, 7, 4], every=300)), "PREDICT NEXT 5m FOR cpu EVERY 10s")
    assert table.frame.height == 0
    assert "Too little history" in table.notes[0]


def test_where_the_recording_goes_on_a_note_counts_what_lay_inside(record):
    noise = np.random.default_rng(7).normal(0, 2, 240)
    wave = np.round(50 + 20 * np.sin(2 * np.pi * np.arange(240) / 12) + noise, 2)
    recording = record(gauge(wave))
    table = told(recording, "PREDICT NEXT 100s FROM '10:30:00' FOR cpu EVERY 10s")
    times, p10, p90 = (table.frame[name].to_numpy() for name in ("time", "p10", "p90"))
    came = wave[(times // SECOND - START) // 10]
    inside = int(((came >= p10) & (came <= p90)).sum())
    share = f"{inside} of 10 values to come lay between p10 and p90 ({inside * 10} %)"
    assert 5 <= inside <= 10
    assert table.notes == (f"The recording goes on: {share}.",)


# what is not known yet


def rows_of(recording, statement):
    table = recording.query(statement)
    return table.frame.rows()


ASKED = "PREDICT NEXT 1m FROM '10:05:00'"
QUIET = [*gauge(50 + 5 * np.sin(np.arange(31))), *spans(150)]


@pytest.mark.parametrize("later", [
    gauge([99.0] * 40, every=10, service="db"),
    spans(200, service="api", status="error"),
    [{"timestamp": START + 300.001, "type": "metric", "service": "db", "cpu_pct": 1e9}],
    [{"timestamp": START + 301, "type": "metric", "service": "db", "cpu_pct": "a text now"}],
    [{"timestamp": START + 301, "type": "metric", "service": "new", "disk_pct": 5.0}],
], ids=["gauge", "errors", "beyond its unit", "another type", "new field"])  # fmt: skip
@pytest.mark.parametrize(
    "clauses", ["", " FOR cpu, p95, error_rate", " WHERE service != 'x'", " BY operation"]
)
def test_nothing_that_comes_after_counts(record, later, clauses):
    first = min(row["timestamp"] for row in later)
    later = [{**row, "timestamp": max(row["timestamp"], START + 301 + row["timestamp"] - first)}
             for row in later]  # fmt: skip
    base = record(QUIET)
    planted = record([*QUIET, *later])
    assert rows_of(planted, ASKED + clauses) == rows_of(base, ASKED + clauses)


@pytest.mark.parametrize(
    "clauses", ["", " WHERE duration > 10ms", " WHERE NOT error", " WHERE error_rate < 2"]
)
def test_the_outcome_of_a_span_open_then_is_not_known(record, clauses):
    def with_open(status, lasts):
        open_then = {"timestamp": START + 299, "type": "span", "service": "api", "span_id": "open",
                     "trace_id": "open", "operation": "GET /"}  # fmt: skip
        return record([*QUIET, {**open_then, "status": status, "duration_ms": lasts}])

    said = rows_of(with_open("ok", 4_000), ASKED + clauses)
    assert said
    assert rows_of(with_open("error", 90_000), ASKED + clauses) == said


@given(st.lists(
    st.tuples(st.integers(0, 600), st.integers(0, 80), st.booleans(), st.sampled_from(["a", "b"])),
    min_size=30, max_size=120,
), st.integers(100, 500))  # fmt: skip
@settings(max_examples=15, deadline=None)
def test_the_answer_is_that_of_the_recording_cut_at_what_was_known(rows, moment):
    frame = pl.DataFrame({
        "time": [(START + at) * SECOND for at, *_ in rows],
        "end_time": [(START + at + lasts) * SECOND for at, lasts, *_ in rows],
        "duration_ns": [lasts * SECOND for _, lasts, *_ in rows],
        "type": ["span"] * len(rows),
        "service": [service for *_, service in rows],
        "span_id": [str(number) for number in range(len(rows))],
        "error_occurred": [failed for _, _, failed, _ in rows],
        "cpu_pct": [float(lasts) for _, lasts, *_ in rows],
    }).sort("time").with_row_index("seq")  # fmt: skip
    view = StoreView(schema.conform(frame))
    at = (START + moment) * SECOND
    cut = known_at(view, at)
    for statement in (
        f"PREDICT NEXT 1m FROM '{START + moment}' FOR cpu, p95, request_rate, error_rate",
        f"PREDICT NEXT 40s FROM '{START + moment}' FOR cpu, p95 WHERE NOT error EVERY 5s",
    ):
        whole = Session(lambda: view).ask(statement).frame
        known = Session(lambda: cut).ask(statement).frame
        assert whole.equals(known)
    when = "PREDICT WHEN cpu > 60 AND error_rate < 2 WITHIN 1m"
    place = Context(playhead=at)
    assert (
        Session(lambda: view)
        .ask(when, place)
        .frame.equals(Session(lambda: cut).ask(when, place).frame)
    )


# what is chosen


def test_by_takes_another_text_in_the_place_of_the_service(record):
    rows = [{**row, "region": "eu" if at % 2 else "us"} for at, row in enumerate(gauge(range(60)))]
    frame = told(record(rows), "PREDICT NEXT 1m FOR cpu BY region").frame
    assert frame["service"].unique().sort().to_list() == ["eu", "us"]


def test_where_takes_only_what_passes(record):
    rows = [*gauge([10.0] * 60, pod="p1"), *gauge([90.0] * 60, pod="p2")]
    recording = record(rows)
    assert told(recording, "PREDICT NEXT 1m FOR cpu").frame["p50"].unique().to_list() == [50]
    asked = told(recording, "PREDICT NEXT 1m FOR cpu WHERE instance = 'p2'").frame
    assert asked["p50"].unique().to_list() == [90]


def test_the_playhead_is_where_it_starts_without_from(record):
    recording = record(gauge(range(60)))
    playhead = (START + 400) * SECOND
    rows = told(recording, "PREDICT NEXT 1m FOR cpu", playhead=playhead).frame.rows()
    assert rows == rows_of(recording, "PREDICT NEXT 1m FROM '10:06:40' FOR cpu")


# when


def test_a_ramp_reaches_its_limit_when_it_must(record):
    random = np.random.default_rng(3)
    rows = gauge(10 + 0.5 * np.arange(100) + random.normal(0, 0.3, 100))
    table = told(record(rows), "PREDICT WHEN cpu >= 80 WITHIN 15m")
    row = table.frame.row(0, named=True)
    due = (START + 1400) * SECOND
    assert row["p10"] <= row["p50"] <= row["p90"]
    assert abs(row["time"] - due) < 60 * SECOND
    assert START + 990 + row["p50"] == pytest.approx(row["time"] / SECOND, abs=0.002)
    assert row["field"] == "cpu >= 80"


def test_what_is_not_expected_has_no_time_and_a_note(record):
    random = np.random.default_rng(3)
    table = told(record(gauge(50 + random.normal(0, 1, 100))), "PREDICT WHEN cpu > 90 WITHIN 5m")
    assert table.frame.select("time", "p10", "p50", "p90").row(0) == (None,) * 4
    assert table.notes[1] == "Not expected within 5m: db."


def test_what_holds_already_is_expected_now(record):
    table = told(record(gauge(range(60))), "PREDICT WHEN cpu > 50")
    row = table.frame.row(0, named=True)
    assert row["method"] == "holds already"
    assert row["time"] == (START + 590) * SECOND + 1
    assert row["p10"] == row["p50"] == row["p90"] == 0


def test_services_are_told_apart_and_the_soonest_comes_first(record):
    rows = [*gauge(np.arange(60) * 0.5), *gauge(np.arange(60), service="web")]
    recording = record(rows)
    both = told(recording, "PREDICT WHEN cpu >= 70 WITHIN 20m").frame["service"].to_list()
    assert both == ["web", "db"]
    one = told(recording, "PREDICT WHEN cpu >= 70 AND service = 'db' WITHIN 20m").frame
    assert one["service"].to_list() == ["db"]
    assert one["field"].to_list() == ["service = 'db' AND cpu >= 70"]


def test_a_budget_is_kept_between_fields(record):
    recording = record(gauge(range(60)))
    session = Session(lambda: recording.view)
    slow = replace(session._budget, seconds=-1.0)
    session._budget = slow
    with pytest.raises(Exception, match="took longer"):
        session.ask("PREDICT NEXT 1m FOR cpu")


@pytest.mark.parametrize("expected", [
    """\
PREDICT NEXT 5 minutes FOR cpu, foo
                                ^^^ There is no field foo. SHOW FIELDS lists them.""",
    """\
PREDICT NEXT 5 minutes EVERY 0s
                             ^^ A step must be longer than nothing.""",
    """\
PREDICT NEXT 5 minutes EVERY 6m
                             ^^ A step cannot be longer than what is predicted.""",
    """\
PREDICT NEXT 1h EVERY 1s
                      ^^ This makes 3,600 steps, and 1,000 are the most.""",
    """\
PREDICT NEXT 0s
             ^^ What is predicted must be longer than nothing.""",
    """\
PREDICT NEXT 1m BY cpu_pct
                   ^^^^^^^ cpu_pct is no name to tell series apart by. BY takes a text.""",
    """\
PREDICT WHEN bogus > 5
             ^^^^^ There is no field bogus. SHOW FIELDS lists them.""",
    """\
PREDICT WHEN message = 'x'
             ^^^^^^^ message is no number that can be predicted. \
PREDICT WHEN tests numbers, and the service.""",
    """\
PREDICT WHEN service = 'db'
             ^^^^^^^^^^^^^^ Nothing here is a number that changes. \
Compare a field, as in cpu > 90%.""",
], ids=lambda text: text.splitlines()[0])  # fmt: skip
def test_a_wrong_statement_points(error, expected):
    assert error(expected.splitlines()[0]) == expected


def test_errors_are_of_statements_only(shop):
    with pytest.raises(StatementError):
        shop.query("PREDICT WHEN cpu > 10ms")
