"""TRAVERSE where ids are wrong: rings, repeats, parents that are not recorded."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from traversion_data import schema
from traversion_data.store.view import StoreView
from traversion_engine.causality.graph import Limits, Traversal, traverse
from traversion_engine.causality.path import causal_path

MS = 1_000_000


def span(
    seq: int, sid: str, parent: str | None, at: int, until: int, **more: Any
) -> dict[str, Any]:
    return {
        "seq": seq, "time": at * MS, "end_time": until * MS, "duration_ns": (until - at) * MS,
        "type": "span", "trace_id": "t", "span_id": sid, "parent_span_id": parent, "service": sid,
        "message": f"{sid} op", "error_occurred": False,
    } | more  # fmt: skip


def view_of(*rows: dict[str, Any]) -> StoreView:
    frame = schema.conform(pl.DataFrame(list(rows), infer_schema_length=None))
    return StoreView(frame.sort("time", "seq"))


def told(found: Traversal) -> list[tuple[Any, ...]]:
    return list(found.frame.select("depth", "seq", "parent_seq", "message").iter_rows())


RING = [
    span(1, "a", "c", 0, 9), span(2, "b", "a", 1, 8), span(3, "c", "b", 2, 7),
]  # fmt: skip
TAIL = [span(4, "d", "c", 3, 6), span(5, "e", "d", 4, 5)]
NAME = "cycle (3): #1, #2, #3"


@pytest.mark.parametrize("start", [1, 2, 3])
def test_a_cycle_is_one_node_from_whichever_of_its_events_the_walk_starts(start: int) -> None:
    found = traverse(view_of(*RING, *TAIL), start, "forward")
    assert told(found) == [(0, 1, None, NAME), (1, 4, 1, "d op"), (2, 5, 4, "e op")]
    assert found.frame["evidence"][0].startswith(NAME)
    assert found.notes[0] == (
        f"{NAME}; shown as one; EDGES and PATH cut it where it goes furthest back in time:"
        " #3 is no parent of #1."
    )


def test_a_cycle_is_one_cause_and_its_members_stand_in_the_evidence() -> None:
    found = traverse(view_of(*RING, *TAIL), 5)
    assert told(found) == [(0, 5, None, "e op"), (1, 4, 5, "d op"), (2, 1, 4, NAME)]
    assert found.frame["evidence"][2].startswith(f"#4 names span c as its parent; {NAME}; ")


def test_a_cycle_of_many_names_the_first_of_them() -> None:
    count = 12
    rows = [span(n, f"s{n}", f"s{(n - 1) % count}", n, 40) for n in range(count)]
    found = traverse(view_of(*rows), 7, "forward")
    assert told(found) == [(0, 0, None, "cycle (12): #0, #1, #2, #3, #4, #5, #6, #7 and 4 more")]


def test_what_is_asked_of_events_is_asked_of_all_on_a_cycle() -> None:
    view = view_of(*RING, *TAIL)
    second = (view.events["seq"] == 2).to_numpy()
    assert [row[1] for row in told(traverse(view, 5, where=second))] == [1]
    assert traverse(view, 5, until=second).matches == 1


def test_a_veto_names_a_cycle_by_its_row_or_by_the_event_that_was_named() -> None:
    view = view_of(*RING, *TAIL)
    for pair in ((1, 4), (3, 4)):
        found = traverse(view, 5, limits=Limits(vetoed=(pair,)))
        assert [row[1] for row in told(found)] == [5, 4]


def test_a_path_goes_through_a_cycle_by_the_edges_that_were_kept() -> None:
    found = causal_path(view_of(*RING, *TAIL), 1, 5)
    assert found.frame["seq"].to_list() == [1, 2, 3, 4, 5]
    assert found.frame["message"].to_list()[0] == "a op"


def test_a_span_that_is_repeated_alike_is_one_row_that_says_how_often() -> None:
    rows = [span(1, "a", None, 0, 9), *(span(seq, "b", "a", 1, 5) for seq in (2, 3, 4))]
    found = traverse(view_of(*rows), 1)
    assert told(found) == [(0, 1, None, "a op"), (1, 2, 1, "×3 b op")]
    assert found.frame["evidence"][1].endswith("; ×3: repeated alike by #3, #4")
    assert told(traverse(view_of(*rows), 4))[0] == (0, 2, None, "×3 b op")


def test_a_parent_that_is_missing_is_a_row_over_those_that_name_it() -> None:
    view = view_of(span(1, "b", "gone", 0, 5), span(2, "c", "gone", 6, 9), span(3, "d", "c", 7, 8))
    found = traverse(view, 3)
    assert told(found) == [
        (0, 3, None, "d op"), (1, 2, 3, "c op"), (2, None, 2, "not seen: gone"),
        (3, 1, None, "b op"),
    ]  # fmt: skip
    row = found.frame.row(2, named=True)
    assert (row["role"], row["lag_ms"], row["service"]) == ("call", None, None)
    assert row["evidence"] == "#2 names span gone as its parent; it is not recorded"
    forward = traverse(view, 1, "forward")
    assert told(forward) == [
        (0, 1, None, "b op"), (1, None, 1, "not seen: gone"), (2, 2, None, "c op"),
        (3, 3, 2, "d op"),
    ]  # fmt: skip
    assert forward.frame["role"].to_list() == [None, "return", "call", "call"]


def test_a_log_whose_span_is_missing_has_it_as_its_writer() -> None:
    log = span(2, "x", None, 3, 3, type="log", duration_ns=None)
    found = traverse(view_of(span(1, "a", None, 0, 9), log), 2)
    assert told(found)[1:] == [(1, None, 2, "not seen: x")]
    assert found.frame["role"][1] == "emit"


def test_a_parent_that_comes_later_takes_the_place_of_its_row() -> None:
    children = [span(1, "b", "a", 1, 5), span(2, "c", "a", 6, 8)]
    before = traverse(view_of(*children), 2)
    after = traverse(view_of(*children, span(9, "a", None, 0, 10)), 2)
    assert told(before)[1:] == [(1, None, 2, "not seen: a"), (2, 1, None, "b op")]
    assert told(after)[1:] == [(1, 9, 2, "a op"), (2, 1, 9, "b op")]
    assert not any("not seen" in note for note in after.notes)


def test_hostile_ids_of_missing_parents_are_capped() -> None:
    found = traverse(view_of(span(1, "b", "x" * 10_000, 0, 5)), 1)
    assert len(found.frame["message"][1]) < 80
    assert np.char.str_len(found.frame["evidence"].fill_null("").to_numpy().astype(str)).max() < 400
