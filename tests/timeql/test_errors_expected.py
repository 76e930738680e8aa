"""What may come next, at every place of every statement of the page."""

from pathlib import Path

import pytest

from traversion_engine.timeql.highlight import highlight
from traversion_engine.timeql.keywords import FUNCTIONS
from traversion_engine.timeql.parse import expected_at

PAGE = (Path(__file__).parent / "golden" / "page.tql").read_text(encoding="utf-8")
TEXTS = [block.strip("\n") for block in PAGE.split("\n\n")]


@pytest.mark.parametrize("text", TEXTS)
def test_every_keyword_of_the_page_is_expected_where_it_stands(text):
    # Behind a number `MIN` is minutes until CONFIDENCE follows.
    text = text.replace("lag_ms > 5 MIN", "lag_ms > 5ms MIN")
    for stretch in highlight(text):
        word = text[stretch.span.start : stretch.span.end]
        if stretch.kind != "keyword" or word.lower() in FUNCTIONS or text.startswith("HELP "):
            continue
        found = {label.upper() for label in expected_at(text, stretch.span.start)}
        assert word.upper() in found


def test_what_is_offered():
    assert expected_at("", 0)[:3] == ("STATE", "STACK", "TIMELINE")
    assert expected_at("STATE ", 6) == (
        *("AT", "WHERE", "FOR", "CHANGED", "OVER"),
        "the end",
    )
    assert "a time" in expected_at("STATE AT ", 9)
    assert "now" in expected_at("STATE AT ", 9)
    assert {"a field", "a value"} <= set(expected_at("TIMELINE WHERE ", 15))
    assert {"AND", "LIMIT", "=", "the end"} <= set(expected_at("TIMELINE WHERE a ", 17))
    assert {"backward", "forward", "both"} == set(expected_at("TRAVERSE FROM #1 FOLLOWING ", 27))


def test_a_used_clause_is_not_offered_again():
    text = "TIMELINE WHERE a = 1 SINCE '15:40' "
    found = expected_at(text, len(text))
    assert "LIMIT" in found
    assert not {"WHERE", "SINCE", "FROM", "LAST"} & set(found)
    half = "TIMELINE FROM '15:40' "
    assert "TO" in expected_at(half, len(half))


def test_what_stands_behind_the_offset_does_not_matter():
    assert expected_at("STATE AT ", 9) == expected_at("STATE AT '15:40' nonsense (", 9)


def test_nothing_is_offered_behind_an_error_or_in_an_open_quote():
    assert expected_at("STATE WERE ", 11) == ()
    assert expected_at("STATE AT '15", 12) == ()


def test_a_required_clause_comes_first_and_there_is_no_end_without_it():
    found = expected_at("TRAVERSE DEPTH 3 ", 17)
    assert found[0] == "FROM"
    assert "the end" not in found
