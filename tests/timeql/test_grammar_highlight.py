"""Colours of the prompt."""

import pytest

from traversion_engine.timeql.highlight import highlight


def coloured(text, kind):
    return [text[h.span.start : h.span.end] for h in highlight(text) if h.kind == kind]


def test_a_whole_statement():
    text = "SELECT service, p99(duration) IN LAST 5 minutes WHERE a >= 80% AND b = 'x''y' -- WHERE"
    assert coloured(text, "keyword") == ["SELECT", "p99", "IN", "LAST", "WHERE", "AND"]
    assert coloured(text, "field") == ["service", "duration", "a", "b"]
    assert coloured(text, "literal") == ["5 minutes", "80%", "'x''y'"]
    assert coloured(text, "operator") == [",", "(", ")", ">=", "="]


def test_a_clause_word_before_a_comparison_is_a_field():
    assert coloured("WHERE from = 'a' AND \"to\" FROM now", "field") == ["from", '"to"']
    assert coloured("GROUP BY group ORDER BY order", "field") == ["group", "order"]


@pytest.mark.parametrize(
    "text", ["2024-01-15 15:47:23", "15:47", "#2:1234", "@here", "1h", "250 ms", "true", "'open"]
)
def test_literals(text):
    assert coloured(text, "literal") == [text]


def test_first_error_is_no_field():
    assert coloured("TRAVERSE FROM FIRST ERROR", "keyword") == [
        "TRAVERSE",
        "FROM",
        "FIRST",
        "ERROR",
    ]
    assert coloured("WHERE error", "field") == ["error"]
