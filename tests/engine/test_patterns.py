"""PATTERNS: the searches against slow ones that walk, the statistics against exact sums."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import comb
from random import Random
from threading import Event

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_engine import open_recording
from traversion_engine.diagnose.patterns.chance import discoveries, tail
from traversion_engine.diagnose.patterns.items import Items
from traversion_engine.diagnose.patterns.lanes import across, by_service, by_trace
from traversion_engine.session import CancelledError

SECOND = 1_000_000_000
MICROS = 1_000_000
GAP = 1_000 * MICROS
START = datetime(2024, 1, 15, 10, tzinfo=UTC)


def found(rows):
    """Items of (second, code, key) rows; traces are the keys but for 0, services all of them."""
    times, codes, keys = (np.array(column) for column in zip(*sorted(rows), strict=True))
    counts = np.bincount(codes, minlength=4)
    none = np.zeros(4, dtype=bool)
    kinds = np.arange(4)
    return Items(
        times * SECOND, codes, keys, keys - 1, keys < 0, none, kinds, none, counts, pl.DataFrame()
    )


events = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=25
).map(found)


def walked(codes, times, pattern, place, window):
    """The sequence before a place, each event the last before the next and within the window."""
    for code in reversed(pattern):
        before = [at for at in range(place) if codes[at] == code]
        if not before or times[place] - times[before[-1]] > window:
            return None
        place = before[-1]
    return place


@given(events, st.lists(st.integers(0, 3), min_size=1, max_size=4), st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_chains_are_those_that_a_walk_finds(items, pattern, window):
    lane = by_service(items, GAP)
    entries = np.arange(len(lane.rows))
    firsts = lane.chain(pattern, entries, entries, window * MICROS)[0]
    keys, times = items.services[lane.rows], items.times[lane.rows] // SECOND
    for entry in entries.tolist():
        begin = int(np.flatnonzero(keys == keys[entry])[0])
        own = slice(begin, entry + 1)
        first = walked(
            lane.codes[own].tolist(), times[own].tolist(), pattern, entry - begin, window
        )
        assert firsts[entry] == (-1 if first is None else begin + first)


@given(events, st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_the_cover_of_one_item_is_the_same_alone_and_among_all(items, window):
    for lane in (across(items, GAP), by_service(items, GAP)):
        together = lane.coverages(window * MICROS, 4)
        for code in range(4):
            assert lane.coverage((code,), window * MICROS) == pytest.approx(together[code])


@given(events)
@settings(max_examples=60, deadline=None)
def test_traces_with_a_sequence_are_counted_once(items):
    if not (items.traces >= 0).any():
        return
    lane = by_trace(items, GAP)
    covered = lane.coverage((0, 1), GAP - 1) * lane.exposure
    traces = 0
    for trace in set(items.traces.tolist()) - {-1}:
        codes = items.codes[items.traces == trace].tolist()
        traces += 0 in codes and 1 in codes[codes.index(0) :]
    assert covered.sum() == pytest.approx(traces)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 19))
def test_the_tail_is_the_sum_of_the_binomial(hits, more, twentieths):
    trials, share = hits + more, Fraction(twentieths, 20)
    exact = sum(
        comb(trials, k) * share**k * (1 - share) ** (trials - k) for k in range(hits, trials + 1)
    )
    expected = float(exact) if hits > trials * share else 1.0
    assert float(tail(hits, trials, float(share))) == pytest.approx(expected, rel=1e-9)


def test_tests_that_found_nothing_count_too():
    chance = np.array([0.001, 0.004, 0.02])
    assert discoveries(chance, 3, 0.05).tolist() == [True, True, True]
    assert discoveries(chance, 20, 0.05).tolist() == [True, True, False]
    assert discoveries(chance, 100, 0.05).tolist() == [False, False, False]


def shop(planted, seed=5):
    """Two hours of noise and ten refusals, each planted after `lease lost` and `queue full`."""
    random, rows = Random(seed), []
    for number in range(900):
        message = f"{random.choice(['tick', 'poll', 'flush', 'lease lost', 'queue full'])} {number}"
        rows.append((random.random() * 7200, random.choice(["a", "b", "c"]), "info", message))
    for number in range(10):
        at = 300 + number * 650 + random.random() * 100
        if planted:
            rows += [(at, "a", "warn", "lease lost 1"), (at + 2, "b", "warn", "queue full 2")]
        rows.append((at + 5, "c", "error", f"order refused {number}"))
    return [
        {
            "timestamp": (START + timedelta(seconds=at)).isoformat(),
            "type": "log", "service": service, "severity": severity, "message": message,
        }
        for at, service, severity, message in sorted(rows)
    ]  # fmt: skip


@pytest.fixture
def asked(tmp_path):
    def ask(rows, statement):
        path = tmp_path / "events.jsonl"
        path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
        return open_recording(path).query(statement)

    return ask


def test_what_leads_to_an_error_is_found_with_its_lead(asked):
    rows = asked(shop(planted=True), "PATTERNS").frame.rows(named=True)
    assert [(row["pattern"], row["leads_to"], row["support"]) for row in rows] == [
        ("lease lost <*> > queue full <*>", "order refused <*>", 10)
    ]
    assert rows[0]["median_lead_ms"] == pytest.approx(3000, abs=1)
    assert rows[0]["lift"] > 10
    first, last = (rows[0][name] / SECOND - START.timestamp() for name in ("first", "last"))
    assert 300 <= first <= 400
    assert 300 + 9 * 650 + 2 <= last <= 300 + 9 * 650 + 102


def test_what_only_happens_beside_errors_is_not_told(asked):
    table = asked(shop(planted=False), "PATTERNS")
    assert table.frame.height == 0
    assert "none comes before an error more often than chance explains" in table.notes[0]


def test_support_below_the_wanted_is_not_told(asked):
    assert asked(shop(planted=True), "PATTERNS MIN SUPPORT 11").notes == (
        "No kind of error occurs 11 times or more in the scope.",
    )


def test_a_start_is_no_warning_of_its_own_failure(asked):
    rows = [
        {
            "timestamp": (START + timedelta(seconds=30 * number)).isoformat(),
            "type": "span", "service": "web", "operation": "GET /", "duration_ms": 50,
            "trace_id": f"{number:032x}", "span_id": f"{number:016x}",
            "status": "ERROR" if number % 7 == 0 else "OK",
        }
        for number in range(200)
    ]  # fmt: skip
    assert asked(rows, "PATTERNS").frame.height == 0


def log(second, message):
    return {
        "timestamp": (START + timedelta(seconds=second)).isoformat(),
        "type": "log", "service": "web", "severity": "info", "message": message,
    }  # fmt: skip


def span(second, seconds, number, status):
    return {
        "timestamp": (START + timedelta(seconds=second)).isoformat(),
        "type": "span", "service": "web", "operation": "GET /", "duration_ms": seconds * 1000,
        "trace_id": f"{number:032x}", "span_id": f"{number:016x}", "status": status,
    }  # fmt: skip


def test_what_fails_after_the_scope_is_not_known_in_it(asked):
    """A span that starts in the scope and fails after it is no error there."""
    rows = []
    for number in range(40):
        at, late = 60 * number, number % 4 == 0
        rows += [
            log(at, "queue full" if late else "all well"),
            span(at + 1, 3 if late else 1, number, "ERROR" if late else "OK"),
        ]
    whole = asked(rows, "PATTERNS").frame.rows(named=True)
    assert [(row["pattern"], row["support"]) for row in whole] == [("queue full", 10)]
    assert whole[0]["median_lead_ms"] == 4000
    # the last failing span starts at 36 min 1 s and fails 3 s later
    cut = "PATTERNS TO '2024-01-15 10:36:03' MIN SUPPORT "
    assert asked(rows, f"{cut}10").notes == (
        "No kind of error occurs 10 times or more in the scope.",
    )
    assert asked(rows, f"{cut}9").frame["support"].to_list() == [9]


def test_it_ends_when_cancelled(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in shop(planted=True)), encoding="utf-8")
    cancel = Event()
    cancel.set()
    with pytest.raises(CancelledError):
        open_recording(path).session.ask("PATTERNS", cancel=cancel)
