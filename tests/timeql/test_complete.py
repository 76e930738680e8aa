"""Help while typing: what is offered can be typed on, and is what the recording has."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data.model import MINUTE
from traversion_data.store.view import StoreView
from traversion_engine import open_recording
from traversion_engine.context import Bookmark, Context
from traversion_engine.diagnostic import StatementError
from traversion_engine.timeql.complete import Completion, Sort, complete
from traversion_engine.timeql.estimate import estimate
from traversion_engine.timeql.parse import expected_at, parse
from traversion_engine.timeql.registry import STATEMENTS

EXAMPLES = [" ".join(example.split()) for info in STATEMENTS.values() for example in info.examples]


@pytest.fixture(scope="module")
def view() -> StoreView:
    return open_recording("scenario:checkout-cascade").view


@pytest.fixture(scope="module")
def texts(view: StoreView) -> Callable[[str], list[str]]:
    def found(text: str) -> list[str]:
        return [candidate.text for candidate in complete(text, len(text), view).candidates]

    return found


CASES = [
    ("", "STATE"),
    ("ti", "TIMELINE"),
    ("STATE AT '15:47' WH", "WHERE"),
    ("STATE AT ", "FIRST ERROR"),
    ("STATE WHERE ", "instance"),
    ("STATE AT playhead FOR cp", "cpu_pct"),
    ("TIMELINE WHERE htt", "http.status_code"),
    ("TIMELINE WHERE httpstat", "http.status_code"),
    ('TIMELINE WHERE "htt', '"http.status_code"'),
    ("TIMELINE WHERE service ", "="),
    ("TIMELINE WHERE service = ", "'orders'"),
    ("TIMELINE WHERE service = 'or", "'orders'"),
    ("TIMELINE WHERE service IN ('db', 'or", "'orders'"),
    ("TIMELINE WHERE service NOT IN (", "'orders'"),
    ("TIMELINE WHERE severity >= e", "error"),
    ("TIMELINE WHERE service = 'db' ", "AND"),
    ("TIMELINE WHERE duration > 250", "ms"),
    ("TIMELINE IN LAST ", "5m"),
    ("TIMELINE IN LAST 5 min", "minutes"),
    ("SELECT p9", "p99("),
    ("SELECT count() GROUP BY temp", "template(message)"),
    ("SELECT count() AS n ORDER BY n ", "DESC"),
    ("TRAVERSE FROM sel", "selected"),
    ("TRAVERSE FROM FIRST ERROR FOLLOWING for", "forward"),
    ("TRAVERSE FROM selected VIA ", "direct"),
    ("HISTORY OF 'or", "'orders'."),
    ("SHOW SO", "SOURCES"),
    ("HELP COM", "COMPARE"),
    ("EXPLAIN sta", "STATE"),
    ("CALLS ", "OVER"),
]


@pytest.mark.parametrize(("text", "wanted"), CASES)
def test_what_a_person_wants_next_is_offered(
    texts: Callable[[str], list[str]], text: str, wanted: str
) -> None:
    assert wanted in texts(text)[:12]


@pytest.mark.parametrize(
    "text",
    ["TIMELINE WERE service = ", "TIMELINE -- what", "STATE AT 'x' 'y' ", "@", "TIMELINE 3 "],
)
def test_nothing_is_offered_where_nothing_can_follow(
    texts: Callable[[str], list[str]], text: str
) -> None:
    assert not texts(text)


def test_values_come_by_how_often_they_are_there(view: StoreView) -> None:
    text = "TIMELINE WHERE service = "
    offered = [c for c in complete(text, len(text), view).candidates if c.sort is Sort.VALUE]
    counts = view.events["service"].value_counts(sort=True)["count"].to_list()
    assert len(offered) == len(counts)
    by_name = dict(view.events["service"].value_counts().iter_rows())
    assert [by_name[c.text.strip("'")] for c in offered] == counts


def test_columns_of_the_answer_come_before_fields_in_the_where_of_state(
    texts: Callable[[str], list[str]],
) -> None:
    found = texts("STATE WHERE ")
    assert found.index("stale") < found.index("operation")


def test_aggregates_are_offered_where_they_may_stand_only(
    texts: Callable[[str], list[str]],
) -> None:
    assert "count(" in texts("SELECT ")
    assert "count(" not in texts("SELECT count() WHERE ")


def test_moments_at_hand_are_offered(view: StoreView) -> None:
    at = view.bounds.start + MINUTE
    marks = {"deploy": Bookmark(at), "it's": Bookmark(at, "the first one")}
    context = Context(playhead=at, bookmarks=marks)
    found = complete("STATE AT ", 9, view, context).candidates
    assert [c.text for c in found[:2]] == ["@deploy", "@'it''s'"]
    assert found[1].detail == "the first one"
    assert "'2024-01-15 15:45:00.000'" in [c.text for c in found]


def test_a_candidate_takes_the_place_of_the_word_at_the_caret(view: StoreView) -> None:
    text = "TIMELINE WHERE serv = 'db' LIMIT 5"
    found = complete(text, 19, view)
    chosen = next(c for c in found.candidates if c.text == "service")
    assert found.taken(text, chosen) == ("TIMELINE WHERE service = 'db' LIMIT 5", 22)


def part_of(found: Completion) -> str:
    return found.signature[found.part.start : found.part.end]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("STATE ", ""),
        ("STATE AT ", "[AT t]"),
        ("STATE AT '15:47' WHERE service", "[WHERE p]"),
        ("SELECT count() GROUP BY service ORDER BY ", "[ORDER BY …]"),
        ("SELECT count() ORDER BY count() GROUP BY ", "[GROUP BY f, …]"),
        ("TRAVERSE FROM selected MIN CONFIDENCE ", "[MIN CONFIDENCE x]"),
    ],
)
def test_the_signature_shows_the_clause_at_the_caret(view: StoreView, text: str, part: str) -> None:
    found = complete(text, len(text), view)
    assert found.signature == STATEMENTS[text.split(maxsplit=1)[0]].signature
    assert part_of(found) == part


@settings(deadline=None)
@given(st.sampled_from(EXAMPLES), st.data())
def test_what_is_offered_can_be_typed_on(view: StoreView, text: str, data: st.DataObject) -> None:
    caret = data.draw(st.integers(0, len(text)))
    found = complete(text, caret, view)
    assert found.place.end == caret
    for candidate in found.candidates[:8]:
        typed, end = found.taken(text[:caret], candidate)
        if candidate.sort in {Sort.UNIT, Sort.FUNCTION} or typed.endswith("'."):
            continue
        # a text after which nothing may stand is a whole statement
        assert expected_at(typed + " ", end + 1) or parses(typed), typed


def parses(text: str) -> bool:
    try:
        parse(text)
    except StatementError:
        return False
    return True


@settings(deadline=None)
@given(st.text(alphabet="STATE WHER'\"@#-()=.5m\n\x1b", max_size=40))
def test_any_text_is_borne(view: StoreView, text: str) -> None:
    found = complete(text, len(text), view)
    assert 0 <= found.place.start <= found.place.end == len(text)


def test_an_estimate_is_what_explain_says(view: StoreView) -> None:
    first, last = view.bounds.start, view.bounds.end
    assert estimate("TIMELINE", view) == view.height
    assert estimate(f"TIMELINE FROM '{first}' TO '{first + MINUTE}'", view) == view.position(
        first + MINUTE
    )
    assert estimate(f"STATE AT '{last}'", view) == view.height
    assert estimate("TIMELINE WERE x", view) is None
    assert estimate("HELP", view) is None
