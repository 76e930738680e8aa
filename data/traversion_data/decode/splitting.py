"""Records too long to be parsed at once, parsed a part at a time.

A record that holds its events in an array under a known key is read as several: each with some of
those events in that array, and with all else that stands beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import orjson

from traversion_data.decode.record import NotAnEvent
from traversion_data.source.base import Chunk
from traversion_data.source.documents import cut_elements

Nesting: TypeAlias = Sequence[Collection[bytes]]
"""Keys of the arrays that hold events, from the outermost to the innermost."""

LONG: Final = 16 * 1024 * 1024
"""Bytes beyond which a record is parsed in parts of about that length."""


def parts(record: bytes, nesting: Nesting) -> Iterator[dict[str, Any]]:
    """The objects that together hold what a long record holds, events in their order.

    Raises:
        NotAnEvent: the record is no whole object, or has no array under a key of the nesting.
        orjson.JSONDecodeError: a part is not valid JSON.
    """
    if not nesting:
        yield orjson.loads(record)
        return
    keys, inner = nesting[0], nesting[1:]
    held, starts, ends = _elements(record, keys)
    if not held:
        yield from parts(record, inner)
        return
    key, shell = _shell(record, int(starts[0]), int(ends[-1]), keys)
    for first, last in _groups(starts, ends):
        begin, end = int(starts[first]), int(ends[last])
        if end - begin <= LONG or first < last:
            yield {**shell, key: orjson.loads(b"[" + record[begin:end] + b"]")}
        else:
            for part in parts(record[begin:end], inner):
                yield {**shell, key: [part]}


def _elements(record: bytes, keys: Collection[bytes]) -> tuple[bool, np.ndarray, np.ndarray]:
    """Whether the record has an array under one of the keys, and the places of its elements."""
    chunks: list[Chunk] = [it for it in cut_elements([record], 0, keys=keys) if it is not None]
    if (torn := chunks[-1].note) is not None:
        raise NotAnEvent(torn)
    spans = [(chunk.offset, chunk.elements) for chunk in chunks if chunk.elements is not None]
    starts = np.concatenate([offset + found[0] for offset, found in spans])
    ends = np.concatenate([offset + found[1] for offset, found in spans])
    whole = len(starts) == 0 or int(ends[0] - starts[0]) >= len(record.strip())
    return not whole, starts, ends


def _shell(
    record: bytes, start: int, end: int, keys: Collection[bytes]
) -> tuple[str, dict[str, Any]]:
    """The record without its elements, and the key they stand under."""
    shell = orjson.loads(record[:start] + record[end:])
    found = [key.decode() for key in keys if shell.get(key.decode()) == []]
    if len(found) != 1:
        raise NotAnEvent(f"longer than {LONG >> 20} MiB, with more than one array of events")
    return found[0], shell


def _groups(starts: np.ndarray, ends: np.ndarray) -> Iterator[tuple[int, int]]:
    """First and last element of each run of about `LONG` bytes."""
    first = 0
    while first < len(starts):
        limit = int(starts[first]) + LONG
        last = max(first, int(np.searchsorted(ends, limit, side="right")) - 1)
        yield first, last
        first = last + 1
