"""Whatever is typed: a statement or a StatementError, never anything else."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data.safe import printable
from traversion_engine.diagnostic import StatementError
from traversion_engine.timeql.format import format_statement
from traversion_engine.timeql.highlight import highlight
from traversion_engine.timeql.keywords import CLAUSE_WORDS, FUNCTIONS, HEADS, OTHER_WORDS
from traversion_engine.timeql.parse import expected_at, parse

PAGE = (Path(__file__).parent / "golden" / "page.tql").read_text(encoding="utf-8")
TEXTS = [block.strip("\n") for block in PAGE.split("\n\n")]
TOKENS = st.sampled_from(
    [
        *HEADS,
        *CLAUSE_WORDS,
        *OTHER_WORDS,
        *FUNCTIONS,
        *("AND", "OR", "NOT", "(", ")", ",", "=", "<=", "~", "!~", "+", "-", "->", "*", "/", "%"),
        *("a", "service", '"x y"', "'t'", "'15:40'", "15:40", "2024-01-15", "80", "5m", "1h30m"),
        *("#12", "#1:2", "@here", "evt-1", "now", "selected", ".", "'db'.duration", "--x\n", ";"),
    ]
)
SOUP = st.lists(TOKENS, max_size=14).map(" ".join)
BROKEN = st.tuples(st.sampled_from(TEXTS), st.integers(0, 200), st.integers(0, 8), SOUP).map(
    lambda parts: parts[0][: parts[1]] + parts[3] + parts[0][parts[1] + parts[2] :]
)
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=60)


def understood(text):
    try:
        node = parse(text)
    except StatementError as error:
        is_well_drawn(text, error.diagnostic)
    else:
        assert parse(format_statement(node)) == node


def is_well_drawn(text, diagnostic):
    assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)
    assert len(diagnostic.expected) <= 6
    assert all(printable(line) == line for line in diagnostic.render().split("\n"))


@settings(max_examples=150, deadline=None)
@given(st.one_of(SOUP, SOUP.map("TIMELINE WHERE ".__add__), SOUP.map("SELECT ".__add__)))
def test_token_soup(text):
    understood(text)


@settings(max_examples=150, deadline=None)
@given(BROKEN)
def test_broken_statements(text):
    understood(text)


@settings(max_examples=200, deadline=None)
@given(st.one_of(ANYTHING, ANYTHING.map("TIMELINE WHERE a = ".__add__)))
def test_any_text(text):
    understood(text)


@settings(max_examples=200, deadline=None)
@given(st.one_of(ANYTHING, SOUP, BROKEN))
def test_colours_cover_any_text_in_order(text):
    end = 0
    for stretch in highlight(text):
        assert end <= stretch.span.start < stretch.span.end <= len(text)
        end = stretch.span.end


@settings(max_examples=150, deadline=None)
@given(st.one_of(ANYTHING, SOUP, BROKEN), st.integers(0, 80))
def test_completion_never_fails(text, offset):
    found = expected_at(text, min(offset, len(text)))
    assert len(set(found)) == len(found)
