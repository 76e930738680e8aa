"""Event frames and lines with their secrets replaced, and how many cells each rule replaced."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final, TypeAlias

import polars as pl

from traversion_data import schema
from traversion_data.decode.roles import ROLES, rank
from traversion_data.model import Flag
from traversion_data.redact import pairs, texts
from traversion_data.redact.names import Secrecy, is_secret, names_id, secrecy
from traversion_data.redact.pseudonym import StandIn, is_stand_in
from traversion_data.redact.rules import RULES, Rule
from traversion_data.redact.strict import STRICT_RULES

_IDS: Final = (schema.TRACE_ID, schema.SPAN_ID, schema.PARENT_SPAN_ID, schema.EVENT_ID)
_ID_ROLES: Final = tuple(role for role in ROLES if role.column in _IDS)
_STOOD_IN: Final = re.compile(r"\[redacted:([a-z0-9-]+):[0-9a-f]{8}\]")


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


@dataclass(frozen=True, slots=True)
class _Column:
    """A column after redaction, which of its cells changed, and the changed cells per rule."""

    cells: pl.Series
    changed: pl.Series
    counts: Counter[str]


def redact_events(
    events: pl.DataFrame, redaction: Redaction
) -> tuple[pl.DataFrame, dict[str, int]]:
    """An event frame without secrets, and the number of cells that each rule changed.

    Rows, their order and types stay, but that a learned column of numbers under a secret key
    becomes text. Rows that changed have `Flag.REDACTED`. Ids are never touched.
    """
    columns = events.get_columns()
    secret = [cells for cells in columns if _is_secret(cells)]
    plain = [
        cells
        for cells in columns
        if _is_text(cells) and not _is_secret(cells) and not _is_id(cells.name)
    ]
    keyed = [_keyed(cells, redaction) for cells in secret]
    done = [column for column in keyed if column is not None] + _texts(plain, redaction)
    if not done:
        return events, {}
    changed = pl.select(pl.any_horizontal(column.changed for column in done)).to_series()
    flags = events[schema.FLAGS] | changed.cast(pl.UInt32) * int(Flag.REDACTED)
    redacted = events.with_columns(*(column.cells for column in done), flags)
    return redacted, _total(done)


def redact_aside(aside: pl.DataFrame, redaction: Redaction) -> tuple[pl.DataFrame, dict[str, int]]:
    """Set-aside lines (`schema.ASIDE`) without secrets in text and reason, and counts per rule."""
    done = _texts([aside["text"], aside["reason"]], redaction)
    return aside.with_columns(column.cells for column in done), _total(done)


def redact_text(text: str, redaction: Redaction) -> str:
    """One text without secrets; lone surrogates, which UTF-8 cannot hold, become U+FFFD."""
    clean = "".join("\ufffd" if "\ud800" <= sign <= "\udfff" else sign for sign in text)
    done = _texts([pl.Series("text", [clean], dtype=pl.String)], redaction)
    return str(done[0].cells[0]) if done else clean


def _texts(columns: list[pl.Series], redaction: Redaction) -> list[_Column]:
    """Of some columns of text those that change, changed.

    All are searched at once, since that costs less than once for each.
    """
    distinct = [_distinct(cells) for cells in columns]
    if not distinct:
        return []
    suspect = pl.concat(distinct).str.contains(_ahead(redaction.rules)).fill_null(value=False)
    if not suspect.any():
        return []
    done: list[_Column | None] = []
    start = 0
    for cells, found in zip(columns, distinct, strict=True):
        suspects = found.filter(suspect.slice(start, len(found))).unique()
        start += len(found)
        if len(suspects):
            column = _exchanged(cells.cast(pl.String), suspects, _without(cells.name, redaction))
            done.append(column and replace(column, cells=column.cells.cast(cells.dtype)))
    return [column for column in done if column is not None]


def _distinct(cells: pl.Series) -> pl.Series:
    """A column's texts, each at least once; fewer than all where that is soon done."""
    many = cells.dtype == pl.String and cells.head(1024).n_unique() * 2 > min(len(cells), 1024)
    return (cells if many else cells.unique().cast(pl.String)).alias("")


def _without(name: str, redaction: Redaction) -> Without:
    if name == schema.ATTRS:
        return redaction.json
    return (redaction.sparing_ids() if names_id(name) else redaction).texts


def _keyed(cells: pl.Series, redaction: Redaction) -> _Column | None:
    """A column whose name says that its cells are secrets; numbers become text in any case.

    A cell that is all of what a rule finds has that rule's pseudonym, as it has in other texts.
    """
    level = _level(cells.name)
    write = texts.writer(texts.KEY_RULE, redaction.key)

    def without(found: pl.Series) -> pl.Series:
        known = texts.without_values(found, redaction.rules, redaction.key)
        new = (_cell(value, other, level, write) for value, other in zip(found, known, strict=True))
        return pl.Series(new, dtype=pl.String)

    text = cells.cast(pl.String)
    column = _exchanged(text, text.unique().drop_nulls(), without)
    if column is None and cells.dtype != pl.String:
        return _Column(text, cells.is_null() & cells.is_not_null(), Counter())
    return column


def _cell(value: str, known: str, level: Secrecy, write: StandIn) -> str:
    if not is_secret(level, value):
        return value
    return known if is_stand_in(pairs.without_scheme(known)) else pairs.replaced(value, write)


def _exchanged(cells: pl.Series, found: pl.Series, without: Without) -> _Column | None:
    """The column with the texts found in it exchanged for what `without` makes of them."""
    new = without(found)
    differ = new != found
    if not differ.any():
        return None
    found, new = found.filter(differ), new.filter(differ)
    changed = cells.is_in(found.implode()).fill_null(value=False)
    rows = cells.filter(changed)
    per_text = dict(rows.value_counts(name="rows").iter_rows())
    counts: Counter[str] = Counter()
    for before, after in zip(found, new, strict=True):
        fresh = Counter(_STOOD_IN.findall(after)) - Counter(_STOOD_IN.findall(before))
        counts.update(dict.fromkeys(fresh, per_text[before]))
    return _Column(texts.put(cells, changed, rows.replace(found, new)), changed, counts)


def _total(done: list[_Column]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for column in done:
        total.update(column.counts)
    return dict(total)


@lru_cache(maxsize=4096)
def _level(name: str) -> Secrecy:
    """What the name of a column says; the core columns' own names say nothing."""
    return Secrecy.PLAIN if name in schema.EVENT else secrecy(name)


@lru_cache(maxsize=4096)
def _is_id(name: str) -> bool:
    """Whether a column holds ids of traces, spans or events, in the core or beside it."""
    beside = name not in schema.EVENT and any(rank(role, name) is not None for role in _ID_ROLES)
    return name in _IDS or beside


def _is_secret(cells: pl.Series) -> bool:
    """Whether a column is to be replaced cell by cell; yes and no, and amounts, are no secrets."""
    level = _level(cells.name)
    return level > (Secrecy.MEASURE if cells.dtype.is_numeric() else Secrecy.PLAIN) and (
        cells.dtype.is_numeric() or cells.dtype == pl.String
    )


def _is_text(cells: pl.Series) -> bool:
    return cells.dtype == pl.String or isinstance(cells.dtype, pl.Categorical)


@lru_cache(maxsize=8)
def _ahead(rules: tuple[Rule, ...]) -> str:
    return texts.ahead(rules)
