"""A recording opened from the cache: its rows taken over, and what its file has got since then."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Final

import polars as pl

from traversion_data.cache import Entry, Kept
from traversion_data.decode.json import JSON_LINES
from traversion_data.model import SECOND, SourceInfo, seq_of
from traversion_data.options import LoadOptions
from traversion_data.source.base import Place, Source
from traversion_data.source.file import PlainSource
from traversion_data.store.errors import StoreError
from traversion_data.store.head import Head
from traversion_data.store.view import StoreView

_OBJECT: Final = b"{"


@dataclass(frozen=True, slots=True)
class Begun:
    """A source of which a part is in the head already: its accounting, and where the rest is."""

    source: Source
    info: SourceInfo
    at: Place


@dataclass(frozen=True, slots=True)
class Recalled:
    """What the cache gave: the sentence that says so, and what is still to be read, if anything."""

    note: str
    rest: Begun | None = None


def recall(
    entry: Entry, head: Head, options: LoadOptions, on_rows: Callable[[int, int], bool]
) -> Recalled | None:
    """Put what was kept of unchanged files into a head; None where there is nothing to be used.

    `on_rows` is told of the rows taken and of all there are; it says whether to go on.

    Raises:
        StoreError: if what was kept is damaged; it is removed, and the head is empty.
    """
    try:
        return _recalled(entry, head, options, on_rows)
    except StoreError:
        head.clear()
        entry.drop()
        raise


def _recalled(
    entry: Entry, head: Head, options: LoadOptions, on_rows: Callable[[int, int], bool]
) -> Recalled | None:
    kept = entry.find()
    if kept is None:
        return None
    with kept.reader:
        infos = [it.mark.info for it in kept.reader.sources]
        rest = None
        if kept.seen != entry.seen:
            rest = _rest(entry, kept, infos, options)
            if rest is None:
                return None
        _take(kept, infos, head, on_rows)
    when = datetime.fromtimestamp(kept.written // SECOND, UTC)
    if rest is None:
        return Recalled(f"opened from the cache of {when:%Y-%m-%d %H:%M:%S} UTC")
    return Recalled(
        f"its first {rest.info.read:,} lines are from the cache of {when:%Y-%m-%d %H:%M:%S} UTC",
        rest,
    )


def _take(
    kept: Kept, infos: list[SourceInfo], head: Head, on_rows: Callable[[int, int], bool]
) -> None:
    total = sum(info.stored for info in infos)
    for info in infos:
        head.describe(info)
    taken = 0
    for piece in kept.reader.pieces():
        if piece.missing:
            raise StoreError(piece.missing[0].reason)
        head.restore(piece.frames, piece.aside)
        taken += sum(frame.height for frame in piece.frames)
        if not on_rows(taken, total):
            for info in infos:
                stopped = "opening was stopped here; the rest of the rows was not taken"
                head.describe(replace(info, complete=False, notes=(*info.notes, stopped)))
            return
    if taken != total:
        raise StoreError(f"it holds {taken:,} events instead of {total:,}")


def _rest(entry: Entry, kept: Kept, infos: list[SourceInfo], options: LoadOptions) -> Begun | None:
    """What one plain file of JSON lines has got behind its last whole line; None for any other."""
    if len(infos) != 1 or (options.since, options.until) != (None, None):
        return None
    info, before, now = infos[0], kept.seen[0], entry.seen[0]
    whole = before.marker.endswith("0a") and info.bytes_read == before.size
    if info.format != JSON_LINES.title or not whole or not now.grew_from(before):
        return None
    path = Path(now.path)
    with path.open("rb") as file:
        if file.read(1) != _OBJECT:
            return None
    source = PlainSource(path, info.name, before.size)
    return Begun(source, replace(info, complete=False), Place(before.size, info.read))


def keep_in_background(
    entry: Entry, view: StoreView, rest: Begun | None, stopped: Callable[[], bool]
) -> Thread:
    """Write all rows of a snapshot, or the new ones, in a thread that ends before the program.

    What cannot be written is not: the files are still there to be read again.
    """

    def work() -> None:
        with suppress(OSError, StoreError, pl.exceptions.PolarsError):
            if rest is None:
                entry.write(view, stopped)
            else:
                entry.extend(view, seq_of(rest.info.ordinal, rest.at.line))

    thread = Thread(target=work, name="traversion-cache")
    thread.start()
    return thread
