"""What the formatter writes is read as the same tree, for any tree the language can say."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_engine.timeql import ast, keywords, literals
from traversion_engine.timeql.format import format_statement
from traversion_engine.timeql.parse import parse
from traversion_engine.timeql.registry import STATEMENTS

PAGE = (Path(__file__).parent / "golden" / "page.tql").read_text(encoding="utf-8")
TEXTS = [block.strip("\n") for block in PAGE.split("\n\n")]
TEXTS += [example for entry in STATEMENTS.values() for example in entry.examples]

TEXT = st.text(st.characters(exclude_characters="\0"), max_size=8)
NAMED = st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=8)
PLAIN = st.sampled_from(["a", "service", "http.status_code", "x-request-id", "é_1", "min", "order"])
KEYWORD = st.sampled_from([word.lower() for word in keywords.CLAUSE_WORDS])
FIELD = st.one_of(
    st.builds(ast.Field, PLAIN), st.builds(ast.Field, st.one_of(NAMED, KEYWORD), st.just(True))
)
DURATION = st.sampled_from(["5 minutes", "30s", "1h30m", "1.5 h", "0ns", "2 w"]).map(
    literals.duration_from_text
)
NUMBER = st.one_of(
    st.integers(-(10**12), 10**12).map(lambda n: ast.Number(n, None, str(n))),
    st.floats(0, 1e9, allow_subnormal=False).map(lambda x: ast.Number(x, None, repr(x))),
    st.sampled_from(["250ms", "10MB", "5 minutes", "64 KiB", "3M", "3m"]).map(
        lambda text: parse(f"SELECT {text}").items[0].expr
    ),
)
LITERAL = st.one_of(
    NUMBER,
    st.integers(0, 1000).map(lambda n: ast.Percent(n, f"{n}%")),
    st.builds(ast.String, TEXT),
    st.builds(ast.Boolean, st.booleans()),
    st.just(ast.Null()),
    st.just(literals.duration_from_text("1h30m")),
    st.sampled_from([ast.TimeLiteral("15:40"), ast.TimeLiteral("2024-01-15 15:40:00.5")]),
    st.builds(ast.Ago, st.just(literals.duration_from_text("10 minutes"))),
    st.builds(ast.Bookmark, NAMED),
    st.builds(ast.EventTime, st.builds(ast.SeqRef, st.integers(0, 9), st.integers(0, 10**9))),
)
VALUE = st.recursive(
    st.one_of(FIELD, LITERAL),
    lambda inner: st.one_of(
        st.builds(ast.Arithmetic, st.sampled_from("+-*/"), inner, inner),
        st.builds(ast.Call, st.sampled_from(["count", "p99"]), st.tuples(inner)),
        st.just(ast.Call("count", star=True)),
    ),
    max_leaves=5,
)
OPERATOR = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
TESTED = st.one_of(
    VALUE,
    st.builds(ast.Field, KEYWORD.filter(lambda w: w.upper() not in {"TRUE", "FALSE", "NULL"})),
)
LEAF = st.one_of(
    st.builds(ast.Comparison, OPERATOR, TESTED, VALUE),
    st.builds(ast.In, TESTED, st.lists(VALUE, min_size=1, max_size=3).map(tuple), st.booleans()),
    st.builds(ast.Between, TESTED, VALUE, VALUE, st.booleans()),
    st.builds(ast.Like, TESTED, st.builds(ast.String, TEXT), st.booleans()),
    st.builds(ast.Regex, TESTED, st.builds(ast.String, TEXT), st.booleans()),
    st.builds(ast.Contains, TESTED, st.builds(ast.String, TEXT), st.booleans()),
    st.builds(ast.IsNull, TESTED, st.booleans()),
    st.builds(ast.BareField, FIELD),
)


def flattened(kind):
    def build(parts):
        flat = []
        for part in parts:
            flat.extend(part.parts if isinstance(part, kind) else [part])
        return kind(tuple(flat))

    return build


PREDICATE = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(flattened(ast.And)),
        st.lists(inner, min_size=2, max_size=3).map(flattened(ast.Or)),
        st.builds(ast.Not, inner),
    ),
    max_leaves=5,
)
EVENT = st.one_of(
    st.builds(ast.SeqRef, st.integers(0, 9), st.integers(0, 10**9)),
    st.builds(ast.IdRef, TEXT, st.just(True)),
    st.sampled_from([ast.IdRef("550e8400-e29b"), ast.IdRef("12345"), ast.EventWord("eventId")]),
    st.sampled_from([ast.Selected(), ast.FirstError(), ast.LastError()]),
    st.builds(ast.FirstMatch, PREDICATE),
)
OFFSET = st.one_of(st.just(0), st.integers(-(10**15), 10**15))
TIME = st.one_of(
    st.builds(
        ast.TimeLiteral,
        st.sampled_from(["2024-01-15", "2024-01-15T15:47:23.5Z", "15:47", "3:46 AM", "1705333643"]),
        offset_ns=OFFSET,
    ),
    st.builds(ast.Now, offset_ns=OFFSET),
    st.builds(ast.Playhead, offset_ns=OFFSET),
    st.builds(ast.Start, offset_ns=OFFSET),
    st.builds(ast.End, offset_ns=OFFSET),
    st.builds(ast.Ago, DURATION, offset_ns=OFFSET),
    st.builds(ast.Bookmark, NAMED, offset_ns=OFFSET),
    st.builds(
        ast.EventTime,
        st.one_of(
            EVENT.filter(lambda event: not isinstance(event, ast.IdRef)),
            st.just(ast.IdRef("evt-9f3", quoted=True)),
        ),
        offset_ns=OFFSET,
    ),
)
SCOPE = st.one_of(
    st.none(),
    st.builds(ast.FromTo, TIME, st.one_of(st.none(), TIME)),
    st.builds(ast.Since, TIME),
    st.builds(ast.To, TIME),
    st.builds(ast.BetweenTimes, TIME, TIME),
    st.builds(ast.Last, DURATION),
    st.builds(ast.Around, TIME, st.one_of(st.none(), DURATION)),
)
COUNT = st.one_of(st.none(), st.integers(0, 10**9))
KINDS = st.lists(st.sampled_from(keywords.EDGE_KINDS), max_size=3, unique=True).map(tuple)
VETOES = st.lists(
    st.one_of(
        st.builds(ast.VetoKind, st.sampled_from(keywords.EDGE_KINDS)),
        st.builds(ast.VetoEdge, EVENT, EVENT),
    ),
    max_size=2,
).map(tuple)
CONFIDENCE = st.one_of(st.none(), st.integers(0, 10**6).map(lambda n: n / 10**6))
FIELDS = st.lists(FIELD, max_size=2).map(tuple)


def maybe(strategy):
    return st.one_of(st.none(), strategy)


ITEM = st.one_of(
    st.just(ast.SelectItem(ast.Star())),
    st.builds(ast.SelectItem, VALUE, st.one_of(st.none(), PLAIN, NAMED)),
)
STEPS = st.tuples(
    st.builds(ast.Step, PREDICATE),
    st.lists(st.builds(ast.Step, PREDICATE, st.booleans()), max_size=2),
).map(lambda steps: (steps[0], *steps[1]))
TARGET = st.builds(ast.Target, TEXT, FIELD)
CHANGE = st.one_of(
    st.builds(
        ast.Change,
        TARGET,
        st.sampled_from("=*+-"),
        st.one_of(NUMBER.filter(lambda n: n.value >= 0), st.just(ast.Baseline())),
    ),
    st.builds(ast.DropCalls, TEXT, TEXT),
)
SIMPLE = st.one_of(
    st.builds(ast.State, maybe(TIME), maybe(PREDICATE), FIELDS, maybe(TIME), maybe(DURATION)),
    st.builds(ast.Timeline, SCOPE, maybe(PREDICATE), COUNT),
    st.builds(
        ast.Select,
        st.lists(ITEM, min_size=1, max_size=3).map(tuple),
        SCOPE,
        maybe(PREDICATE),
        st.lists(VALUE, max_size=2).map(tuple),
        maybe(DURATION),
        maybe(PREDICATE),
        st.lists(st.builds(ast.OrderItem, VALUE, st.booleans()), max_size=2).map(tuple),
        COUNT,
    ),
    st.builds(
        ast.Traverse,
        EVENT,
        maybe(st.sampled_from(keywords.DIRECTIONS)),
        KINDS,
        CONFIDENCE,
        COUNT,
        maybe(PREDICATE),
        maybe(PREDICATE),
        VETOES,
        COUNT,
    ),
    st.builds(ast.Path, EVENT, EVENT, KINDS, CONFIDENCE, VETOES),
    st.builds(ast.RootCause, maybe(EVENT), maybe(TIME), SCOPE, VETOES),
    st.builds(ast.MatchPattern, STEPS, DURATION, SCOPE, maybe(FIELDS)),
    st.builds(ast.Compare, TIME, maybe(TIME), FIELDS, maybe(DURATION), maybe(FIELD)),
    st.builds(ast.WhatIf, st.lists(CHANGE, min_size=1, max_size=2).map(tuple), SCOPE, FIELDS),
    st.builds(ast.Edges, SCOPE, maybe(PREDICATE), st.booleans(), VETOES),
    st.builds(ast.History, TARGET, SCOPE),
    st.builds(ast.Mark, TEXT, maybe(TIME)),
)


@settings(max_examples=80, deadline=None)
@given(SIMPLE)
def test_any_tree_comes_back(node):
    assert parse(format_statement(node)) == node


@settings(max_examples=80, deadline=None)
@given(PREDICATE)
def test_any_predicate_comes_back(node):
    statement = ast.Timeline(where=node)
    assert parse(format_statement(statement)) == statement


@pytest.mark.parametrize("text", TEXTS)
def test_a_written_statement_comes_back_and_is_stable(text):
    node = parse(text)
    written = format_statement(node)
    assert parse(written) == node
    assert format_statement(parse(written)) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("timeline where A=1 and(b)", "TIMELINE WHERE A = 1 AND b"),
        ("TIMELINE WHERE NOT (a OR b) AND (c)", "TIMELINE WHERE NOT (a OR b) AND c"),
        ("SELECT (a+b)*c, a+(b*c)", "SELECT (a + b) * c, a + b * c"),
        ("SELECT a - (b - c)", "SELECT a - (b - c)"),
        ("stack at 'now'-90s", "STACK AT now - 1m30s"),
        ("TIMELINE WHERE from = 'a' AND \"to\"", "TIMELINE WHERE from = 'a' AND \"to\""),
        ("explain show gaps;", "EXPLAIN SHOW GAPS"),
        ("TIMELINE LAST 5m -- recent", "TIMELINE IN LAST 5m"),
    ],
)
def test_how_it_is_written(text, written):
    assert format_statement(parse(text)) == written


@given(st.integers(0, 2**62))
def test_a_duration_is_written_exactly(ns):
    assert literals.duration_from_text(literals.duration_text(ns)).ns == ns
