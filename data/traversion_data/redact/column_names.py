"""Secrets in the keys of events, which name learned columns: `{"sessions": {"eyJ…": 1}}`."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

import polars as pl

from traversion_data import schema
from traversion_data.redact import texts
from traversion_data.redact.pseudonym import rules_in
from traversion_data.redact.redaction import Redaction


def renamed(events: pl.DataFrame, redaction: Redaction) -> tuple[pl.DataFrame, Counter[str]]:
    """The frame with pseudonyms in its learned columns' names, and how many cells stand there."""
    new = _names(tuple(schema.learned(events)), redaction)
    counts: Counter[str] = Counter()
    for old, name in new.items():
        counts.update(dict.fromkeys(rules_in(name), events[old].count()))
    return (events.rename(new) if new else events), counts


@lru_cache(maxsize=64)
def _names(names: tuple[str, ...], redaction: Redaction) -> dict[str, str]:
    """From each name that holds a secret to the one that does not.

    Digits are let be: maps with ids for keys are common, and cards are no keys.
    """
    rules = redaction.sparing_ids().rules
    old = pl.Series(names, dtype=pl.String)
    new = texts.without_values(old, rules, redaction.key)
    return {a: b for a, b in zip(old, new, strict=True) if a != b and b not in names}
