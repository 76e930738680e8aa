"""The simulator's parts: laws, pool, check of a description, small descriptions of one's own."""

from __future__ import annotations

import json
import math
import statistics
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traversion_scenarios import DescriptionError, simulate
from traversion_scenarios.description import (
    Call,
    CallPolicy,
    Client,
    Description,
    Job,
    Operation,
    Pool,
    Service,
    Transaction,
    Work,
)
from traversion_scenarios.laws import Draws, LogNormal, exponential, logarithm
from traversion_scenarios.resources import ConnectionPool


@given(st.floats(-40, 40))
def test_exponential_is_that_of_the_library(x: float) -> None:
    assert exponential(x) == pytest.approx(math.exp(x), rel=1e-13)


@given(st.floats(1e-300, 1e300))
def test_logarithm_is_that_of_the_library(x: float) -> None:
    assert logarithm(x) == pytest.approx(math.log(x), rel=1e-13, abs=1e-14)


def test_draws_follow_their_laws() -> None:
    draws = Draws("laws")
    normal = [draws.normal() for _ in range(20_000)]
    assert statistics.mean(normal) == pytest.approx(0, abs=0.03)
    assert statistics.stdev(normal) == pytest.approx(1, abs=0.03)
    times = [draws.micros(LogNormal(20.0, 0.5)) for _ in range(20_000)]
    assert statistics.median(times) == pytest.approx(20_000, rel=0.03)
    gaps = [draws.gap(4.0) for _ in range(20_000)]
    assert statistics.mean(gaps) == pytest.approx(250_000, rel=0.03)


@given(st.integers(1, 5), st.lists(st.integers(0, 2), max_size=60))
def test_a_pool_serves_in_order_and_never_gives_more_than_it_has(
    size: int, moves: list[int]
) -> None:
    pool = ConnectionPool(Pool("p", "db", size, 1))
    held: list[str] = []
    waiting: list[tuple[Any, list[str | None]]] = []
    for now, move in enumerate(moves):
        if move == 0:
            conn = pool.take("a", "SELECT", now)
            if conn is None:
                ticket = pool.wait("a", "SELECT")
                got: list[str | None] = []
                ticket.reply.then(got.append)
                waiting.append((ticket, got))
            else:
                held.append(conn)
        elif move == 1 and held:
            pool.release(held.pop(0), now)
            if waiting:
                held.append(str(waiting.pop(0)[1][0]))
        elif move == 2 and waiting:
            ticket, got = waiting.pop()
            pool.give_up(ticket)
            assert got == [None]
        assert pool.in_use == len(held) == len(set(held)) <= size
        assert pool.waiting == len(waiting)
        assert not waiting or pool.in_use == size


def test_giving_up_after_a_connection_was_given_changes_nothing() -> None:
    pool = ConnectionPool(Pool("p", "db", 1, 1))
    first = pool.take("a", "SELECT", 0)
    ticket = pool.wait("b", "SELECT")
    assert first is not None
    pool.release(first, 1)
    pool.give_up(ticket)
    assert [(h.conn_id, h.service) for h in pool.holdings()] == [("c-01", "b")]


SLOW = Work(LogNormal(400.0, 0.01), 0.1)
SMALL = Description(
    seed="small",
    start_ns=0,
    length_s=30,
    services=(
        Service("web", ("web-1",), (Operation("GET /", (Call("app", "work"),)),)),
        Service("app", ("app-1",), (Operation("work", (SLOW,)),), slots=2),
    ),
    pools=(),
    clients=(Client("users", "web", "GET /", ((0, 2.0),)),),
)


def run(description: Description) -> list[dict[str, Any]]:
    return [json.loads(line) for line in simulate(description)]


def with_call(call: Call) -> Description:
    web, app = SMALL.services
    web = replace(web, operations=(Operation("GET /", (call,)),))
    return replace(SMALL, services=(web, app))


def test_a_caller_leaves_after_its_timeout_and_the_callee_works_on() -> None:
    events = run(with_call(Call("app", "work", CallPolicy(100, attempts=2, backoff_ms=10))))
    kinds = Counter(
        (e["service"], e["span_kind"], e["status"]) for e in events if e["type"] == "span"
    )
    roots = kinds["web", "server", "error"]
    assert roots > 20
    assert kinds["web", "client", "error"] == 2 * roots
    assert kinds["app", "server", "ok"] == 2 * roots
    assert kinds["web", "server", "ok"] == 0


def test_requests_queue_when_all_slots_are_taken() -> None:
    busy = replace(SMALL, clients=(Client("users", "web", "GET /", ((0, 4.5),)),))
    waits = [e["queue_ms"] for e in run(busy) if "queue_ms" in e]
    assert waits
    assert max(waits) > 100


def test_work_takes_longer_when_there_are_too_few_cores() -> None:
    def median(cores: int) -> float:
        web, app = SMALL.services
        work = Work(LogNormal(400.0, 0.01), 4.0)
        app = replace(app, cores=cores, operations=(Operation("work", (work,)),), base_cpu=0.0)
        events = run(replace(SMALL, services=(web, app)))
        return statistics.median(
            e["duration_ms"] for e in events if e["type"] == "span" and e["service"] == "app"
        )

    assert median(16) == pytest.approx(400, rel=0.05)
    assert median(2) > 750


def test_a_job_that_gets_no_connection_puts_its_batch_back() -> None:
    statement = Transaction("p", "SCAN", "SELECT 1", LogNormal(1_500.0, 0.1))
    job = Job("sweep", "app", 0, 1.0, (statement,), LogNormal(10.0, 0.1), lanes=4, batches=9)
    description = replace(SMALL, pools=(Pool("p", "app", 1, 500),), jobs=(job,))
    events = run(description)
    messages = Counter(e["message"] for e in events if e.get("job") == "sweep")
    assert messages["sweep done"] == 9
    assert messages["sweep failed: timeout acquiring connection"] > 0
    done = [e["batch"] for e in events if e.get("message") == "sweep done"]
    assert sorted(done) == list(range(1, 10))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (with_call(Call("app", "play")), "client users leads to no play of app"),
        (with_call(Call("web", "GET /")), "in a circle"),
        (
            replace(SMALL, clients=(Client("users", "web", "POST /", ((0, 1.0),)),)),
            "client users calls no operation POST / of web",
        ),
        (
            replace(SMALL, clients=(Client("users", "web", "GET /", ((0, 0.0),)),)),
            "client users needs rates above 0",
        ),
        (
            replace(SMALL, pools=(Pool("p", "db", 2, 100),)),
            "pool p is kept by no service db",
        ),
        (
            replace(
                SMALL,
                jobs=(Job("sweep", "app", 1, 0.0, (SLOW,), LogNormal(10.0, 0.1)),),
            ),
            "job sweep runs on no instance 1 of app",
        ),
        (
            replace(
                SMALL,
                jobs=(
                    Job(
                        "sweep",
                        "app",
                        0,
                        0.0,
                        (Transaction("q", "SCAN", "SELECT 1", LogNormal(1.0, 0.1)),),
                        LogNormal(10.0, 0.1),
                    ),
                ),
            ),
            "job sweep leads to no pool q",
        ),
    ],
)
def test_a_contradiction_is_named_before_anything_runs(wrong: Description, said: str) -> None:
    with pytest.raises(DescriptionError, match=said):
        simulate(wrong)
