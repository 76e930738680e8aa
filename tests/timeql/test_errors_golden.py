"""The exact words of errors, caret and all; one file holds the statements and what they give."""

from pathlib import Path

import pytest

from traversion_engine.diagnostic import StatementError
from traversion_engine.timeql.parse import parse

GOLDEN = (Path(__file__).parent / "golden" / "errors.txt").read_text(encoding="utf-8")
CASES = [block.strip("\n").split("\n=>\n") for block in GOLDEN.split("\n\n")]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_the_error_is_the_golden_one(text, expected):
    with pytest.raises(StatementError) as caught:
        parse(text)
    assert str(caught.value) == expected


@pytest.mark.parametrize("text", [text for text, _ in CASES])
def test_at_most_six_things_are_expected_and_the_caret_is_in_the_text(text):
    with pytest.raises(StatementError) as caught:
        parse(text)
    diagnostic = caught.value.diagnostic
    assert len(diagnostic.expected) <= 6
    assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)
    assert diagnostic.message or diagnostic.expected


def test_the_page_has_this_error_character_for_character():
    with pytest.raises(StatementError) as caught:
        parse("STATE AT '2024-01-15 15:47:23' WERE service = 'api'")
    assert caught.value.diagnostic.render() == (
        "STATE AT '2024-01-15 15:47:23' WERE service = 'api'\n"
        "                               ^^^^ expected WHERE, FOR, CHANGED, OVER or the end. "
        "Did you mean WHERE?"
    )
