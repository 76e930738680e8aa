"""One source on its way into the head: recognised, cut, decoded, completed, accounted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import partial
from typing import Final

import polars as pl

from traversion_data import schema
from traversion_data.ahead import ahead
from traversion_data.decode.base import Batch, DecodeOptions, Decoder
from traversion_data.decode.learned import kinds_of
from traversion_data.decode.recognise import Peeking, format_of, format_titled, recognise
from traversion_data.errors import InputError
from traversion_data.keep import Keep, KeepNothing
from traversion_data.model import SourceInfo, seq_of
from traversion_data.options import LoadOptions
from traversion_data.outcome import mark_errors
from traversion_data.redact.batches import redact_batch
from traversion_data.safe import printable
from traversion_data.source.base import START, Chunk, Place, Source
from traversion_data.store.head import Head
from traversion_data.store.position import Position, SourceMark
from traversion_data.templates import mark_templates
from traversion_data.zones import USUAL

Step = Callable[[pl.DataFrame], pl.DataFrame]

STEPS: Final[tuple[Step, ...]] = (mark_errors, mark_templates)
"""What every batch of events passes before the store, its secrets replaced already."""

_GIVE_UP_BYTES: Final = 4 * 1024 * 1024
"""A source that has given no event within so many bytes is not one this version reads."""


class Pause(Enum):
    """What a source gives beside chunks."""

    IDLE = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Decoded:
    """A chunk that was read, to be shaped; in the order of the source."""

    chunk: Chunk
    shape: Callable[[], Batch]


class Reading:
    """One source on its way into the head, with its accounting.

    `steps` may run in another thread than the rest.
    """

    def __init__(
        self,
        source: Source,
        info: SourceInfo,
        head: Head,
        options: LoadOptions,
        *,
        at: Place = START,
        keep: Keep | None = None,
        behind: Callable[[Chunk], Position | None] = lambda _: None,
    ) -> None:
        """`info` is the accounting so far, `at` where the source's first byte stands.

        `behind` says where the source stands behind a chunk, for `keep`.
        """
        self._keep: Keep = keep or KeepNothing()
        self._behind = behind
        self._place: Position | None = None
        self._source = source
        self._head = head
        self._options = options
        self._at = at
        self._decoder: Decoder | None = None
        self._zone = options.zones.named_for(source.name)
        self._info = info if info.format else replace(info, zone=self._zone or USUAL)
        self._outside = 0
        self._first_reason = ""

    @property
    def info(self) -> SourceInfo:
        """The accounting so far."""
        return self._info

    def batches(self, cancelled: Callable[[], bool], idle: Callable[[], None]) -> Iterator[int]:
        """Decode to the end or until cancelled, yielding the rows each chunk stored.

        The next chunk is read and parsed in a second thread while this one is completed; `idle` is
        called while the source has nothing to give.
        """
        ended = False
        for step in ahead(self.steps(), cancelled, idle):
            if step is Pause.END:
                ended = True
                break
            if isinstance(step, Decoded):
                yield self.store(step).events.height
            if self._hopeless():
                break
        if ended or self._hopeless():
            self.finish(complete=ended)
            if not self._info.stored and not self._outside:
                raise InputError(_nothing(self._source.name, self._info, self._first_reason))
        else:
            self.note("loading was stopped here; the rest of the source was not read")

    def steps(self) -> Iterator[Decoded | Pause]:
        """The source's chunks in order, `IDLE` where there is none for a while, `END` once."""
        source, options = self._source, self._options
        peeking = Peeking(source)
        while not peeking.enough():
            yield Pause.IDLE
        word = options.written_as
        known_as = format_titled(self._info.format)
        form = known_as or (recognise(peeking.head) if word is None else format_of(word))
        known = kinds_of(self._head.view.events)
        decoder = form.decoder(
            DecodeOptions(
                source.name,
                options.field_map,
                self._info.zone,
                source.written,
                known,
                self._numbered(),
                zone_named=self._zone == self._info.zone,
            )
        )
        self._decoder = decoder
        self._info = replace(self._info, format=form.title)
        pieces, hold = peeking.pieces(), source.hold
        if options.block is not None:
            pieces, hold = _blocks(pieces, options.block), 0.0
        for chunk in form.cut(pieces, self._info.ordinal, hold):
            if chunk is None:
                yield Pause.IDLE
            else:
                yield self._decoded(decoder, chunk)
        yield Pause.END

    def _decoded(self, decoder: Decoder, chunk: Chunk) -> Decoded:
        """A chunk that was read; `steps`, which may wait for long, keeps none of it."""
        placed = self._at.of(chunk)
        return Decoded(placed, partial(decoder.shape, decoder.read(placed)))

    def _numbered(self) -> int:
        """The number behind those of the events that an earlier run took from this source."""
        if self._at == START:
            return 0
        ordinal = self._info.ordinal
        view = self._head.view
        taken = [
            frame.filter(pl.col(schema.SOURCE) == ordinal)[schema.SEQ].max()
            for frame in (view.events, view.aside)
        ]
        last = max((seq for seq in taken if isinstance(seq, int)), default=-1)
        return last - seq_of(ordinal, 0) + 1 if last >= 0 else 0

    def store(self, decoded: Decoded) -> Batch:
        """Complete a chunk's events and append them to the head; what was appended."""
        whole = decoded.shape()
        kept = complete(self._redacted(self._within(whole)))
        self._count(whole, kept)
        self._head.append(kept, self._info)
        self._place = self._behind(decoded.chunk)
        self._keep.append(kept, SourceMark(self._info, self._place))
        self._keep.settle()
        return kept

    def _hopeless(self) -> bool:
        """Whether so much was read without one event that none is to be expected."""
        return (
            not self._info.stored and not self._outside and (self._info.bytes_read > _GIVE_UP_BYTES)
        )

    def fail(self, error: InputError) -> None:
        """Record why reading ended early."""
        self.note(str(error))

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

    def _redacted(self, batch: Batch) -> Batch:
        """Without secrets, which are counted."""
        redaction = self._options.redaction
        if redaction is None:
            return batch
        clean, found = redact_batch(batch, redaction)
        total = Counter(dict(self._info.rules)) + found
        rules = tuple(sorted(total.items()))
        self._info = replace(self._info, redacted=total.total(), rules=rules)
        return clean

    def _count(self, batch: Batch, kept: Batch) -> None:
        info = self._info
        outside = batch.events.height - kept.events.height
        self._outside += outside
        if not self._first_reason and kept.aside.height:
            self._first_reason = kept.aside["reason"][0]
        self._info = replace(
            info,
            read=info.read + batch.lines - outside,
            stored=info.stored + kept.events.height,
            set_aside=info.set_aside + batch.aside.height,
            blank=info.blank + batch.blank,
            bytes_read=self._source.position,
            recognised=self._decoder.recognised if self._decoder else (),
        )

    def finish(self, *, complete: bool) -> None:
        """Note the end of the source, and what is to be said of all of it."""
        self._info = replace(self._info, complete=complete, bytes_read=self._source.position)
        decoder = self._decoder
        notes = [*self._source.notes, *(decoder.notes if decoder else ())]
        notes += self._too_late()
        unmet = decoder.unmet if decoder else ()
        notes += (f"no line has the key {printable(key)} that --map names" for key in unmet)
        if self._outside:
            notes.append(f"{self._outside} events lie outside --since and --until")
        self.note(*notes)

    def _too_late(self) -> Iterator[str]:
        """What an earlier run has settled otherwise than it is said now."""
        info, word = self._info, self._options.written_as
        if self._zone not in (None, info.zone):
            yield (
                f"times without a zone are read as {info.zone}, as the first ones were: "
                f"--tz {self._zone} comes too late"
            )
        if word is not None and info.format and format_of(word).title != info.format:
            yield f"it is read as {info.format}, as its beginning was: --as {word} comes too late"

    def note(self, *sentences: str) -> None:
        """Add sentences to what is known of the source, each once, also where it is read on."""
        notes = dict.fromkeys((*self._info.notes, *sentences))
        self._info = replace(self._info, notes=tuple(notes))
        self._described()

    def _described(self) -> None:
        self._head.describe(self._info)
        self._keep.describe(SourceMark(self._info, self._place))


def _blocks(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes, gathered until there are so many or nothing comes for a while."""
    held = bytearray()
    for piece in pieces:
        held += piece
        if held and (len(held) >= size or not piece):
            yield bytes(held)
            held.clear()
        if not piece:
            yield piece
    if held:
        yield bytes(held)


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
