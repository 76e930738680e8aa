"""One source on its way into the head: recognised, cut, decoded, completed, accounted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Final

import polars as pl

from traversion_data import schema
from traversion_data.ahead import ahead
from traversion_data.decode.base import Batch, DecodeOptions, Decoder
from traversion_data.decode.recognise import format_of, peeked, recognise
from traversion_data.errors import InputError
from traversion_data.model import SourceInfo
from traversion_data.options import LoadOptions
from traversion_data.outcome import mark_errors
from traversion_data.safe import printable
from traversion_data.source.base import Source
from traversion_data.store.head import Head

Step = Callable[[pl.DataFrame], pl.DataFrame]

STEPS: Final[tuple[Step, ...]] = (mark_errors,)
"""What every batch of events passes between its decoder and the store."""

_GIVE_UP_BYTES: Final = 4 * 1024 * 1024
"""A source that has given no event within so many bytes is not one this version reads."""


class Reading:
    """One source on its way into the head, with its accounting."""

    def __init__(self, source: Source, ordinal: int, head: Head, options: LoadOptions) -> None:
        self._source = source
        self._head = head
        self._options = options
        self._decoder: Decoder | None = None
        self._info = SourceInfo(ordinal, source.name, "", zone=options.tz, bytes_total=source.size)
        self._outside = 0
        self._first_reason = ""

    def batches(self, cancelled: Callable[[], bool], idle: Callable[[], None]) -> Iterator[int]:
        """Decode to the end or until cancelled, yielding the rows each chunk stored.

        The next chunk is read and parsed in a second thread while this one is completed; `idle` is
        called while the source has nothing to give.
        """
        ended = False
        for decoded in ahead(self._decoded(), cancelled, idle):
            if decoded is None:
                ended = True
                break
            yield self._store(decoded())
            if self._hopeless():
                break
        if ended or self._hopeless():
            self._finish(complete=ended)
        else:
            self._note("loading was stopped here; the rest of the source was not read")

    def _decoded(self) -> Iterator[Callable[[], Batch] | None]:
        """The source's chunks, read and to be shaped, and None for its end."""
        source, options = self._source, self._options
        head, pieces = peeked(source)
        word = options.written_as
        form = recognise(head) if word is None else format_of(word)
        decoder = form.decoder(
            DecodeOptions(source.name, options.field_map, options.tz, source.written)
        )
        self._decoder = decoder
        self._info = replace(self._info, format=form.title)
        for chunk in form.cut(pieces, self._info.ordinal, source.hold):
            if chunk is not None:
                yield partial(decoder.shape, decoder.read(chunk))
        yield None

    def _store(self, batch: Batch) -> int:
        done = complete(batch)
        kept = self._within(done)
        self._count(done, kept)
        self._head.append(kept, self._info)
        return kept.events.height

    def _hopeless(self) -> bool:
        """Whether so much was read without one event that none is to be expected."""
        return (
            not self._info.stored and not self._outside and (self._info.bytes_read > _GIVE_UP_BYTES)
        )

    def fail(self, error: InputError) -> None:
        """Record why reading ended early."""
        self._note(str(error))

    def _within(self, batch: Batch) -> Batch:
        """Only events in `[since, until)`."""
        since, until = self._options.since, self._options.until
        if since is None and until is None:
            return batch
        time = pl.col(schema.TIME)
        inside = (time >= (since if since is not None else -(2**63))) & (
            time < until if until is not None else pl.lit(value=True)
        )
        return replace(batch, events=batch.events.filter(inside))

    def _count(self, batch: Batch, kept: Batch) -> None:
        info = self._info
        outside = batch.events.height - kept.events.height
        self._outside += outside
        if not self._first_reason and batch.aside.height:
            self._first_reason = batch.aside["reason"][0]
        self._info = replace(
            info,
            read=info.read + batch.lines - outside,
            stored=info.stored + kept.events.height,
            set_aside=info.set_aside + batch.aside.height,
            blank=info.blank + batch.blank,
            bytes_read=self._source.position,
            recognised=self._decoder.recognised if self._decoder else (),
        )

    def _finish(self, *, complete: bool) -> None:
        self._info = replace(
            self._info,
            complete=complete,
            bytes_read=self._source.position,
            notes=(*self._info.notes, *self._source.notes),
        )
        if not self._info.stored and not self._outside:
            raise InputError(_nothing(self._source.name, self._info, self._first_reason))
        decoder = self._decoder
        notes = list(decoder.notes) if decoder else []
        for key in decoder.unmet if decoder else ():
            notes.append(f"no line has the key {printable(key)} that --map names")
        if self._outside:
            notes.append(f"{self._outside} events lie outside --since and --until")
        self._info = replace(self._info, notes=(*self._info.notes, *notes))
        self._head.describe(self._info)

    def _note(self, sentence: str) -> None:
        self._info = replace(self._info, notes=(*self._info.notes, sentence))
        self._head.describe(self._info)


def complete(batch: Batch) -> Batch:
    """The batch with its events passed through `STEPS`."""
    events = batch.events
    for step in STEPS:
        events = step(events)
    return replace(batch, events=events)


def _nothing(source: str, info: SourceInfo, first_reason: str) -> str:
    name = printable(source)
    if not info.read:
        return f"{name} is empty"
    if info.read == info.blank:
        return f"{name} holds only blank lines"
    return f"{name} holds no events that this version can read (its first line: {first_reason})"
