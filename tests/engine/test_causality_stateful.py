"""Whatever arrives, in whatever order: one forest without cycles, the same as if read at once.

Events wait in a queue, are spoilt there and arrive a few at a time in a store that grows. After
each arrival the answers are those of a store that got all of it at once, in reverse.
"""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from traversion_data import schema
from traversion_data.decode.base import Batch
from traversion_data.model import SourceInfo
from traversion_data.store.head import Head
from traversion_data.store.view import StoreView
from traversion_engine.causality.direct import DirectEdges, direct_edges
from traversion_engine.session import Session

MS = 1_000_000
HOSTS = ["h1", "h2", None]
SPANS = st.sampled_from("abcdef")
STATEMENTS = st.sampled_from([
    "TRACE t", "EDGES WITH RETURNS", "TRAVERSE FROM #{} FOLLOWING backward",
    "TRAVERSE FROM #{} FOLLOWING both",
])  # fmt: skip
WHICH = st.integers(0, 99)

Event = dict[str, Any]


def event(
    trace: str, sid: str, parent: str | None, start: int, lasts: int | None, host: str | None
) -> Event:
    return {
        "trace_id": trace, "span_id": sid, "parent_span_id": parent, "host": host,
        "service": f"on {host}", "time": start * MS, "duration_ns": lasts and lasts * MS,
        "type": "log" if lasts is None else "span", "error_occurred": lasts == 0,
    }  # fmt: skip


def appended(head: Head, events: list[Event]) -> StoreView:
    rows = [one | {"end_time": one["time"] + max(one["duration_ns"] or 0, 0)} for one in events]
    frame = schema.conform(pl.DataFrame(rows, infer_schema_length=None))
    head.append(Batch(frame, schema.empty_aside(), len(rows), 0), SourceInfo(0, "queue", "json"))
    return head.snapshot()


class Arrivals(RuleBasedStateMachine):
    """A store that grows out of a queue in which everything goes wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.head = Head()
        self.queue: list[Event] = []
        self.stored: list[Event] = []
        self.numbered = 0

    def put(self, one: Event) -> None:
        self.queue.append(one | {"seq": self.numbered})
        self.numbered += 1

    @rule(
        trace=st.sampled_from("tu"), sid=SPANS, parent=st.none() | SPANS, start=st.integers(0, 30),
        lasts=st.none() | st.integers(-1, 20), host=st.sampled_from(HOSTS),
    )  # fmt: skip
    def add_event(self, **facts: Any) -> None:
        self.put(event(**facts))

    @precondition(lambda self: self.queue)
    @rule(which=WHICH, by=st.integers(1, 90))
    def delay(self, which: int, by: int) -> None:
        late = self.queue.pop(which % len(self.queue))
        self.queue.append(late | {"time": late["time"] + by * MS})

    @precondition(lambda self: self.queue or self.stored)
    @rule(which=WHICH)
    def duplicate(self, which: int) -> None:
        known = self.queue + self.stored
        self.put(known[which % len(known)])

    @precondition(lambda self: self.queue)
    @rule(which=WHICH)
    def drop_parent(self, which: int) -> None:
        named = {one["parent_span_id"] for one in self.queue + self.stored}
        callers = [place for place, one in enumerate(self.queue) if one["span_id"] in named]
        if callers:
            self.queue.pop(callers[which % len(callers)])

    @precondition(lambda self: self.queue)
    @rule(which=WHICH)
    def flip_link(self, which: int) -> None:
        place = which % len(self.queue)
        one = self.queue[place]
        if one["parent_span_id"] is not None:
            self.queue[place] = one | {
                "span_id": one["parent_span_id"], "parent_span_id": one["span_id"]
            }  # fmt: skip

    @precondition(lambda self: self.queue)
    @rule(host=st.sampled_from(HOSTS), by=st.integers(-500, 500))
    def skew_host(self, host: str | None, by: int) -> None:
        self.queue = [
            one | {"time": one["time"] + by * MS} if one["host"] == host else one
            for one in self.queue
        ]

    @precondition(lambda self: self.queue)
    @rule(count=st.integers(1, 8), statement=STATEMENTS)
    def arrive(self, count: int, statement: str) -> None:
        here, self.queue = self.queue[:count], self.queue[count:]
        self.stored += here
        grown = appended(self.head, here)
        at_once = appended(Head(), self.stored[::-1])
        check_forest(direct_edges(grown.events), grown.height)
        asked = statement.format(here[-1]["seq"])
        told = [Session(lambda v=view: v).ask(asked) for view in (grown, at_once)]
        assert told[0].frame.equals(told[1].frame)
        assert told[0].notes == told[1].notes


def check_forest(direct: DirectEdges, events: int) -> None:
    """Each event is in the forest once: by itself, in its ring, or as a repeat of another."""
    assert direct.edges["child_row"].is_unique().all()
    node = dict(direct.nodes.twins.iter_rows())
    node |= dict(direct.rings.select("row", "head").iter_rows())
    nodes = {node.get(row, row) for row in range(events)}
    below: dict[int, list[int]] = {one: [] for one in nodes}
    roots = set(nodes)
    for child, parent in direct.edges.select("child_row", "parent_row").iter_rows():
        effect, cause = node.get(child, child), node.get(parent, parent)
        if effect != cause:
            below[cause].append(effect)
            roots.remove(effect)
    reached: list[int] = []
    todo = list(roots)
    while todo:
        reached += todo
        todo = [child for one in todo for child in below[one]]
    assert sorted(reached) == sorted(nodes)


Arrivals.TestCase.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)
TestArrivals = Arrivals.TestCase
