"""Every statement of the language's page is read, and so is every example of the registry."""

from pathlib import Path

import pytest

from traversion_engine.timeql import ast, columns, keywords
from traversion_engine.timeql.parse import parse
from traversion_engine.timeql.registry import SHOW_COLUMNS, STATEMENTS

PAGE = (Path(__file__).parent / "golden" / "page.tql").read_text(encoding="utf-8")
STATEMENTS_OF_THE_PAGE = [block.strip("\n") for block in PAGE.split("\n\n")]
EXAMPLES = [example for entry in STATEMENTS.values() for example in entry.examples]


@pytest.mark.parametrize("text", STATEMENTS_OF_THE_PAGE)
def test_a_statement_of_the_page_parses(text):
    node = parse(text)
    assert text[node.span.start : node.span.end] == text.rstrip("; \n")


@pytest.mark.parametrize("text", EXAMPLES)
def test_a_registered_example_parses(text):
    parse(text)


def test_keywords_may_be_written_in_any_case_and_over_lines():
    one = parse("timeline from 'now' - 5m where error")
    assert parse("TIMELINE\nFROM\tnow-5m -- five minutes\n WHERE error ;") == one


def test_the_registry_has_every_statement_and_each_has_help():
    assert tuple(STATEMENTS) == keywords.HEADS
    for keyword, entry in STATEMENTS.items():
        assert entry.signature.startswith(keyword)
        assert 1 <= len(entry.examples) <= 3
        assert all(example.startswith(keyword) for example in entry.examples)
        assert parse(f"HELP {keyword}") == ast.Help(keyword)


@pytest.mark.parametrize(
    "name", ["TIMELINE", "STATE", "STACK", "TRAVERSE", "TRACE", "CALLS", "HISTORY", "EDGES"]
)
def test_documented_columns_are_the_columns_of_the_answer(name):
    answered = [(c.name, c.role.value, c.unit) for c in getattr(columns, name)]
    assert [(c.name, c.type, c.unit) for c in STATEMENTS[name].columns] == answered


@pytest.mark.parametrize("kind", keywords.SHOW_KINDS)
def test_documented_columns_of_show(kind):
    answered = [(c.name, c.role.value, c.unit) for c in columns.SHOW[kind]]
    assert [(c.name, c.type, c.unit) for c in SHOW_COLUMNS[kind]] == answered
