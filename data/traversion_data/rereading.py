"""Lines of a source read once more, in the way in which they were read the first time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from traversion_data import schema
from traversion_data.decode.base import Batch, DecodeOptions, Format, Head
from traversion_data.decode.learned import kinds_of
from traversion_data.decode.recognise import format_titled, recognise
from traversion_data.errors import InputError
from traversion_data.model import SOURCE_SHIFT, FieldMap, SourceInfo
from traversion_data.reading import complete
from traversion_data.redact.batches import redact_batch
from traversion_data.redact.redaction import Redaction
from traversion_data.source.again import Found
from traversion_data.source.base import Place
from traversion_data.store.segment import EVENTS
from traversion_data.store.stored import LostRows, Stored

_HEAD: Final = 64 * 1024
_LINE: Final = (1 << SOURCE_SHIFT) - 1


@dataclass(frozen=True)
class Rereading:
    """A source that can be read again by what is known of it.

    `kinds`: of learned columns, as `decode.base.DecodeOptions` has them.
    """

    found: Found
    info: SourceInfo
    redaction: Redaction | None
    kinds: dict[str, str]
    cancelled: Callable[[], bool]

    def rows(self, lost: Sequence[LostRows], at: Place, end: int) -> list[pl.DataFrame]:
        """For each gap the rows with its numbers, read from a place to an end or the last of them.

        Raises:
            InputError: the file cannot be read, or is no longer what it was.
        """
        kept: list[list[pl.DataFrame]] = [[] for _ in lost]
        last = max(it.max_seq for it in lost)
        for batch in self._batches(at, end):
            for rows, it in zip(kept, lost, strict=True):
                if (fresh := picked(batch, it)).height:
                    rows.append(fresh)
            if any((frame[schema.SEQ] >= last).any() for frame in (batch.events, batch.aside)):
                break
        return [
            pl.concat([_empty(it.kind), *rows], how="diagonal_relaxed")
            for rows, it in zip(kept, lost, strict=True)
        ]

    def _batches(self, at: Place, end: int) -> Iterator[Batch]:
        form = format_titled(self.info.format) or self._recognised(end)
        pairs = tuple((it.column, it.key) for it in self.info.recognised if it.how == "as mapped")
        decoder = form.decoder(
            DecodeOptions(
                self.info.name, FieldMap(pairs), self.info.zone, self.found.written, self.kinds
            )
        )
        for chunk in form.cut(self.found.pieces(at.offset, end), self.info.ordinal, math.inf):
            if self.cancelled():
                raise InputError("reading them again was stopped")
            if chunk is not None:
                batch = decoder.shape(decoder.read(at.of(chunk)))
                clean = redact_batch(batch, self.redaction)[0] if self.redaction else batch
                yield complete(clean)

    def _recognised(self, end: int) -> Format:
        head = b"".join(self.found.pieces(0, min(end, _HEAD)))
        return recognise(Head(self.info.name, head, end <= _HEAD))


def picked(batch: Batch, lost: LostRows) -> pl.DataFrame:
    """The rows of a batch that may be among those lost."""
    rows = batch.events if lost.kind == EVENTS else batch.aside
    return rows.filter(pl.col(schema.SEQ).is_between(lost.min_seq, lost.max_seq))


def beginning(lost: LostRows, stored: Stored) -> Place:
    """Where a gap's first row stands, and what number that place has.

    A record of many events has the number of its first one, which may be stored elsewhere.
    """
    first = lost.min_seq
    for frame in stored.frames:
        same = frame.filter(
            (pl.col(schema.SOURCE) == lost.source) & (pl.col(schema.OFFSET) == lost.start)
        )
        first = min(first, *same[schema.SEQ], first)
    return Place(lost.start, first & _LINE)


def kinds_in(stored: Stored) -> dict[str, str]:
    """The kinds of the learned columns that a store's events have."""
    return kinds_of(
        pl.concat([schema.empty(), *(it.head(0) for it in stored.frames)], how="diagonal_relaxed")
    )


def _empty(kind: str) -> pl.DataFrame:
    return schema.empty() if kind == EVENTS else schema.empty_aside()
