"""Rows that a store has lost, read again from the files they came from.

What is read takes the way it took the first time, by what the store knows of its source: format,
zone, field map. It is taken only where it is the rows that were lost, none more or less, in the
same places; everything else stays a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Final

import polars as pl

from traversion_data import schema
from traversion_data.decode.base import Batch
from traversion_data.errors import InputError
from traversion_data.model import SourceInfo
from traversion_data.redact.redaction import Redaction
from traversion_data.redact.strict import STRICT_RULES
from traversion_data.rereading import Rereading, beginning, kinds_in
from traversion_data.safe import printable
from traversion_data.source.again import Found, find
from traversion_data.source.base import START, Place
from traversion_data.store.durable import open_writer
from traversion_data.store.errors import StoreError, StorePoisonedError
from traversion_data.store.files import DISK, Files
from traversion_data.store.fsck import Report, inspect_store, repair_store
from traversion_data.store.position import SourceMark
from traversion_data.store.segment import ASIDE, EVENTS
from traversion_data.store.stored import LostRows, Stored
from traversion_data.store.writer import StoreWriter

_FEW: Final = 4
"""So many gaps of a compressed file are looked for one by one, each by inflating all before it."""
_ROWS: Final = {EVENTS: "events", ASIDE: "lines set aside"}


@dataclass(frozen=True, slots=True)
class Mended:
    """A store's rows after mending, and sentences on what came back and what did not."""

    stored: Stored
    sentences: tuple[str, ...] = ()


def mend(
    store: StoreWriter,
    stored: Stored,
    redaction: Redaction | None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Mended:
    """Fill the gaps of `stored`, what `store.read()` gave, where sources still have the rows.

    `redaction` is what replaces secrets now: what was redacted comes back so, or not at all. Once
    `cancelled`, what is not filled yet stays a gap.

    Raises:
        StorePoisonedError: if it is not known what was written; nothing else stops it.
    """
    marks = {it.mark.info.ordinal: it.mark for it in stored.sources}
    sentences, filled = list[str](), False
    for source, group in groupby(_by_place(stored.gaps), key=lambda it: it.source):
        lost, mark = list(group), marks.get(source)
        try:
            reading = _reading(mark, stored, redaction, cancelled)
        except InputError as error:
            failed = dict.fromkeys(lost, str(error))
        else:
            failed = _fill_all(store, stored, reading, lost)
            back = [it for it in lost if it not in failed]
            filled = filled or bool(back)
            sentences += _back(back, reading.found)
        sentences += _gone(failed, mark.info.name if mark else f"source {source + 1}")
    if not filled:
        return Mended(stored, tuple(sentences))
    del stored  # so that its rows are not in memory twice
    return Mended(store.read(), tuple(sentences))


def repair(folder: Path, redaction: Redaction | None = None, files: Files = DISK) -> Report:
    """`fsck.repair_store`, then `mend`; the report is of what is left.

    Raises:
        StoreError: as `repair_store`.
    """
    report = repair_store(folder, files)
    if not report.gaps:
        return report
    with open_writer(folder, files) as store:
        mended = mend(store, store.read(), redaction)
    return replace(inspect_store(folder, files), done=(*report.done, *mended.sentences))


def _by_place(gaps: Sequence[LostRows]) -> list[LostRows]:
    return sorted(gaps, key=lambda it: (it.source, it.start, it.min_seq))


def _reading(
    mark: SourceMark | None,
    stored: Stored,
    redaction: Redaction | None,
    cancelled: Callable[[], bool],
) -> Rereading:
    if mark is None or mark.position is None:
        raise InputError("it is not known where they were read")
    _check_redaction(mark.info, redaction)
    found = find(mark.info.name, mark.position)
    if found is None:
        raise InputError("no file holds what was read of it")
    return Rereading(found, mark.info, redaction, kinds_in(stored), cancelled)


def _check_redaction(info: SourceInfo, redaction: Redaction | None) -> None:
    """Refuse to bring back in the clear what was replaced."""
    if info.redacted and redaction is None:
        raise InputError("they were redacted, and redaction is off now")
    strict = {rule.name for rule in STRICT_RULES}
    known = {rule.name for rule in redaction.rules} if redaction else set()
    if any(name in strict and name not in known for name, _ in info.rules):
        raise InputError("they were redacted with --pii strict, and that is off now")


def _fill_all(
    store: StoreWriter, stored: Stored, reading: Rereading, lost: Sequence[LostRows]
) -> dict[LostRows, str]:
    """Fill each gap from its own range, else from all of the source; why others stay.

    What a line says may depend on those before it: a time that it lacks, a year, a number; and a
    table is read whole or not at all.
    """
    left = list(lost)
    if not reading.found.packed or len(lost) <= _FEW:
        for it in lost:
            if not _fill(store, reading, [it], beginning(it, stored), it.end):
                left.remove(it)
    return _fill(store, reading, left, START, reading.found.position.offset) if left else {}


def _fill(
    store: StoreWriter, reading: Rereading, lost: Sequence[LostRows], at: Place, end: int
) -> dict[LostRows, str]:
    try:
        found = reading.rows(lost, at, end)
    except InputError as error:
        return dict.fromkeys(lost, str(error))
    failed = dict[LostRows, str]()
    for it, rows in zip(lost, found, strict=True):
        try:
            store.refill(it, _batch(it, rows))
        except StorePoisonedError:
            raise
        except StoreError as error:
            failed[it] = str(error)
    return failed


def _batch(lost: LostRows, rows: pl.DataFrame) -> Batch:
    if lost.kind == EVENTS:
        return Batch(rows, schema.empty_aside(), rows.height, 0)
    return Batch(schema.empty(), rows, rows.height, 0)


def _back(lost: Sequence[LostRows], found: Found) -> Iterator[str]:
    for kind, word in _ROWS.items():
        if rows := sum(it.rows for it in lost if it.kind == kind):
            path = printable(str(found.path))
            yield f"{rows:,} {word} that the store had lost were read again from {path}"


def _gone(failed: dict[LostRows, str], name: str) -> Iterator[str]:
    for why in dict.fromkeys(failed.values()):
        for kind, word in _ROWS.items():
            same = [it for it, other in failed.items() if other == why and it.kind == kind]
            if rows := sum(it.rows for it in same):
                yield f"{rows:,} {word} of {printable(name)} stay lost: {why}"
