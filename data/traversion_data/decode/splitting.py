"""Records too long to be parsed at once, parsed a part at a time.

A record that holds its events in an array under a known key is read as several: each with some of
those events in that array, and with all else that stands beside it. Or runs of events are cut out
of it, to be parsed one after another while what was parsed is still in the processor's cache.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
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
_RUN: Final = 24 * 1024
"""Bytes of events that are parsed at once; beyond that, parsed ones leave the cache unused."""
_PAIR: Final = rb'\s*"(\w+)"\s*:\s*(?:"[^"\\]*"|[-\d.]+)\s*'
_FIRST: Final = re.compile(rb"\s*:\s*\[(\s*\{)" + _PAIR + b"," + _PAIR + rb',\s*"(\w+)"\s*:')


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


def runs(record: bytes, keys: Collection[bytes]) -> tuple[bytes, list[bytes]]:
    """The record with numbers from 0 on in place of runs of events, and those runs.

    What was cut is found by how the first event of an array under one of the keys begins. Whoever
    meets the numbers elsewhere than in such arrays, or not in order, or cannot parse a run as
    elements of an array, has to parse the whole record.
    """
    found: list[bytes] = []
    shell: list[bytes] = []
    behind = 0
    for begin, end, sign, start in _arrays(record, keys):
        at = begin
        while (stop := _next(record, at + _RUN, end, sign, start)) > 0:
            shell += (record[behind:at], b"%d" % len(found))
            found.append(record[at:stop])
            at, behind = stop + 1, stop
    shell.append(record[behind:])
    return b"".join(shell), found


def _arrays(
    record: bytes, keys: Collection[bytes]
) -> Iterator[tuple[int, int, bytes, re.Pattern[bytes]]]:
    """Where events of an array may stand, and how each begins: by a sign, then by a pattern."""
    found = ([*_places(record, b'"%s"' % key)] for key in keys)
    places = next(filter(None, found), [])
    for place, end in zip(places, [*places[1:], len(record)], strict=True):
        first = _FIRST.match(record, place)
        if first is None:
            continue
        start = _beginning(*first.groups()[1:])
        second = start.search(record, place, end)
        if second is not None:
            yield first.start(1), end, second[1], start


def _places(record: bytes, word: bytes) -> Iterator[int]:
    """Behind each occurrence of a word."""
    at = record.find(word)
    while at >= 0:
        yield at + len(word)
        at = record.find(word, at + len(word))


@lru_cache(maxsize=64)
def _beginning(*names: bytes) -> re.Pattern[bytes]:
    first, second, third = (rb'\s*"%s"\s*:' % re.escape(name) for name in names)
    value = rb'\s*(?:"[^"\\]*"|[-\d.]+)\s*,'
    return re.compile(rb"(,\s*\{)" + first + value + second + value + third)


def _next(record: bytes, at: int, end: int, sign: bytes, start: re.Pattern[bytes]) -> int:
    """Where the comma before the next event stands, -1 if there is none."""
    place = record.find(sign, at, end)
    while place > 0 and not start.match(record, place):
        place = record.find(sign, place + 1, end)
    return place
