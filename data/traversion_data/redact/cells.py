"""Columns of event frames without secrets: texts, values of secret keys, numbers of cards."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import polars as pl

from traversion_data import schema
from traversion_data.decode.roles import ROLES, rank
from traversion_data.model import Flag
from traversion_data.redact import pairs, signs, texts
from traversion_data.redact.names import Secrecy, is_secret, names_id, secrecy
from traversion_data.redact.pseudonym import StandIn, is_stand_in
from traversion_data.redact.redaction import Redaction, Without

_IDS: Final = (schema.TRACE_ID, schema.SPAN_ID, schema.PARENT_SPAN_ID, schema.EVENT_ID)
_FEW: Final = 256
"""So many rows are searched sooner than their texts are told apart."""
_SAMPLE: Final = 1024
"""So many cells tell whether most of a column differ."""
_LONGEST_ID: Final = 36
"""Bytes of a UUID; among longer texts it is looked for blanks, which no id has."""
_ID_ROLES: Final = tuple(role for role in ROLES if role.column in _IDS)


@dataclass(frozen=True, slots=True)
class Column:
    """A column after redaction, which cells changed, how many per rule, and their flags."""

    cells: pl.Series
    changed: pl.Series
    counts: Counter[str]
    flags: int = int(Flag.REDACTED)


def of_secret_keys(events: pl.DataFrame, redaction: Redaction) -> list[Column]:
    """The learned columns whose names say that their values are secrets."""
    keyed = [_keyed(cells, redaction) for cells in events.get_columns() if _is_secret(cells)]
    return [column for column in keyed if column is not None]


def of_texts(events: pl.DataFrame, redaction: Redaction) -> list[Column]:
    """The columns of other texts, but for ids, in which a secret was found."""
    texts_there = [
        cells
        for cells in events.get_columns()
        if _is_text(cells) and cells.null_count() < len(cells) and not _is_secret(cells)
    ]
    plain = [cells for cells in texts_there if cells.name not in _IDS]
    prose = _prose([cells for cells in texts_there if cells.name in _IDS])
    done = in_texts([*plain, *prose], redaction)
    return [
        replace(column, cells=events[column.cells.name].zip_with(~column.changed, column.cells))
        if column.cells.name in _IDS
        else column
        for column in done
    ]


def _prose(columns: list[pl.Series]) -> list[pl.Series]:
    """Of columns of ids the cells that are none: a stack trace under the key `trace`."""
    if not columns:
        return []
    longest = pl.DataFrame(columns).select(pl.all().str.len_bytes().max()).row(0)
    return [
        cells.set(~cells.str.contains(r"\s").fill_null(value=False), None)
        for cells, length in zip(columns, longest, strict=True)
        if length is not None and length > _LONGEST_ID
    ]


def in_texts(columns: list[pl.Series], redaction: Redaction) -> list[Column]:
    """Of some columns of text those that change, changed.

    All are searched at once, since that costs less than once for each.
    """
    distinct = _distinct(columns)
    if not distinct:
        return []
    every = pl.concat([found.alias("") for found in distinct])
    suspect = signs.suspects(every, redaction.rules)
    if not suspect.any():
        return []
    done: list[Column | None] = []
    start = 0
    for cells, found in zip(columns, distinct, strict=True):
        suspects = found.filter(suspect.slice(start, len(found))).unique()
        start += len(found)
        if len(suspects):
            column = _exchanged(cells.cast(pl.String), suspects, _without(cells.name, redaction))
            done.append(column and replace(column, cells=column.cells.cast(cells.dtype)))
    return [column for column in done if column is not None]


def _distinct(columns: list[pl.Series]) -> list[pl.Series]:
    """Each column's texts, each at least once; fewer than all where that is soon done."""
    if columns and len(columns[0]) <= _FEW:
        return [cells if cells.dtype == pl.String else cells.cast(pl.String) for cells in columns]
    return [cells if _differ(cells) else cells.unique().cast(pl.String) for cells in columns]


def _differ(cells: pl.Series) -> bool:
    head = cells.head(_SAMPLE)
    return cells.dtype == pl.String and head.n_unique() * 2 > len(head)


def _without(name: str, redaction: Redaction) -> Without:
    if name == schema.ATTRS:
        return redaction.json
    beside = name not in schema.EVENT
    return (redaction.sparing_ids() if beside and _is_id(name) else redaction).texts


def _keyed(cells: pl.Series, redaction: Redaction) -> Column | None:
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
        return Column(text, cells.is_null() & cells.is_not_null(), Counter())
    return column


def _cell(value: str, known: str, level: Secrecy, write: StandIn) -> str:
    if not is_secret(level, value):
        return value
    return known if is_stand_in(pairs.without_scheme(known)) else pairs.replaced(value, write)


def _exchanged(cells: pl.Series, found: pl.Series, without: Without) -> Column | None:
    """The column with the texts found in it exchanged for what `without` makes of them."""
    new = without(found)
    differ = new != found
    if not differ.any():
        return None
    found, new = found.filter(differ), new.filter(differ)
    changed = cells.is_in(found.implode()).fill_null(value=False)
    rows = cells.filter(changed)
    exchanged = texts.put(cells, changed, rows.replace(found, new))
    return Column(exchanged, changed, _per_rule(rows, exchanged.filter(changed)))


def _per_rule(before: pl.Series, after: pl.Series) -> Counter[str]:
    """Of cells before and after, how many gained a pseudonym of each rule."""
    gained: Counter[str] = Counter()
    for sign in after.str.extract_all(r"\[redacted:[a-z0-9-]+:").explode().unique():
        more = after.str.count_matches(sign, literal=True) > before.str.count_matches(
            sign, literal=True
        )
        gained[sign.split(":")[1]] = int(more.sum())
    return +gained


@lru_cache(maxsize=4096)
def _level(name: str) -> Secrecy:
    """What the name of a column says; the core columns' own names say nothing."""
    return Secrecy.PLAIN if name in schema.EVENT else secrecy(name)


@lru_cache(maxsize=4096)
def _is_id(name: str) -> bool:
    """Whether a column's name is that of an id, so that its digits are no card's."""
    return names_id(name) or any(rank(role, name) is not None for role in _ID_ROLES)


def _is_secret(cells: pl.Series) -> bool:
    """Whether a column is to be replaced cell by cell.

    Yes and no are no secrets, nor are amounts, such as metrics of what deals with secrets. It goes
    by the name alone whether numbers become text, so that all batches of a source agree.
    """
    level = _level(cells.name)
    if cells.dtype.is_numeric():
        return level > Secrecy.MEASURE
    return level > Secrecy.PLAIN and cells.dtype == pl.String


def _is_text(cells: pl.Series) -> bool:
    return cells.dtype == pl.String or isinstance(cells.dtype, pl.Categorical)
