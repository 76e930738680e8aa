"""A source of numbered lines whose whole content follows from their numbers, and what a store of
them must hold: exactly the lines before the position it has."""

from __future__ import annotations

import zlib
from dataclasses import replace
from itertools import pairwise

import polars as pl
from polars.testing import assert_frame_equal

from traversion_data import schema
from traversion_data.decode.base import Batch
from traversion_data.model import SourceInfo
from traversion_data.store.durable import open_reader
from traversion_data.store.invariants import Weight, check
from traversion_data.store.position import Position, SourceMark

START = 1_700_000_000_000_000_000
WIDTH = 40
"""Bytes of a line with its newline."""


def kind_of(line):
    if line % 11 == 10:
        return "blank"
    return "aside" if line % 7 == 6 else "event"


def batch_of(first, count, source=0):
    lines = range(first, first + count)
    events = [line for line in lines if kind_of(line) == "event"]
    aside = [line for line in lines if kind_of(line) == "aside"]
    blank = count - len(events) - len(aside)
    return Batch(_events(events, source), _aside(aside, source), count, blank)


def mark_at(line, source=0):
    kinds = [kind_of(it) for it in range(line)]
    info = SourceInfo(
        source,
        f"app{source}.jsonl",
        "JSON Lines",
        read=line,
        stored=kinds.count("event"),
        set_aside=kinds.count("aside"),
        blank=kinds.count("blank"),
    )
    marker = zlib.crc32(str(line).encode()).to_bytes(4, "big")
    return SourceMark(info, Position("first", line * WIDTH, line, marker=marker))


def fill(writer, first, last, step=10, source=0, committed=None):
    """Append and commit the lines `[first, last)`; tells each end after it is acknowledged."""
    for low, high in pairwise([*range(first, last, step), last]):
        writer.append(batch_of(low, high - low, source), mark_at(high, source))
        writer.commit()
        if committed is not None:
            committed(high)


def lines_of(sources, ordinal=0):
    """How many lines of a source are stored, by its position."""
    return next((it.mark.position.line for it in sources if it.mark.info.ordinal == ordinal), 0)


def verify(folder, source=0):
    """Assert that a store without gaps holds exactly the lines before its position; how many.

    But for those that retention has let go, which it counts.
    """
    broken = [it for it in check(folder) if it.weight is not Weight.LITTER]
    assert not broken, broken
    with open_reader(folder) as store:
        stored = store.read()
    assert not stored.gaps
    line = lines_of(stored.sources, source)
    expected = batch_of(0, line, source)
    if line:
        entry = stored.sources[source]
        assert entry.mark == mark_at(line, source)
        if entry.dropped_events or entry.dropped_aside:
            expected = without_dropped(expected, stored, entry)
    assert_same(stored, expected)
    return line


def assert_same(stored, batch):
    """The frames read back hold the batch's rows, value by value, each sorted."""
    for frame in stored.frames:
        order = [schema.TIME, schema.SEQ]
        assert frame.select(order).equals(frame.select(order).sort(order))
    found = pl.concat([schema.empty(), *stored.frames], how="diagonal_relaxed")
    assert_frame_equal(
        found.sort(schema.SEQ),
        batch.events.sort(schema.SEQ) if batch.events.height else found.clear(),
        check_column_order=False,
    )
    assert_frame_equal(stored.aside, batch.aside)


def without_dropped(batch, stored, entry):
    """The batch without as many rows as retention counts, for which the store's rows decide."""
    events = pl.concat([batch.events.clear(), *stored.frames], how="diagonal_relaxed")
    kept = batch.events.join(events.select(schema.SEQ), on=schema.SEQ, how="semi")
    aside = batch.aside.join(stored.aside.select(schema.SEQ), on=schema.SEQ, how="semi")
    assert batch.events.height - kept.height == entry.dropped_events
    assert batch.aside.height - aside.height == entry.dropped_aside
    return replace(batch, events=kept, aside=aside)


def _events(lines, source):
    seqs = [(source << 40) + line for line in lines]
    times = [START + line * 1_000_000 - (line % 5) * 3_000_000 for line in lines]
    frame = pl.DataFrame(
        {
            schema.SEQ: pl.Series(seqs, dtype=pl.Int64),
            schema.SOURCE: pl.Series([source] * len(lines), dtype=pl.UInt16),
            schema.OFFSET: pl.Series([line * WIDTH for line in lines], dtype=pl.UInt64),
            schema.LENGTH: pl.Series([WIDTH - 1] * len(lines), dtype=pl.UInt32),
            schema.TIME: pl.Series(times, dtype=pl.Int64),
            schema.END_TIME: pl.Series(times, dtype=pl.Int64),
            schema.TYPE: pl.Series(["log"] * len(lines), dtype=pl.String),
            schema.SERVICE: pl.Series([f"service-{line % 3}" for line in lines], dtype=pl.String),
            schema.SEVERITY: pl.Series([line % 6 for line in lines], dtype=pl.Int8),
            schema.MESSAGE: pl.Series([f"line {line} é" for line in lines], dtype=pl.String),
            schema.ERROR_OCCURRED: pl.Series([line % 6 > 3 for line in lines], dtype=pl.Boolean),
            "retries": pl.Series([line * 7 for line in lines], dtype=pl.Int64),
            "load": pl.Series([line / 3 for line in lines], dtype=pl.Float64),
        }
    )
    return schema.conform(frame)


def _aside(lines, source):
    return pl.DataFrame(
        {
            schema.SEQ: [(source << 40) + line for line in lines],
            schema.SOURCE: [source] * len(lines),
            schema.OFFSET: [line * WIDTH for line in lines],
            schema.LENGTH: [WIDTH - 1] * len(lines),
            "reason": ["not JSON"] * len(lines),
            "text": [f"bad line {line}" for line in lines],
        },
        schema=schema.ASIDE,
    )
