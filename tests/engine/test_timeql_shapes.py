"""A statement like one that was read before means what it would have meant read alone."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_engine.diagnostic import StatementError
from traversion_engine.timeql.parse import parse

ALONE = " " * 1100
"""Behind a statement: so long a text is always read by itself."""

INSIDE = st.text(alphabet="a.'\"-:(09 \n\\%;", max_size=12)
QUOTED = INSIDE.map(lambda text: "'" + text.replace("'", "''") + "'")
TIME = st.sampled_from(["'2024-01-15 15:47:23'", "'2023-12-31 00:00:00'", "'15:47'", "'now'"])
NAME = st.sampled_from(['"it\'s"', '"a -- b"', "service", "http.status", '""""'])
COMMENT = st.sampled_from(["", " -- it's\n", ' -- "\n', "\n--\n"])
SHAPES = st.sampled_from(
    [
        "STATE AT {t}{c} WHERE {n} = {q}",
        "TIMELINE {c}FROM {t} TO {t} WHERE {n} IN ({q}, {q}) OR {n} LIKE {q}",
        "SELECT count(), {n} {c}WHERE {n} = {q} AND NOT ({n} = {q}) GROUP BY {n}",
        "TRAVERSE FROM {q} FOLLOWING backward UNTIL {n} = {q}{c}",
        "TRAVERSE FROM (WHERE {n} = {q}) FOLLOWING backward",
        "EXPLAIN TIMELINE WHERE {n} = {q} BETWEEN {t} AND {t}",
        "MARK {q} AT {t}",
        "WHAT IF {q}.{n} = 3",
        "TIMELINE WHERE {n} = {q} WHERE {n} = {q}",
        "STATE AT @{q} + 5m{c}",
        "TIMELINE WHERE time > @{q} AND {n} = {q}",
        "PATH FROM {q}{c}",
        "GOTO {q}{q}",
        "TIMELINE WERE {n} = {q}",
        "STATE AT {t} WHERE {n} = {q",
    ]
)


@st.composite
def statements(draw: st.DrawFn) -> str:
    text = draw(SHAPES)
    for mark, drawn in {"{t}": TIME, "{q}": QUOTED, "{n}": NAME, "{c}": COMMENT}.items():
        while mark in text:
            text = text.replace(mark, draw(drawn), 1)
    return text


def meaning(text: str) -> object:
    try:
        return parse(text)
    except StatementError as error:
        found = error.diagnostic
        return (found.message, found.expected, found.hint)


@settings(deadline=None)
@given(statements())
def test_what_was_read_before_changes_nothing(text: str) -> None:
    assert meaning(text) == meaning(text + ALONE)


def test_texts_in_quotes_are_their_own() -> None:
    first = parse("TIMELINE WHERE service = 'orders' AND message = 'it''s'")
    second = parse("TIMELINE WHERE service = 'basket' AND message = '\"-(aa'")
    assert first != second
    assert second == parse("TIMELINE WHERE service = 'basket' AND message = '\"-(aa'" + ALONE)
