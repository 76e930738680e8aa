"""SQL habits, precedence, numbers and words that are not reserved."""

import pytest

from traversion_engine.diagnostic import StatementError
from traversion_engine.timeql.ast import (
    Ago,
    And,
    Arithmetic,
    BareField,
    Between,
    Boolean,
    Call,
    Comparison,
    Contains,
    Duration,
    EventTime,
    Field,
    In,
    IsNull,
    Last,
    Like,
    Not,
    Null,
    Number,
    Or,
    Percent,
    Regex,
    SeqRef,
    String,
    TimeLiteral,
)
from traversion_engine.timeql.parse import parse

A, B, C = Field("a"), Field("b"), Field("c")


def number(value):
    return Number(value, None, str(value))


def where(text):
    return parse(f"TIMELINE WHERE {text}").where


def value(text):
    return parse(f"SELECT {text}").items[0].expr


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1", Comparison("=", A, number(1))),
        ("a == 1", Comparison("=", A, number(1))),
        ("a <> b", Comparison("!=", A, B)),
        ("a!=b", Comparison("!=", A, B)),
        ("a IN (1, 'x', b)", In(A, (number(1), String("x"), B))),
        ("a NOT IN (1)", In(A, (number(1),), negated=True)),
        ("a BETWEEN 1 AND 2", Between(A, number(1), number(2))),
        ("a NOT BETWEEN 1 AND 2", Between(A, number(1), number(2), negated=True)),
        ("a LIKE '%x_'", Like(A, String("%x_"))),
        ("a NOT LIKE 'x'", Like(A, String("x"), negated=True)),
        ("a ~ '(?i)x'", Regex(A, String("(?i)x"))),
        ("a !~ 'x'", Regex(A, String("x"), negated=True)),
        ("a CONTAINS 'it''s'", Contains(A, String("it's"))),
        ("a NOT CONTAINS 'x'", Contains(A, String("x"), negated=True)),
        ("a IS NULL", IsNull(A)),
        ("a IS NOT NULL", IsNull(A, negated=True)),
        ("a = NULL", Comparison("=", A, Null())),
        ("a = TRUE", Comparison("=", A, Boolean(value=True))),
        ("a", BareField(A)),
        ("NOT a", Not(BareField(A))),
        ('"odd ""name"""', BareField(Field('odd "name"', quoted=True))),
        ('service = "db"', Comparison("=", Field("service"), Field("db", quoted=True))),
        ("service = db", Comparison("=", Field("service"), Field("db"))),
    ],
)
def test_comparisons(text, expected):
    assert where(text) == expected


def test_and_binds_tighter_than_or_and_not_tighter_than_both():
    assert where("a OR b AND NOT c") == Or((BareField(A), And((BareField(B), Not(BareField(C))))))
    assert where("(a OR b) AND c") == And((Or((BareField(A), BareField(B))), BareField(C)))
    assert where("NOT a = b AND c") == And((Not(Comparison("=", A, B)), BareField(C)))
    assert where("NOT (a OR b)") == Not(Or((BareField(A), BareField(B))))


def test_and_and_or_are_flat():
    assert where("a AND (b AND c)") == where("(a AND b) AND c") == where("a AND b AND c")
    assert len(where(" OR ".join("abcdefgh")).parts) == 8


def test_between_takes_its_own_and():
    assert where("a BETWEEN 1 AND 2 AND b = 3") == And(
        (Between(A, number(1), number(2)), Comparison("=", B, number(3)))
    )
    assert where("a BETWEEN 1 AND 2 OR b BETWEEN 3 AND 4 AND c") == Or(
        (
            Between(A, number(1), number(2)),
            And((Between(B, number(3), number(4)), BareField(C))),
        )
    )


def test_an_operator_takes_what_it_can_before_a_clause_does():
    assert where("error BETWEEN '15:40' AND '15:50'") == Between(
        Field("error"), String("15:40"), String("15:50")
    )
    node = parse("TIMELINE WHERE error IN LAST 5m")
    assert node.where == BareField(Field("error"))
    assert isinstance(node.scope, Last)
    assert parse("TIMELINE WHERE a = 1 BETWEEN '15:40' AND '15:50'").scope is not None


def test_arithmetic_is_left_associative_and_minus_needs_blanks():
    two = Arithmetic("-", Arithmetic("-", A, B), C)
    assert value("a - b - c") == two
    assert value("a - (b - c)") == Arithmetic("-", A, Arithmetic("-", B, C))
    assert value("a + b * c") == Arithmetic("+", A, Arithmetic("*", B, C))
    assert value("(a + b) / c") == Arithmetic("/", Arithmetic("+", A, B), C)
    assert value("x-request-id") == Field("x-request-id")
    assert where("pool_size-pool_in_use") == BareField(Field("pool_size-pool_in_use"))
    assert value("a - -5") == Arithmetic("-", A, number(-5))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("80", Number(80, None, "80")),
        ("1e6", Number(1e6, None, "1e6")),
        ("250ms", Number(250, "ms", "250ms")),
        ("1.5 s", Number(1.5, "s", "1.5 s")),
        ("5 minutes", Number(5, "min", "5 minutes")),
        ("5m", Number(5, "min", "5m")),
        ("5M", Number(5, "M", "5M")),
        ("10MB", Number(10, "MB", "10MB")),
        ("10mb", Number(10, "MB", "10mb")),
        ("64KiB", Number(64, "KiB", "64KiB")),
        ("80%", Percent(80, "80%")),
        ("80 %", Percent(80, "80%")),
        ("1h30m", Duration(5400 * 10**9, "1h30m")),
        ("2024-01-15 15:40", TimeLiteral("2024-01-15 15:40")),
        ("15:40", TimeLiteral("15:40")),
        ("10 minutes ago", Ago(Duration(600 * 10**9, "10 minutes"))),
        ("#7", EventTime(SeqRef(0, 7))),
        ("-5", Number(-5, None, "-5")),
    ],
)
def test_literals(text, expected):
    assert where(f"a > {text}") == Comparison(">", A, expected)
    assert where(f"a > {text} AND b") == And((Comparison(">", A, expected), BareField(B)))


def test_no_word_is_reserved_everywhere():
    assert where("from = 'a' AND to = 'b'") == And(
        (Comparison("=", Field("from"), String("a")), Comparison("=", Field("to"), String("b")))
    )
    assert where("limit IN (1) OR where IS NULL OR since NOT LIKE 'x'")
    assert where('"to" AND "and"')
    node = parse("SELECT order, min(depth_m), last, first, group GROUP BY order ORDER BY order")
    assert node.group_by == (Field("order"),)
    assert parse("TIMELINE WHERE error FROM '15:40' TO '15:50'").scope is not None


@pytest.mark.parametrize("word", ["AND", "OR", "NOT"])
def test_and_or_not_always_need_quotes(word):
    with pytest.raises(StatementError):
        where(f"{word} = 'a'")


def test_calls_take_predicates_and_star():
    assert value("ratio(severity >= error)") == Call(
        "ratio", (Comparison(">=", Field("severity"), Field("error")),)
    )
    assert value("count(*)") == Call("count", star=True)
    assert value("COUNT( )") == Call("count")
    assert value("sum(a) / count()") == Arithmetic("/", Call("sum", (A,)), Call("count"))


def test_comments_and_doubled_quotes():
    assert where("a = '--' -- it's a comment\n AND b = 'x'';'") == And(
        (Comparison("=", A, String("--")), Comparison("=", B, String("x';")))
    )


def test_a_pattern_is_never_compiled_by_python():
    assert where("a ~ '(((((' OR a ~ '(?P<n>'")


def test_the_first_word_of_a_clause_of_two_words_names_a_field():
    node = parse("COMPARE now FOR group, order BY a")
    assert node.measures == (Field("group"), Field("order"))
    assert node.by == A
    assert parse("TIMELINE WHERE changed SINCE '15:40'").where == BareField(Field("changed"))
