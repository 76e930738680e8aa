"""COMPARE: values beside a slow reference, windows, baselines, what is new and what is gone."""

from __future__ import annotations

import json
from statistics import fmean

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from traversion_data.model import SECOND
from traversion_data.store.known import known_at
from traversion_engine import Context, open_recording
from traversion_engine.session import Session
from traversion_engine.timeql.errors import CancelledError

DAY = "2024-01-15T"
MISSION = "COMPARE '2024-01-15 15:45:00' WITH '2024-01-15 15:50:00' FOR cpu, memory, errorRate"


def at(second, minute=0, hour=10, day=15):
    """A time so many seconds after 10:00, as text."""
    minute += int(second // 60)
    return f"2024-01-{day}T{hour:02d}:{minute:02d}:{second % 60:06.3f}Z"


def span(start, took_ms, number, *, failed=False, service="web", **more):
    return {
        "timestamp": at(start), "type": "span", "service": service, "span_kind": "server",
        "trace_id": f"t{number}", "span_id": f"s{number}", "duration_ms": took_ms,
        "severity": "error" if failed else "info", **more,
    }  # fmt: skip


def quiet(seconds, **more):
    return [{"timestamp": at(s), "type": "log", "service": "web", "message": "hit", **more}
            for s in seconds]  # fmt: skip


def answer(table):
    """Rows by service and field."""
    return {(row["service"], row["field"]): row for row in table.frame.to_dicts()}


def test_the_mission_statement_compares_what_select_gives(tmp_path):
    recording = open_recording("scenario:checkout-cascade")
    table = recording.query(MISSION)
    assert table.frame.columns == [
        "service", "field", "a", "b", "change", "ratio", "a_n", "b_n", "p_value", "verdict",
    ]  # fmt: skip
    assert table.meta["a"] == "2024-01-15 15:44:00.000000000 to 2024-01-15 15:45:00.000000000"
    found = answer(table)
    for field in ("cpu_pct", "memory_pct"):
        for side, minute in (("a", 44), ("b", 49)):
            rows = recording.query(
                f"SELECT service, avg({field}), count({field}) WHERE type = 'metric'"
                f" FROM '15:{minute}' TO '15:{minute + 1}' GROUP BY service"
            ).frame.rows()
            for service, mean, count in rows:
                row = found[service, field]
                assert (row[side], row[f"{side}_n"]) == (pytest.approx(mean), count)
    gateway = found["api-gateway", "error_rate"]
    state = recording.query("STATE AT '15:49:59.999999999' FOR error_rate").frame
    shares = dict(state.select("service", "number").rows())
    assert gateway["b"] == shares["api-gateway"]
    assert gateway["verdict"] == "higher"


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 125),
        st.sampled_from(["log", "metric", "span"]),
        st.sampled_from(["web", "db"]),
        st.integers(1, 40),
        st.booleans(),
    ),
    min_size=4,
    max_size=40,
)


def recorded(drawn, folder):
    edge = {"timestamp": at(0), "type": "metric", "service": "edge", "load_pct": 1, "colour": "red"}
    rows = [edge, span(0, 1, "edge", service="edge"), {**edge, "timestamp": at(130)}]
    for number, (second, kind, service, value, bad) in enumerate(drawn):
        if kind == "span":
            rows.append(span(second, value * 1000, number, failed=bad, service=service))
        elif kind == "metric":
            rows.append({"timestamp": at(second), "type": "metric", "service": service,
                         "load_pct": value})  # fmt: skip
        else:
            rows.append({"timestamp": at(second), "type": "log", "service": service,
                         "colour": "red" if bad else "blue"})  # fmt: skip
    path = folder / "events.jsonl"
    rows.sort(key=lambda row: row["timestamp"])
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return open_recording(path)


def quantile(numbers, share):
    ordered = sorted(numbers)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def reference(drawn, start, end):
    """What each service's window holds, event by event: counted when it ends."""
    found = {}
    for second, kind, service, value, bad in drawn:
        ended = second + (value if kind == "span" else 0)
        if start <= ended < end:
            of = found.setdefault(service, {"all": 0, "load": [], "took": [], "bad": [], "red": []})
            of["all"] += 1
            if kind == "metric":
                of["load"].append(value)
            elif kind == "span":
                of["took"].append(value * 1000.0)
                of["bad"].append(bad)
            else:
                of["red"].append(bad)
    return found


@given(drawn=EVENTS)
@settings(max_examples=25, deadline=None, phases=[Phase.generate])
def test_values_are_those_of_the_slow_reference(drawn, tmp_path_factory):
    recording = recorded(drawn, tmp_path_factory.mktemp("compare"))
    statement = (
        "COMPARE '10:01' WITH '10:02' FOR load_pct, max(load_pct), error_rate, p95, count(),"
        " ratio(colour = 'red')"
    )
    table = recording.query(statement)
    sides = (reference(drawn, 0, 60), reference(drawn, 60, 120))
    wanted = {}
    for service in {*sides[0], *sides[1]}:
        of = [side.get(service, {}) for side in sides]
        for field, key, value in (
            ("load_pct", "load", fmean),
            ("max(load_pct)", "load", max),
            ("error_rate", "bad", fmean),
            ("p95", "took", lambda numbers: quantile(numbers, 0.95)),
            ("ratio(colour = 'red')", "red", fmean),
        ):
            samples = [one.get(key, []) for one in of]
            if any(samples):
                wanted[service, field] = [value(one) if one else None for one in samples] + [
                    len(one) for one in samples
                ]
        counts = [one.get("all", 0) for one in of]
        wanted[service, "count()"] = counts * 2
    found = answer(table)
    found = {key: row for key, row in found.items() if key[0] != "edge"}
    assert found.keys() == wanted.keys()
    for key, (a, b, a_n, b_n) in wanted.items():
        row = found[key]
        assert (row["a"], row["b"]) == (pytest.approx(a), pytest.approx(b)), key
        assert (row["a_n"], row["b_n"]) == (a_n, b_n), key
        if a is not None and b is not None:
            assert row["change"] == pytest.approx(b - a)
            assert row["ratio"] == (pytest.approx(b / a) if a else None)
        assert row["p_value"] is None or 0 <= row["p_value"] <= 1
    again = recording.query(f"{statement} WHERE seq >= 0").frame
    assert again.equals(table.frame), "whatever is read, the answer is the same"


@given(drawn=EVENTS, asked=st.sampled_from(["", " FOR load_pct, error_rate, p95, count(), colour"]))
@settings(max_examples=10, deadline=None, phases=[Phase.generate])
def test_nothing_is_used_that_was_not_known_by_then(drawn, asked, tmp_path_factory):
    recording = recorded(drawn, tmp_path_factory.mktemp("known"))
    end = recording.view.bounds.start + 120 * SECOND
    cut = known_at(recording.view, end - 1)
    for statement in (f"COMPARE '10:02'{asked}", f"COMPARE '10:01' WITH '10:02'{asked}"):
        whole = recording.query(statement)
        # the recording that ends there has its fields and its clock from what is in it
        known = Session(lambda: cut).ask(statement, Context(now=recording.view.bounds.end))
        of_edge = whole.frame.filter(whole.frame["service"] != "edge")
        assert of_edge.equals(known.frame.filter(known.frame["service"] != "edge"))
        assert whole.meta.get("baseline") == known.meta.get("baseline")


def baseline(tmp_path, rows, statement):
    path = tmp_path / "events.jsonl"
    rows = sorted(rows, key=lambda row: row["timestamp"])
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return open_recording(path).query(statement)


def busy(minutes, failing=(), *, hour=10, day=15):
    """Twenty requests a minute; in some minutes half of them fail."""
    return [
        {"timestamp": at(1 + 2.9 * n, minute, hour, day), "type": "log", "service": "web",
         "severity": "error" if minute in failing and n % 2 else "info"}
        for minute in minutes for n in range(20)
    ]  # fmt: skip


def test_one_time_is_compared_with_the_same_length_before(tmp_path):
    table = baseline(tmp_path, busy(range(10), {8}), "COMPARE '10:09' FOR ratio(error)")
    assert table.meta["baseline"] == "the same length before"
    assert table.meta["a"] == "2024-01-15 10:07:00.000000000 to 2024-01-15 10:08:00.000000000"
    assert table.frame.row(0, named=True)["verdict"] == "higher"


def test_where_it_failed_before_too_with_the_last_quiet_window(tmp_path):
    table = baseline(tmp_path, busy(range(10), {6, 7, 8}), "COMPARE '10:09' FOR ratio(error)")
    assert table.meta["baseline"] == "the last quiet window"
    assert table.meta["a"] == "2024-01-15 10:05:00.000000000 to 2024-01-15 10:06:00.000000000"


def test_or_with_the_same_time_a_day_earlier(tmp_path):
    rows = busy(range(10), day=14) + busy(range(10), {6, 7, 8})
    table = baseline(tmp_path, rows, "COMPARE '2024-01-15 10:09' FOR ratio(error)")
    assert table.meta["baseline"] == "the same time a day earlier"
    assert table.meta["a"] == "2024-01-14 10:08:00.000000000 to 2024-01-14 10:09:00.000000000"


def test_where_nothing_was_quiet_meta_says_so(tmp_path):
    rows = busy(range(3), {0, 1, 2})
    table = baseline(tmp_path, rows, "COMPARE '10:01:30' FOR count()")
    assert table.meta["baseline"].startswith("the same length before")


def test_without_for_what_is_new_and_gone_comes_first(tmp_path):
    rows = []
    for minute in (0, 1):
        for n in range(20):
            user = {"user": "ann" if n % 2 else ("bob", "eve")[minute]}
            number = minute * 100 + n
            start = minute * 60 + 1 + 2.9 * n
            rows.append(span(start, 10, number, **user))
            callee = ("cache", "db")[minute]
            rows.append(
                span(start, 5, f"{number}c", service=callee, parent_span_id=f"s{number}")
                | {"trace_id": f"t{number}"}
            )
            message = f"lost shard {n}" if minute else f"found shard {n}"
            rows.append({"timestamp": at(start), "type": "log", "service": "web",
                         "message": message})  # fmt: skip
    rows.append({"timestamp": at(120), "type": "log", "service": "edge"})
    table = baseline(tmp_path, rows, "COMPARE '10:01' WITH '10:02'")
    verdicts = {(row[0], row[1]): row[-1] for row in table.frame.rows()}
    for key, verdict in {
        ("web", "calls db"): "new",
        ("web", "calls cache"): "gone",
        ("db", "count()"): "new",
        ("cache", "count()"): "gone",
        ("web", "template(message) = 'lost shard <*>'"): "new",
        ("web", "template(message) = 'found shard <*>'"): "gone",
        ("web", "user = 'eve'"): "new",
        ("web", "user = 'bob'"): "gone",
    }.items():
        assert verdicts[key] == verdict, key
    said = list(verdicts.values())
    differs = [verdict in {"new", "gone", "higher", "lower"} for verdict in said]
    assert differs == sorted(differs, reverse=True)
    assert all(differs[:8])


def test_bursts_are_no_evidence_each(tmp_path):
    # as many in number, once spread over the windows and once all in the same two seconds
    spread = quiet([1 + 2.9 * n for n in range(4)]) + quiet([61 + 2.9 * n for n in range(20)])
    burst = quiet([30 + 0.1 * n for n in range(4)]) + quiet([90 + 0.1 * n for n in range(20)])
    end = [{"timestamp": at(120), "type": "log", "service": "edge"}]
    statement = "COMPARE '10:01' WITH '10:02' FOR count()"
    first = baseline(tmp_path, spread + end, statement).frame.row(0, named=True)
    second = baseline(tmp_path, burst + end, statement).frame.row(0, named=True)
    assert (first["b"], second["b"]) == (20, 20)
    assert first["verdict"] == "higher"
    assert second["verdict"] == "same"


def test_the_same_question_has_the_same_answer(tmp_path):
    rows = busy(range(4), {3})
    first = baseline(tmp_path, rows, "COMPARE '10:02' WITH '10:03'")
    again = baseline(tmp_path, rows, "COMPARE '10:02' WITH '10:03'")
    assert first.frame.equals(again.frame)


def test_it_can_be_cancelled(tmp_path):
    class Set:
        """An event that is set after a few looks at it."""

        looks = 0

        def is_set(self):
            self.looks += 1
            return self.looks > 6

    from traversion_engine.budget import Budget
    from traversion_engine.timeql.answer import answer as answered
    from traversion_engine.timeql.execute.run import Run

    recording = open_recording("scenario:checkout-cascade")
    run = Run(recording.view, Context(), Budget(), cancel=Set())
    with pytest.raises(CancelledError):
        answered("COMPARE '15:48'", run)
