"""How an error is drawn, and what counts as near."""

import pytest
from wcwidth import wcswidth

from traversion_engine.diagnostic import (
    Diagnostic,
    NotAvailableError,
    Span,
    StatementError,
    did_you_mean,
    edit_distance,
    nearest,
)


def drawn(source, word, **parts):
    at = source.index(word)
    return Diagnostic("", source, Span(at, at + len(word)), ("WHERE", "the end"), **parts).render()


def test_the_caret_stands_under_the_word():
    assert drawn("STATE WERE a", "WERE", hint=did_you_mean("WHERE")).splitlines() == [
        "STATE WERE a",
        "      ^^^^ expected WHERE or the end. Did you mean WHERE?",
    ]


@pytest.mark.parametrize("before", ["\x1b[31m", "\t", "界界", "é", "\u202e", "\x9b", "e\u0301"])
def test_the_caret_stands_under_the_word_whatever_is_before_it(before):
    line, under = drawn(f"STATE '{before}' WERE", "WERE").splitlines()
    assert wcswidth(line[: line.index("WERE")]) == under.index("^")
    assert "\x1b" not in line
    assert "\u202e" not in line


def test_of_several_lines_one_is_shown_with_its_number():
    assert drawn("STATE\n  WERE a\nFOR b", "WERE").splitlines() == [
        "line 2, column 3",
        "  WERE a",
        "  ^^^^ expected WHERE or the end.",
    ]


def test_of_a_long_line_the_part_around_the_word_is_shown():
    line, under = drawn("x " * 5000 + "WERE" + " y" * 5000, "WERE").splitlines()
    assert len(line) < 300
    assert line[under.index("^") :].startswith("WERE")


def test_an_empty_place_has_one_caret():
    shown = Diagnostic("Something is missing", "STATE AT", Span(8, 8), ("a time",)).render()
    assert shown == "STATE AT\n        ^ Something is missing. Expected a time."


def test_hostile_words_in_a_message_are_harmless():
    sentence = Diagnostic("No field \x1b]0;x\x07", "a", Span(0, 1)).sentence
    assert sentence.isprintable()


def test_errors_say_themselves():
    error = StatementError(Diagnostic("Wrong", "abc", Span(1, 2)))
    assert str(error) == "abc\n ^ Wrong."
    assert str(NotAvailableError("PREDICT")) == "PREDICT is not available in this version."


def test_edits_are_counted_with_swaps_of_neighbours():
    assert edit_distance("form", "from") == 1
    assert edit_distance("kitten", "sitting") == 3
    assert edit_distance("", "abc") == 3
    assert edit_distance("same", "same") == 0


def test_nearest_allows_one_edit_in_short_words_and_two_in_long_ones():
    assert nearest("FORM", ["FROM", "WHERE"]) == ("FROM",)
    assert nearest("XYOM", ["FROM"]) == ()
    assert nearest("FOLOWNG", ["FOLLOWING"]) == ("FOLLOWING",)
    assert nearest("serivce", ["service", "services", "severity"]) == ("service", "services")
    assert nearest("zzz", ["service"]) == ()
    assert nearest("", ["a"]) == ()
    assert nearest("x" * 100, ["x" * 99]) == ()


def test_near_ties_prefer_the_first_letter_then_the_length():
    assert nearest("api", ["spi", "apis", "ap1"]) == ("ap1", "apis", "spi")
    assert nearest("T", ["AT", "TO"])[0] == "TO"
