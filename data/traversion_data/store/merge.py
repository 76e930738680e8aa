"""Time-sorted event frames that grow by pieces, sharing with the frame before all that stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.store.dtypes import cast, common, nulls
from traversion_data.store.unread import Unread

PIECE: Final = 1 << 17
"""Rows that are sorted and laid out together at most: one chunk of a frame."""

_SAMPLE: Final = 4096
"""Rows by which a text column is judged to repeat itself."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A sorted frame, and how many of its first rows are chunks of the one before."""

    events: pl.DataFrame
    shared: int


def merge(old: pl.DataFrame, fresh: list[pl.DataFrame], most: int | None = None) -> Merged:
    """Events sorted by (time, seq) together with fresh ones in any order; sorted.

    most: rows that are laid out together, `PIECE` where nothing is said.

    Takes all of `fresh` out of the list. The chunks of `old` that lie before all fresh rows are
    shared with the result; what overlaps is sorted again, together with small chunks at the end of
    `old`, so that chunks stay few. Learned columns absent in one are NULL there; where their types
    differ, they become the type that holds both.
    """
    most = most or PIECE
    shared, taken = _reopened(old, fresh, most)
    taken += fresh
    fresh.clear()
    return Merged(joined([old.slice(0, shared), *ordered(taken, most)]), shared)


def follows(old: pl.DataFrame, fresh: pl.DataFrame) -> bool:
    """Whether all rows of a sorted frame (that has some) lie behind those of another."""
    if not old.height:
        return True
    for name in (schema.TIME, schema.SEQ):
        last, first = int(old[name][-1]), int(fresh[name][0])
        if last != first:
            return last < first
    return False


def joined(pieces: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Sorted frames that follow each other as one, its chunks theirs; nothing is copied."""
    filled = [piece for piece in pieces if piece.height] or list(pieces)
    if any(isinstance(piece, Unread) for piece in filled):
        return Unread.joined(filled)
    return _under_each_other(filled)


def chunks(frame: pl.DataFrame) -> list[pl.DataFrame]:
    """One frame for each chunk; nothing is copied."""
    lengths = [length for length in frame[schema.TIME].chunk_lengths() if length]
    starts = np.cumsum([0, *lengths]).tolist()
    return [frame.slice(at, length) for at, length in zip(starts, lengths, strict=False)]


def overlap(old: pl.DataFrame, fresh: Sequence[pl.DataFrame]) -> int:
    """How many rows of `old` do not lie before all fresh ones."""
    earliest = min((_first_time(frame) for frame in fresh if frame.height), default=None)
    rows = 0
    if earliest is not None:
        for chunk in reversed(old[schema.TIME].get_chunks()):
            before = _before(chunk, earliest)
            rows += len(chunk) - before
            if before:
                break
    return rows


def _reopened(
    old: pl.DataFrame, fresh: list[pl.DataFrame], most: int
) -> tuple[int, list[pl.DataFrame]]:
    """How many rows of `old` stay, and those at its end that are to be sorted with others."""
    earliest = min(_first_time(frame) for frame in fresh if frame.height)
    rows = sum(frame.height for frame in fresh)
    shared = old.height
    for chunk in reversed(old[schema.TIME].get_chunks()):
        kept = _before(chunk, earliest)
        if kept >= min(2 * rows, most // 2):
            shared -= len(chunk) - kept
            break
        shared -= len(chunk)
        rows += len(chunk)
    return shared, [old.slice(shared)] if shared < old.height else []


def _before(times: pl.Series, moment: int) -> int:
    """How many of the times, ascending and in one chunk, are before a moment."""
    if not len(times) or times[-1] < moment:
        return len(times)
    return int(np.searchsorted(times.to_numpy(), moment))


def _first_time(frame: pl.DataFrame) -> int:
    return int(frame[schema.TIME].min())  # type: ignore[arg-type]


def ordered(frames: list[pl.DataFrame], most: int | None = None) -> list[pl.DataFrame]:
    """The rows of all frames in order, in frames of one chunk. Takes them out of the list.

    most: rows in each of them, `PIECE` where nothing is said.

    Many rows are gone through column by column, each given up before the next, so that little
    exists twice; few, which will be laid out again with others, in one go.
    """
    most = most or PIECE
    order = order_of(frames)
    heights = [frame.height for frame in frames]
    rows = sum(heights)
    if rows < most // 2 and not any(isinstance(frame, Unread) for frame in frames):
        whole = _under_each_other(frames).rechunk()
        frames.clear()
        whole = whole if order is None else whole[order]
        if rows < _SAMPLE:
            return [whole]
        return [pl.DataFrame([_compact(cells, most) for cells in whole.get_columns()])]
    parts = _parts(frames)
    frames.clear()
    pieces: list[list[pl.Series]] = [[] for _ in range(0, rows, most)]
    for name in list(parts):
        column = _joined(name, parts.pop(name), heights)
        for number, piece in enumerate(pieces):
            at = slice(number * most, (number + 1) * most)
            piece.append(_compact(column[at] if order is None else column[order[at]], most))
    return [pl.DataFrame(piece) for piece in pieces]


def order_of(frames: Sequence[pl.DataFrame]) -> pl.Series | None:
    """Row numbers (UInt32) of the frames under each other by time, then seq; None as they stand."""
    if not frames:
        return None
    times, seqs = (
        np.concatenate([frame[name].to_numpy() for frame in frames])
        for name in (schema.TIME, schema.SEQ)
    )
    if _ascends(times, seqs):
        return None
    order = np.argsort(times, kind="stable")
    if not _ascends(times[order], seqs[order]):
        order = np.lexsort((seqs, times))
    return pl.Series(order.astype(np.uint32))


def _ascends(times: np.ndarray, seqs: np.ndarray) -> bool:
    """Whether rows are in order of time, then seq."""
    later = times[1:] > times[:-1]
    return bool((later | ((times[1:] == times[:-1]) & (seqs[1:] >= seqs[:-1]))).all())


def _parts(frames: list[pl.DataFrame]) -> dict[str, list[pl.Series | None]]:
    """The columns of each name, one of each frame or None."""
    parts: dict[str, list[pl.Series | None]] = {}
    for number, frame in enumerate(frames):
        for name in frame.columns:
            parts.setdefault(name, [None] * len(frames))[number] = frame[name]
    return parts


def _joined(name: str, parts: list[pl.Series | None], heights: list[int]) -> pl.Series:
    there = [part for part in parts if part is not None]
    if len(there) == len(parts):
        with suppress(pl.exceptions.SchemaError):
            return pl.concat(there).rechunk()
    dtype = common([part.dtype for part in there])
    return pl.concat(
        [
            cast(part, dtype) if part is not None else nulls(name, dtype, height)
            for part, height in zip(parts, heights, strict=True)
        ]
    ).rechunk()


def _under_each_other(pieces: list[pl.DataFrame]) -> pl.DataFrame:
    """The pieces as chunks of one frame, under one schema."""
    with suppress(pl.exceptions.SchemaError, pl.exceptions.ShapeError):
        return pl.concat(pieces)
    found: dict[str, list[pl.DataType]] = {}
    for piece in pieces:
        for name, dtype in piece.schema.items():
            found.setdefault(name, []).append(dtype)
    dtypes = {name: common(kinds) for name, kinds in found.items()}
    alike = [
        part
        for piece in pieces
        for part in ([piece] if piece.schema == dtypes else _conformed(piece, dtypes))
    ]
    return pl.concat(alike)


def _conformed(frame: pl.DataFrame, dtypes: dict[str, pl.DataType]) -> Iterator[pl.DataFrame]:
    """A frame chunk by chunk under a schema: columns that came later are NULL, all chunks alike."""
    for piece in chunks(frame):
        yield pl.DataFrame(
            [
                cast(piece[name], dtype)
                if name in piece.columns
                else nulls(name, dtype, piece.height)
                for name, dtype in dtypes.items()
            ]
        )


def _compact(column: pl.Series, most: int) -> pl.Series:
    """The same values in less memory: one block of NULLs for all, equal texts once.

    Texts of fewer rows than half of `most` are left as they are, for these will be laid out again
    with others.
    """
    if column.null_count() == len(column):
        return nulls(column.name, column.dtype, len(column))
    if column.dtype != pl.String() or len(column) < most // 2:
        return column
    some = column.head(_SAMPLE).drop_nulls()
    texts = some.unique()
    if len(texts) * 3 > len(some):
        return _packed(column)
    coded = column.cast(pl.Enum(texts), strict=False)
    if coded.null_count() > column.null_count():
        texts = column.unique().drop_nulls()
        coded = column.cast(pl.Enum(texts))
    return texts.gather(coded.to_physical())


def _packed(texts: pl.Series) -> pl.Series:
    """Texts laid out anew, without what filters and growing buffers left between them."""
    plain = texts.to_arrow(compat_level=pl.CompatLevel.oldest())
    return pl.Series(texts.name, plain)
