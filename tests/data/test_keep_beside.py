"""A keep in a thread of its own: the same order, the same failures, nothing without bound."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event, Thread

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from traversion_data import keep_beside, schema
from traversion_data.decode.base import Batch
from traversion_data.keep_beside import KeepBeside
from traversion_data.model import Gap, SourceInfo
from traversion_data.store.errors import StoreError
from traversion_data.store.position import SourceMark


class Told:
    """A keep that notes what it is told, and may be held up or fail."""

    full: str | None = None
    missed: tuple[Gap, ...] = ()

    def __init__(self, fails_at: int | None = None) -> None:
        self.calls: list[tuple[str, int]] = []
        self.fails_at = fails_at
        self.may_go_on = Event()
        self.may_go_on.set()

    def append(self, batch: Batch, mark: SourceMark) -> None:
        self.may_go_on.wait()
        self._note("append", batch.events.height)

    def describe(self, mark: SourceMark) -> None:
        self._note("describe", mark.info.ordinal)

    def miss(self, gaps: Sequence[Gap]) -> None:
        self._note("miss", len(gaps))

    def settle(self) -> None:
        self._note("settle", 0)

    def close(self) -> None:
        self.calls.append(("close", 0))

    def _note(self, what: str, number: int) -> None:
        if len(self.calls) == self.fails_at:
            raise StoreError("the disk is gone")
        self.calls.append((what, number))


def mark(ordinal: int = 0) -> SourceMark:
    return SourceMark(SourceInfo(ordinal, "a.log", ""), None)


def batch(rows: int) -> Batch:
    return Batch(schema.empty().clear(rows), schema.empty_aside(), rows, 0)


def tell(keep: KeepBeside, call: tuple[str, int]) -> None:
    what, number = call
    match what:
        case "append":
            keep.append(batch(number), mark())
        case "describe":
            keep.describe(mark(number))
        case "miss":
            keep.miss([Gap(0, None, None, "lost")] * number)
        case _:
            keep.settle()


def settle_for_long(keep: KeepBeside) -> None:
    for _ in range(10**7):
        keep.settle()


CALLS = st.lists(
    st.tuples(st.sampled_from(["append", "describe", "miss", "settle"]), st.integers(0, 3)),
    max_size=20,
)


@given(CALLS)
def test_all_that_is_told_arrives_in_its_order_and_settling_follows_it(
    calls: list[tuple[str, int]],
) -> None:
    inner = Told()
    keep = KeepBeside(inner)
    for call in calls:
        tell(keep, call)
    keep.close()
    assert [it for it in inner.calls if it[0] not in {"settle", "close"}] == [
        it for it in calls if it[0] != "settle"
    ]
    assert inner.calls[-1] == ("close", 0)
    if any(what == "settle" for what, _ in calls):
        asked = max(at for at, (what, _) in enumerate(calls) if what == "settle")
        told = sum(what != "settle" for what, _ in calls[:asked])
        settled = max(at for at, (what, _) in enumerate(inner.calls) if what == "settle")
        assert sum(what != "settle" for what, _ in inner.calls[:settled]) >= told


def test_a_failure_reaches_whoever_settles_and_nothing_after_it_is_kept() -> None:
    inner = Told(fails_at=1)
    keep = KeepBeside(inner)
    keep.append(batch(1), mark())
    keep.append(batch(2), mark())
    keep.append(batch(3), mark())
    with pytest.raises(StoreError, match="the disk is gone"):
        settle_for_long(keep)
    inner.fails_at = None
    keep.append(batch(4), mark())
    keep.close()
    assert inner.calls == [("append", 1), ("close", 0)]


def held_up(monkeypatch: pytest.MonkeyPatch) -> tuple[Told, KeepBeside]:
    """A keep that is held up, and one beside it for which any row is a long backlog."""
    monkeypatch.setattr(keep_beside, "BACKLOG", 0)
    inner = Told()
    inner.may_go_on.clear()
    return inner, KeepBeside(inner)


def test_whoever_brings_more_than_the_backlog_waits_for_the_disk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inner, keep = held_up(monkeypatch)
    assert not keep.busy
    keep.append(batch(9), mark())
    assert keep.busy
    brought = Event()

    def bring() -> None:
        keep.append(batch(1), mark())
        brought.set()

    bringer = Thread(target=bring)
    bringer.start()
    assert not brought.wait(0.2)
    inner.may_go_on.set()
    bringer.join(10)
    assert brought.is_set()
    keep.close()
    assert inner.calls == [("append", 9), ("append", 1), ("close", 0)]


def test_while_there_is_more_than_the_backlog_it_is_said_why_reading_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inner, keep = held_up(monkeypatch)
    assert keep.full is None
    keep.append(batch(1), mark())
    assert keep.full is not None
    assert "reading waits" in keep.full
    inner.full = "the disk is full"
    assert keep.full == "the disk is full"
    inner.full = None
    inner.may_go_on.set()
    keep.close()
    assert keep.full is None


def test_what_waits_is_weighed_by_its_bytes_and_not_by_its_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inner, keep = held_up(monkeypatch)
    monkeypatch.setattr(keep_beside, "BACKLOG", 1 << 20)
    keep.append(batch(100), mark())
    assert keep.full is None
    aside = schema.empty_aside().clear(1).with_columns(pl.lit("x" * (1 << 20)).alias("text"))
    keep.append(Batch(schema.empty(), aside, 1, 0), mark())
    assert keep.full is not None
    inner.may_go_on.set()
    keep.close()
