"""A followed TIMELINE gives what the whole answer of each snapshot has of the snapshot's own."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.decode.base import Batch
from traversion_data.model import SourceInfo
from traversion_data.store.head import Head
from traversion_data.store.view import StoreView
from traversion_engine import Context, Session
from traversion_engine.budget import Budget
from traversion_engine.diagnostic import NotAvailableError, StatementError
from traversion_engine.timeql.execute.arrivals import Arrivals

SECOND = 1_000_000_000
SERVICES = ("api", "db", "cache")
STATEMENTS = (
    "TIMELINE",
    "TIMELINE WHERE service = 'db'",
    "TIMELINE WHERE duration > 20ms OR service = 'cache'",
    "TIMELINE WHERE in_flight > 1",
    "TIMELINE WHERE service = 'db' LIMIT 3",
    "TIMELINE LIMIT 4",
    "TIMELINE LIMIT 0",
    "TIMELINE WHERE in_flight > 0 LIMIT 4",
    "TIMELINE LAST 9s",
    "TIMELINE LAST 9s LIMIT 2",
    "TIMELINE TO end - 4s LIMIT 5",
    "TIMELINE SINCE start + 5s WHERE service = 'db'",
)

EVENTS = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from(SERVICES), st.integers(0, 40)),
    min_size=1,
    max_size=8,
)  # second, service, milliseconds that it took


class Growing:
    """A head that takes a few events at a time, numbered as they come."""

    def __init__(self) -> None:
        self.head = Head()
        self._next = 0

    def take(self, events: list[tuple[int, str, int]]) -> StoreView:
        rows = [
            {
                "seq": self._next + at, "time": second * SECOND, "service": service,
                "end_time": second * SECOND + took * 1_000_000, "duration_ns": took * 1_000_000,
                "type": "span",
            }
            for at, (second, service, took) in enumerate(events)
        ]  # fmt: skip
        self._next += len(rows)
        frame = schema.conform(pl.DataFrame(rows, infer_schema_length=None))
        batch = Batch(frame, schema.empty_aside(), len(rows), 0)
        self.head.append(batch, SourceInfo(0, "app.jsonl", "json"))
        return self.head.snapshot()


@pytest.mark.parametrize("statement", STATEMENTS)
@settings(deadline=None, max_examples=12)
@given(st.lists(EVENTS, min_size=1, max_size=5), st.booleans())
def test_each_row_comes_with_the_first_snapshot_that_has_its_event(
    statement: str, batches: list[list[tuple[int, str, int]]], in_order: bool
) -> None:
    if in_order:
        every = iter(sorted((event for batch in batches for event in batch), key=lambda it: it[0]))
        batches = [[next(every) for _ in batch] for batch in batches]
    growing, arrivals, seen = Growing(), Arrivals(statement), set[int]()
    for batch in [[(0, "api", 3), (9, "db", 3)], *batches]:
        view = growing.take(batch)
        context = Context(now=view.bounds.end)
        whole = Session(lambda view=view: view).ask(statement, context).frame
        expected = whole.filter(~pl.col("seq").is_in(list(seen)))
        assert arrivals.come(view, context).frame.equals(expected)
        seen |= set(view.events["seq"])


def test_what_is_skipped_does_not_come() -> None:
    growing, arrivals = Growing(), Arrivals("TIMELINE")
    arrivals.skip(growing.take([(1, "api", 1), (3, "api", 1)]))
    context = Context()
    late = arrivals.come(growing.take([(2, "db", 1)]), context)
    assert late.frame["seq"].to_list() == [2]
    again = arrivals.come(growing.head.snapshot(), context)
    assert again.frame.columns == late.frame.columns
    assert not again.frame.height


def test_many_new_rows_come_all() -> None:
    growing = Growing()
    view = growing.take([(second, "api", 1) for second in range(5)])
    found = Arrivals("TIMELINE", Budget(rows=2)).come(view, Context())
    assert found.shown == found.total == 5


def test_an_event_is_not_looked_at_twice() -> None:
    growing, arrivals = Growing(), Arrivals("TIMELINE WHERE service = 'db' LIMIT 100")
    for second in range(9):
        view = growing.take([(second, "db", 1)] * 3)
        found = arrivals.come(view, Context(now=20 * SECOND))
        if second:
            assert found.scanned == 3


def test_only_a_timeline_can_be_followed() -> None:
    with pytest.raises(NotAvailableError):
        Arrivals("SELECT count()")
    with pytest.raises(StatementError):
        Arrivals("TIMELINE WHERE")
    with pytest.raises(StatementError):
        Arrivals("TIMELINE WHERE servce = 'db'").come(Growing().take([(1, "db", 1)]), Context())
