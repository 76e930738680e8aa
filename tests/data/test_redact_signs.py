"""What is looked for first is in each text in which a rule or a secret key finds something."""

from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data.redact import names, pairs, tagged
from traversion_data.redact.cells import in_texts
from traversion_data.redact.redaction import Redaction
from traversion_data.redact.rules import Rule
from traversion_data.redact.signs import present, suspects

STANDARD = Redaction.standard(b"k" * 32)
STRICT = Redaction.strict(b"k" * 32)
LETTERED = [rule for rule in STRICT.rules if rule.marks or rule.words]


def matching(pattern: str) -> st.SearchStrategy[str]:
    """Texts that a pattern of Polars' engine matches, mostly; Python's engine makes them."""
    of_python = pattern.replace("(?-u:", "(?:").replace("(?i-u:", "(?i:")
    return st.from_regex(re.compile(of_python, re.ASCII), alphabet=st.characters(max_codepoint=126))


def held(pattern: str, text: str) -> bool:
    return bool(pl.Series([text]).str.contains(pattern)[0])


@pytest.mark.parametrize("rule", LETTERED, ids=lambda rule: f"{rule.name}-{rule.pattern[:24]}")
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_what_a_rule_changes_holds_one_of_its_literals(rule: Rule, data):
    text = data.draw(matching(rule.pattern))
    if not held(rule.pattern, text) or not held(rule.sign, text):
        return
    assert any(mark in text for mark in rule.marks) or any(w in text.lower() for w in rule.words)
    assert rule in present(pl.Series([text]), STRICT.rules)
    assert suspects(pl.Series([text]), STRICT.rules).to_list() == [True]


@pytest.mark.parametrize("pattern", [names.IN_TEXT, pairs.AHEAD, tagged.AHEAD])
@given(data=st.data())
@settings(max_examples=50, deadline=None)
def test_what_a_key_matches_holds_one_of_the_literals_of_names(pattern, data):
    text = data.draw(matching(pattern))
    if held(pattern, text):
        assert any(literal in text.lower() for literal in names.LITERALS)


@given(data=st.data())
@settings(max_examples=50, deadline=None)
def test_what_names_a_secret_key_is_suspect(data):
    text = data.draw(st.one_of(matching(pairs.AHEAD), matching(tagged.AHEAD)))
    if held(pairs.AHEAD, text) or held(tagged.AHEAD, text):
        assert suspects(pl.Series([text]), STRICT.rules).to_list() == [True]


def test_only_the_rules_whose_literals_occur_are_asked():
    def asked(text: str) -> list[str]:
        return [rule.name for rule in present(pl.Series([text]), STANDARD.rules)]

    assert asked("token=0a1b") == []
    assert asked("the msg.id is lower, a mark is not") == []
    assert asked("x SG.y") == ["provider"]
    assert asked("BEARER x of bob@example") == ["bearer", "userinfo"]
    assert "card" in asked("4111111111111111")


def test_no_suspect_is_where_null_is_and_order_stays():
    texts = pl.Series([None, "password=hunter2", "fine", None, "auth is up", "token=0a1b"])
    found = suspects(texts, STRICT.rules)
    assert found.to_list() == [False, True, False, False, False, True]


def test_texts_are_changed_alike_whatever_stands_beside_them():
    texts = ["password=hunter2", "4111111111111111", "curl -u bob:0a1b2c", "SG." + "a" * 80, "fine"]
    alone = [in_texts([pl.Series("m", [text])], STRICT) for text in texts]
    whole = in_texts([pl.Series("m", texts)], STRICT)[0].cells
    assert whole.to_list() == [
        done[0].cells[0] if done else text for done, text in zip(alone, texts, strict=True)
    ]
