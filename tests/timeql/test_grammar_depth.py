"""Depth and size are bounded, and what is allowed fits any thread's stack."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from traversion_engine.diagnostic import StatementError
from traversion_engine.timeql.format import format_statement
from traversion_engine.timeql.parse import expected_at, parse

SHAPES = {
    "brackets": lambda n: "TIMELINE WHERE " + "(" * n + "a = 1" + ")" * n,
    "brackets that connect": lambda n: "TIMELINE WHERE " + "a OR (b AND " * n + "c" + ")" * n,
    "calls": lambda n: "SELECT " + "f(" * n + "a" + ")" * n,
    "calls with a second argument": lambda n: "SELECT " + "f(a, " * n + "a" + ")" * n,
    "not": lambda n: "TIMELINE WHERE " + "NOT " * n + "a",
    "not and brackets": lambda n: (
        "TIMELINE WHERE " + "NOT (" * (n // 2) + "NOT " * (n % 2) + "a" + ")" * (n // 2)
    ),
    "explain": lambda n: "EXPLAIN " * n + "TIMELINE",
    "an event's predicate": lambda n: "TRAVERSE FROM (WHERE " + "(" * (n - 1) + "a" + ")" * n,
}


def in_worker(task):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(task).result()


@pytest.mark.parametrize("shape", SHAPES)
def test_64_levels_are_read_and_written_in_a_worker(shape):
    text = SHAPES[shape](64)
    node = in_worker(lambda: parse(text))
    assert in_worker(lambda: parse(format_statement(node))) == node
    assert in_worker(lambda: expected_at(text, len(text)))


@pytest.mark.parametrize("shape", SHAPES)
def test_65_levels_are_an_error_at_the_65th(shape):
    text = SHAPES[shape](65)
    with pytest.raises(StatementError, match="deeper than 64 levels") as caught:
        parse(text)
    assert 0 < caught.value.diagnostic.span.start < len(text)


def test_levels_side_by_side_do_not_add_up():
    parse("TIMELINE WHERE " + " AND ".join(["(a = 1)"] * 200))
    parse("TIMELINE WHERE " + " AND ".join(["NOT a"] * 200))


def test_a_bracket_in_a_text_or_a_comment_is_no_level():
    parse("TIMELINE WHERE a = '" + "(" * 100 + "' -- " + "NOT (" * 100)


def test_a_long_chain_of_operations_is_refused_and_a_long_conjunction_is_not():
    with pytest.raises(StatementError, match="operations high"):
        parse("SELECT " + " + ".join(["a"] * 500))
    parse("TIMELINE WHERE " + " OR ".join(["a = 1"] * 1000))


def test_a_statement_of_64_kib_is_read_and_a_longer_one_is_refused():
    start = "TIMELINE WHERE a IN ('"
    parse(start + "x" * (65536 - len(start) - 2) + "')")
    with pytest.raises(StatementError, match="at most 64 KiB"):
        parse(start + "x" * 65536 + "')")
    with pytest.raises(StatementError, match="at most 64 KiB"):
        parse(start + "é" * 40000 + "')")


def test_nul_is_refused_at_its_place():
    with pytest.raises(StatementError, match="NUL") as caught:
        parse("TIMELINE WHERE a = '\0'")
    assert caught.value.diagnostic.span.start == 20
