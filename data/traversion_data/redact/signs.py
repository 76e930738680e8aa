"""Which texts are worth a search for secrets, and for which rules' secrets.

Polars keeps 32 compiled patterns for each thread; where more are in turn, all of them are compiled
in every call, those of others too. So all texts meet one pattern, and what is left meets only the
patterns of rules whose literals it holds, which are looked for in one pass without any pattern.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import polars as pl

from traversion_data.redact import names, pairs, tagged
from traversion_data.redact.rules import Rule

_NOTHING: Final = r"[^\s\S]"


def suspects(texts: pl.Series, rules: tuple[Rule, ...]) -> pl.Series:
    """Which texts have the signs of a rule or of a secret key; NULL has none."""
    found = texts.str.contains(_ahead(rules))
    return found.fill_null(value=False) if found.null_count() else found


def present(texts: pl.Series, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """The rules that may change one of the texts, in their order; the others change none.

    What stands in for a secret adds no rule to them, so this holds until all were asked.
    """
    literals = list(dict.fromkeys(it for rule in rules for it in (*rule.marks, *rule.words)))
    lists = texts.str.extract_many(literals, ascii_case_insensitive=True, overlapping=True)
    found = frozenset(lists.explode().drop_nulls().unique())
    lower = frozenset(text.lower() for text in found)
    bare = texts.str.contains(_without_literals(rules)).any()
    return tuple(
        rule
        for rule in rules
        if not found.isdisjoint(rule.marks)
        or not lower.isdisjoint(rule.words)
        or (bare and not rule.marks and not rule.words)
    )


def may_name_secrets(texts: pl.Series) -> bool:
    """Whether any of the texts holds a literal of a secret key's name."""
    return bool(texts.str.contains_any(list(names.LITERALS), ascii_case_insensitive=True).any())


@lru_cache(maxsize=8)
def _ahead(rules: tuple[Rule, ...]) -> str:
    """One pattern that every text matches in which the rules or a key find a secret."""
    return _any_of([*(rule.sign for rule in rules), pairs.AHEAD, tagged.AHEAD])


@lru_cache(maxsize=8)
def _without_literals(rules: tuple[Rule, ...]) -> str:
    """The same for the rules that have no literal."""
    return _any_of([rule.sign for rule in rules if not rule.marks and not rule.words])


def _any_of(patterns: list[str]) -> str:
    return "|".join(f"(?:{pattern})" for pattern in dict.fromkeys(patterns)) or _NOTHING
