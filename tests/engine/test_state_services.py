"""Derived fields of services agree with counting by hand, and use nothing known later."""

from typing import Any

import numpy as np
import polars as pl
import polars.testing
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.model import MINUTE, SECOND
from traversion_data.store.known import known_at
from traversion_data.store.view import StoreView
from traversion_engine.state import quantiles
from traversion_engine.state.derived import ServiceIndex, derived_at, in_short
from traversion_engine.state.requests import Basis
from traversion_engine.state.services import services_at

START = 1_700_000_000 * SECOND
FIELDS = ["request_rate", "error_rate", "p50", "p95", "p99", "in_flight", "last_error", "health"]
OVERRIDES = {
    "span_id": pl.String, "parent_span_id": pl.String, "span_kind": pl.String,
    "duration_ns": pl.Int64, "end_time": pl.Int64, "cpu_pct": pl.Float64, "pool_in_use": pl.Int64,
    "pool_size": pl.Int64, "message": pl.String,
}  # fmt: skip


def recording(rows: list[dict[str, Any]]) -> StoreView:
    """Rows with seconds since START; a span has `ms` (None: it never ended)."""
    full = []
    for number, row in enumerate(rows):
        time = START + int(row["at"] * SECOND)
        span = "ms" in row
        length = None if not span or row["ms"] is None else int(row["ms"] * 1_000_000)
        end = time if not span else None if length is None else time + length
        full.append(
            {
                "seq": number, "time": time, "end_time": end, "duration_ns": length,
                "type": "span" if span else "log", "service": row["service"],
                "trace_id": "t", "span_id": row.get("span", str(number)) if span else None,
                "parent_span_id": row.get("parent"), "span_kind": row.get("kind"),
                "error_occurred": row.get("error", False), "message": row.get("message"),
                "cpu_pct": row.get("cpu"), "pool_in_use": row.get("used"),
                "pool_size": row.get("size"),
            }
        )  # fmt: skip
    return StoreView(
        schema.conform(pl.DataFrame(full, schema_overrides=OVERRIDES)).sort("time", "seq")
    )


def at(view: StoreView, second: float, service: str) -> dict[str, Any]:
    rows = services_at(view, START + int(second * SECOND)).rows(named=True)
    return next(row for row in rows if row["service"] == service)


def request(at: float, ms: float | None, service: str = "api", **more: Any) -> dict[str, Any]:
    return {"at": at, "ms": ms, "service": service, "kind": "server", **more}


def test_a_request_counts_when_it_ends() -> None:
    view = recording([{"at": 0, "service": "api"}, request(100, 50_000), request(120, 1000)])
    early, late = at(view, 125, "api"), at(view, 150, "api")
    assert (early["request_rate"], early["in_flight"], early["p50"]) == (1 / 60, 1.0, 1000.0)
    assert (late["request_rate"], late["in_flight"], late["p50"]) == (2 / 60, 0.0, 25_500.0)


def test_rates_divide_by_what_the_recording_covers_of_the_window() -> None:
    view = recording([request(0, 1), request(5, 1), request(9, 1)])
    assert at(view, 10, "api")["request_rate"] == pytest.approx(0.3)
    assert at(view, 0, "api")["request_rate"] is None


def test_a_span_that_never_ended_stays_open() -> None:
    assert at(recording([request(0, None), request(1, 10)]), 500, "api")["in_flight"] == 1.0


@pytest.mark.parametrize(
    ("kind", "parent", "parent_service", "counts"),
    [
        ("server", "p", "api", True),
        ("CONSUMER", "p", "api", True),
        ("client", None, "api", False),
        (None, None, "api", True),
        (None, "p", "api", False),
        (None, "p", "front", True),
        ("internal", "p", "api", False),
        ("internal", "gone", "api", True),
    ],
)
def test_a_request_is_a_span_that_enters_the_service(
    kind: str | None, parent: str | None, parent_service: str, counts: bool
) -> None:
    outer = {"at": 0, "ms": 900, "service": parent_service, "kind": "client", "span": "p"}
    inner = {"at": 0.1, "ms": 500, "service": "api", "kind": kind, "parent": parent}
    row = at(recording([outer, inner]), 1, "api")
    assert (row["p50"] == 500.0) is counts


def test_without_spans_events_with_a_duration_are_the_requests() -> None:
    events = recording([{"at": 1, "service": "api"}, {"at": 31, "service": "api"}]).events
    timed = events.with_columns(
        duration_ns=pl.Series([250_000_000, None], dtype=pl.Int64), span_id=pl.lit(None, pl.String)
    )
    view = StoreView(timed)
    assert ServiceIndex.of(view).basis(view.bounds.end).basis is Basis.TIMED
    assert at(view, 31, "api")["p99"] == 250.0
    untimed = StoreView(events)
    row = at(untimed, 31, "api")
    assert ServiceIndex.of(untimed).basis(untimed.bounds.end).basis is Basis.EVENTS
    assert (row["p99"], row["in_flight"], row["request_rate"]) == (None, None, 2 / 30)


def test_metric_samples_are_no_requests() -> None:
    events = recording([{"at": n, "service": "node", "cpu": 5.0} for n in range(9)]).events
    view = StoreView(events.with_columns(type=pl.lit("metric").cast(events.schema["type"])))
    row = at(view, 9, "node")
    assert (row["request_rate"], row["health"]) == (None, "healthy")
    assert row["health_reason"] == "no requests in the window"


def steady(seconds: int, ms: float = 100, every: float = 0.5) -> list[dict[str, Any]]:
    return [request(n * every, ms + n % 7) for n in range(int(seconds / every))]


def test_healthy_when_all_is_as_before() -> None:
    row = at(recording(steady(300)), 299, "api")
    assert (row["health"], row["health_reason"]) == ("healthy", "0 of 120 requests failed")


def test_failing_and_degraded_by_share_of_failures() -> None:
    failing = [request(280 + n, 100, error=True, message=f"no {n}") for n in range(15)]
    row = at(recording([*steady(300), *failing]), 299, "api")
    assert row["health"] == "failing"
    assert row["health_reason"] == "15 of 135 requests failed (11.1%, usually 0.0%)"
    assert row["last_error"] == "no 14"
    row = at(recording([*steady(300), *failing[:2]]), 299, "api")
    assert row["health"] == "degraded"


def test_what_always_failed_so_often_is_degraded_but_not_failing() -> None:
    always = [{**row, "error": n % 10 == 0} for n, row in enumerate(steady(600))]
    assert at(recording(always), 599, "api")["health"] == "degraded"


def test_a_long_outage_stays_failing() -> None:
    rows = [{**row, "error": row["at"] > 60 and n % 3 > 0} for n, row in enumerate(steady(600))]
    row = at(recording(rows), 599, "api")
    assert (row["health"], row["health_reason"]) == (
        "failing", "80 of 120 requests failed (66.7%, usually 66.7%)",
    )  # fmt: skip


def test_a_single_failure_is_not_news() -> None:
    one = request(290, 100, error=True)
    assert at(recording([*steady(300), one]), 299, "api")["health"] == "healthy"


def test_degraded_when_latency_doubles() -> None:
    slow = [request(300 + n * 0.5, 400) for n in range(120)]
    row = at(recording([*steady(300), *slow]), 359, "api")
    assert row["health"] == "degraded"
    assert row["health_reason"] == "p95 is 400 ms, usually 106 ms"


def test_degraded_when_requests_pile_up_before_any_is_late() -> None:
    waiting = [request(300 + n * 0.05, None) for n in range(12)]
    row = at(recording([*steady(300), *waiting]), 300.6, "api")
    assert (row["health"], row["health_reason"]) == (
        "degraded", "12 requests open, usually 0.2",
    )  # fmt: skip
    row = at(recording([*steady(300), *waiting[:9]]), 300.6, "api")
    assert row["health"] == "healthy"


def test_silent_after_five_usual_gaps_and_a_minute() -> None:
    view = recording([*steady(300), {"at": 500, "service": "other"}])
    assert at(view, 355, "api")["health"] == "healthy"
    assert at(view, 365, "api")["health"] == "silent"
    job = [{"at": 600 * n + s, "service": "job"} for n in range(4) for s in range(20)]
    assert at(recording(job), 2350, "job")["health"] == "healthy"


def test_a_service_is_listed_from_its_first_event_on() -> None:
    view = recording([{"at": 0, "service": "a"}, {"at": 10, "service": "b"}])
    assert services_at(view, START + 9 * SECOND)["service"].to_list() == ["a"]
    assert services_at(view, START + 10 * SECOND)["service"].to_list() == ["a", "b"]


def test_saturation_is_use_over_size_before_any_share() -> None:
    rows = [
        {"at": 0, "service": "db", "used": 18, "size": 20, "cpu": 99.0},
        {"at": 1, "service": "api", "cpu": 40.0},
        {"at": 2, "service": "api", "cpu": 70.0},
    ]
    view = recording([*rows, {"at": 3, "service": "plain"}])
    assert at(view, 3, "db")["saturation"] == 0.9
    assert at(view, 3, "api")["saturation"] == 0.7
    assert at(view, 3, "plain")["saturation"] is None


def test_the_trend_has_twelve_parts_of_the_window() -> None:
    view = recording([{"at": 0, "service": "api"}, request(60, 1000), request(118, 1500)])
    trend = at(view, 120, "api")["trend"]
    assert len(trend) == 12
    assert (trend[0], trend[-1]) == (1000.0, 1500.0)
    assert trend[1:-1] == [None] * 10


ROWS = st.lists(
    st.fixed_dictionaries(
        {"at": st.integers(0, 200), "service": st.sampled_from(["a", "b"])},
        optional={
            "ms": st.one_of(st.none(), st.integers(0, 90_000)),
            "error": st.booleans(),
            "kind": st.sampled_from(["server", "client", None]),
            "used": st.integers(0, 5),
            "size": st.integers(0, 5),
            "cpu": st.floats(0, 100),
        },
    ),
    min_size=1,
    max_size=30,
)


@settings(max_examples=80, deadline=None)
@given(ROWS, st.integers(0, 320))
def test_nothing_known_later_is_used(rows: list[dict[str, Any]], second: int) -> None:
    view, time = recording(rows), START + second * SECOND
    then = known_at(view, time)
    assert services_at(view, time).rows() == services_at(then, time).rows() if then.height else True


@settings(max_examples=60, deadline=None)
@given(ROWS, st.lists(st.tuples(st.sampled_from("abz"), st.integers(0, 320)), min_size=1))
def test_many_pairs_at_once_agree_with_one_moment_after_the_other(
    rows: list[dict[str, Any]], asked: list[tuple[str, int]]
) -> None:
    view = recording(rows)
    services = pl.Series([service for service, _ in asked])
    times = np.array([START + second * SECOND for _, second in asked])
    many = derived_at(view, services, times, FIELDS).rows()
    for (service, second), row in zip(asked, many, strict=True):
        known = {r["service"]: r for r in services_at(view, START + second * SECOND).to_dicts()}
        if service in known:
            assert row == tuple(known[service][field] for field in FIELDS)
        else:
            assert row[-1] is None


@settings(max_examples=60, deadline=None)
@given(ROWS, st.integers(0, 320))
def test_counts_and_quantiles_agree_with_counting_by_hand(
    rows: list[dict[str, Any]], second: int
) -> None:
    view, time = recording(rows), START + second * SECOND
    spans = [row for row in rows if "ms" in row]
    entries = [row for row in spans if row.get("kind") != "client" and row["ms"] is not None]
    for row in services_at(view, time).to_dicts():
        if not any(span["at"] <= second for span in spans):
            continue
        mine = [
            r for r in entries
            if r["service"] == row["service"] and second - 60 < r["at"] + r["ms"] / 1000 <= second
        ]  # fmt: skip
        covered = min(60, second - min(r["at"] for r in rows))
        begun = [
            s for s in spans
            if s["service"] == row["service"] and s["at"] <= second and s.get("kind") != "client"
        ]  # fmt: skip
        if not begun:
            assert (row["request_rate"], row["in_flight"]) == (None, None)
            continue
        assert row["request_rate"] == (len(mine) / covered if covered else None)
        if mine:
            durations = [r["ms"] for r in mine]
            assert row["p95"] == pytest.approx(float(np.quantile(durations, 0.95)))
            assert row["error_rate"] == sum(r.get("error", False) for r in mine) / len(mine)


@settings(max_examples=40, deadline=None)
@given(ROWS, st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 320)), min_size=1))
def test_rolling_gives_what_gathering_gives(
    rows: list[dict[str, Any]], asked: list[tuple[str, int]]
) -> None:
    view = recording([*rows, request(5, 7, "a"), request(5, 9, "b")])
    services = pl.Series([service for service, _ in asked])
    times = np.array([START + second * SECOND for _, second in asked])
    gathered = derived_at(view, services, times, ["p50", "p99"])
    index = ServiceIndex.of(view)
    requests = index.requests(index.offers[0])
    rolled = quantiles.rolling_quantiles(
        requests.ends.groups,
        requests.ends.times,
        requests.durations,
        asked_group=index.numbers(services),
        asked_time=times,
        window=MINUTE,
        quantiles=[0.5, 0.99],
    )
    for name, row in zip(("p50", "p99"), rolled, strict=True):
        known = times >= index.offers[0].since
        expected = pl.Series(name, np.rint(row[known]) / 1_000_000, nan_to_null=True)
        pl.testing.assert_series_equal(gathered[name].filter(known), expected)


def test_no_pairs_and_unknown_services_give_nothing() -> None:
    view = recording([request(0, 1)])
    none = derived_at(view, pl.Series([], dtype=pl.String), np.array([], np.int64), ["p99"])
    assert none.schema == {"p99": pl.Float64}
    unknown = derived_at(view, pl.Series(["x"]), np.array([START]), ["health", "p99"])
    assert unknown.rows() == [(None, None)]


def test_services_are_known_by_text_and_by_category() -> None:
    index = ServiceIndex.of(recording([{"at": 0, "service": s} for s in "cab"]))
    text = pl.Series(["b", None, "z", "a"], dtype=pl.String)
    for names in (text, text.cast(schema.EVENT["service"]), text.cast(pl.Categorical())):
        assert index.numbers(names).tolist() == [1, -1, -1, 0]


def test_values_too_large_to_pack_are_still_sorted_right() -> None:
    values = np.array([2**61, 5, 2**62], dtype=np.int64)
    found = quantiles.grouped_quantiles(np.array([0, 1, 0]), values, 2, [0.0, 1.0])
    assert found.tolist() == [[2.0**61, 5.0], [2.0**62, 5.0]]


@settings(deadline=None)
@given(st.lists(st.none() | st.floats(-1e18, 1e18).filter(lambda x: not 0 < abs(x) < 1e-12)))
def test_amounts_are_told_to_six_figures(amounts: list[float | None]) -> None:
    told = in_short(pl.Series(amounts, dtype=pl.Float64)).to_list()
    for amount, text in zip(amounts, told, strict=True):
        assert (text is None) is (amount is None)
        if amount is not None:
            assert float(text) == float(f"{float(text):.6g}")
            assert float(text) == pytest.approx(amount, rel=5.00001e-6)
