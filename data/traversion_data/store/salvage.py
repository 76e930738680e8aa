"""A manifest anew from the segments that are whole, where no manifest is left.

A segment's name has the sum of its bytes, so they prove themselves. What only manifests knew is
lost: the names of the sources and how far they were read; they are described as not known, without
a position, so that nothing is read again by mistake.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from itertools import count
from pathlib import Path

import polars as pl

from traversion_data import schema
from traversion_data.errors import reason
from traversion_data.model import SourceInfo
from traversion_data.safe import printable
from traversion_data.store.entries import NewSegment, segments_of_aside, segments_of_events
from traversion_data.store.errors import StoreError
from traversion_data.store.files import Files
from traversion_data.store.generations import highest_serial
from traversion_data.store.manifest import Manifest, SourceEntry, generation_of, quarantined
from traversion_data.store.position import SourceMark
from traversion_data.store.publish import publish
from traversion_data.store.segment import ASIDE, EVENTS, NAME, UndecodableError, decode


def salvage(folder: Path, files: Files) -> int:
    """Write a manifest of the rows in all whole segments; how many rows.

    For the holder of the store's lock. The rows are written anew, those that two segments hold (as
    after a compaction) once; what is damaged is renamed first.

    Raises:
        StoreError: if nothing is whole, or it cannot be written.
    """
    names = files.names(folder)
    numbers = count(highest_serial(names) + 1)
    held: dict[str, list[pl.DataFrame]] = {EVENTS: [], ASIDE: []}
    for name in sorted(names, reverse=True):
        if parsed := NAME.fullmatch(name):
            frame = _whole(folder, files, name, int(parsed["crc"], 16))
            if frame is not None:
                held[parsed["kind"]].append(frame)
        elif generation_of(name):
            _rename(folder, files, name)
    fresh = [
        *segments_of_events(_once(held[EVENTS]), lambda: next(numbers)),
        *segments_of_aside(_once(held[ASIDE]), lambda: next(numbers), None),
    ]
    if not fresh:
        raise StoreError(f"no segment of the store {printable(str(folder))} is whole")
    generation = max((generation_of(name) or 0 for name in names), default=0) + 1
    manifest = Manifest(generation, tuple(it.entry for it in fresh), _sources(fresh))
    publish(files, folder, {it.entry.file: it.data for it in fresh}, manifest)
    return sum(it.entry.rows for it in fresh)


def _whole(folder: Path, files: Files, name: str, crc32: int) -> pl.DataFrame | None:
    """The rows of a segment; renamed and None where its bytes are not as they were written."""
    try:
        data = files.read(folder / name)
        if zlib.crc32(data) == crc32:
            return decode(data, name)
    except UndecodableError:
        pass
    except OSError as error:
        raise StoreError(f"{printable(str(folder / name))}: {reason(error)}") from error
    _rename(folder, files, name)
    return None


def _rename(folder: Path, files: Files, name: str) -> None:
    try:
        files.rename(folder / name, folder / quarantined(name))
    except OSError as error:
        raise StoreError(f"{printable(str(folder / name))}: {reason(error)}") from error


def _once(frames: list[pl.DataFrame]) -> list[pl.DataFrame]:
    """Every row once, from the first frame that has it."""
    seen = pl.DataFrame(schema={schema.SEQ: pl.Int64})
    fresh = list[pl.DataFrame]()
    for frame in frames:
        fresh.append(frame.join(seen, on=schema.SEQ, how="anti"))
        seen = pl.concat([seen, fresh[-1].select(schema.SEQ)])
    return fresh


def _sources(fresh: Sequence[NewSegment]) -> tuple[SourceEntry, ...]:
    rows: dict[int, dict[str, int]] = {}
    for it in fresh:
        for part in it.entry.parts:
            counts = rows.setdefault(part.source, {})
            counts[it.entry.kind] = counts.get(it.entry.kind, 0) + part.rows
    return tuple(
        SourceEntry(
            SourceMark(
                SourceInfo(
                    ordinal,
                    f"source {ordinal + 1}, its name is lost",
                    "",
                    read=sum(counts.values()),
                    stored=counts.get(EVENTS, 0),
                    set_aside=sum(counts.values()) - counts.get(EVENTS, 0),
                )
            )
        )
        for ordinal, counts in sorted(rows.items())
    )
