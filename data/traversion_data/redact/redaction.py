"""What is to be replaced in texts, and the key of the pseudonyms that take its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import polars as pl

from traversion_data.redact import texts
from traversion_data.redact.rules import RULES, Rule
from traversion_data.redact.strict import STRICT_RULES

Without: TypeAlias = Callable[[pl.Series], pl.Series]
"""From texts to the same without secrets."""


@dataclass(frozen=True, slots=True)
class Redaction:
    """What to replace, and the key of the pseudonyms that take its place."""

    rules: tuple[Rule, ...]
    key: bytes = field(repr=False)

    @classmethod
    def standard(cls, key: bytes) -> Redaction:
        """Credentials, payment cards and social security numbers."""
        return cls(RULES, key)

    @classmethod
    def strict(cls, key: bytes) -> Redaction:
        """These, and what tells who somebody is: addresses, accounts, names of users."""
        return cls((*RULES, *STRICT_RULES), key)

    def texts(self, found: pl.Series) -> pl.Series:
        """Texts (no NULL among them) without secrets, in their order."""
        return texts.without_pairs(texts.without_values(found, self.rules, self.key), self.key)

    def json(self, found: pl.Series) -> pl.Series:
        """The same for texts that are JSON and are to stay so."""
        whole = texts.json_without_cards(found, self.key)
        whole = texts.without_values(whole, self.rules, self.key)
        return texts.without_pairs(texts.json_without_pairs(whole, self.key), self.key)

    def sparing_ids(self) -> Redaction:
        """Without the rules that numbers used as ids match by chance."""
        return replace(self, rules=tuple(rule for rule in self.rules if not rule.of_digits))
