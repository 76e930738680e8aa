"""Event frames and lines with their secrets replaced, and how many cells each rule replaced."""

from __future__ import annotations

from collections import Counter
from typing import Final

import polars as pl

from traversion_data import schema
from traversion_data.redact import cells, column_names, lines, numbers
from traversion_data.redact.cells import Column
from traversion_data.redact.redaction import Redaction

__all__ = ["Redaction", "redact_aside", "redact_events", "redact_text"]

_STEPS: Final = (lines.of_pem, numbers.of_cards, cells.of_secret_keys, cells.of_texts)
"""What finds the columns of a frame that hold secrets, each given what the one before left."""


def redact_events(
    events: pl.DataFrame, redaction: Redaction
) -> tuple[pl.DataFrame, dict[str, int]]:
    """An event frame without secrets, and the number of cells that each rule changed.

    Rows, their order and types stay, but that a learned column of numbers under a secret key
    becomes text, and that a learned column whose name holds a secret gets another. Rows that
    changed have `Flag.REDACTED`. Ids are never touched.
    """
    events, counts = column_names.renamed(events, redaction)
    for step in _STEPS:
        done = step(events, redaction)
        if done:
            events = events.with_columns(
                *(column.cells for column in done), _flagged(events[schema.FLAGS], done)
            )
            counts.update(_total(done))
    return events, dict(counts)


def redact_aside(aside: pl.DataFrame, redaction: Redaction) -> tuple[pl.DataFrame, dict[str, int]]:
    """Set-aside lines (`schema.ASIDE`) without secrets in text and reason, and counts per rule.

    A text that was cut loses its last word, which may be a part of a secret that no rule knows.
    """
    if not aside.height:
        return aside, {}
    aside = aside.with_columns(lines.whole_words(aside[schema.LENGTH], aside["text"]))
    block = lines.pem_lines(aside["text"], redaction)
    if block is not None:
        aside = aside.with_columns(block.cells)
    done = cells.in_texts([aside["text"], aside["reason"]], redaction)
    counts = _total(done if block is None else [block, *done])
    return aside.with_columns(column.cells for column in done), dict(counts)


def redact_text(text: str, redaction: Redaction) -> str:
    """One text without secrets; lone surrogates, which UTF-8 cannot hold, become U+FFFD.

    A frame of many lines costs far less by `redact_aside` than line by line here.
    """
    clean = "".join("\ufffd" if "\ud800" <= sign <= "\udfff" else sign for sign in text)
    done = cells.in_texts([pl.Series("text", [clean], dtype=pl.String)], redaction)
    return str(done[0].cells[0]) if done else clean


def _flagged(flags: pl.Series, done: list[Column]) -> pl.Series:
    flags = flags.fill_null(0)
    for column in done:
        flags = flags | column.changed.cast(pl.UInt32) * column.flags
    return flags


def _total(done: list[Column]) -> Counter[str]:
    total: Counter[str] = Counter()
    for column in done:
        total.update(column.counts)
    return total
