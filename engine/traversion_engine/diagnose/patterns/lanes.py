"""Lanes: all items of the same trace, of the same service, or all, on one axis without overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from traversion_data.model import SECOND
from traversion_engine.diagnose.patterns.items import Items

_NS: Final = 1_000
_BLOCKS: Final = 8
"""Parts of a lane's time that are compared each with itself: rates change over a recording."""
_CELLS: Final = 4_000_000


@dataclass(frozen=True)
class Lane:
    """Occurrences by (key, time, row), one entry each; keys lie more than any window apart.

    axis: int64 µs, ascending. rows: their places in the items; errors: whether
    they are some. strata: groups within which
    occurrence and error are compared; parts: by stratum, the larger group that it belongs to.
    exposure: by stratum, its time in µs, or its number of traces where `units` tells them apart.
    coarse: times are whole seconds, so that within one moment the order of lines counts.
    """

    axis: np.ndarray
    codes: np.ndarray
    rows: np.ndarray
    errors: np.ndarray
    strata: np.ndarray
    parts: np.ndarray
    exposure: np.ndarray
    units: np.ndarray | None
    coarse: bool

    @cached_property
    def _ends(self) -> int:
        return len(self.axis) + 1

    @cached_property
    def _places(self) -> np.ndarray:
        """Occurrences by (item, entry), as one ascending number each."""
        return np.sort(self.codes * self._ends + np.arange(len(self.codes)))

    @cached_property
    def _quiet(self) -> np.ndarray:
        """How many of the first entries, from none to all, are no errors."""
        return np.concatenate([[0], np.cumsum(~self.errors)])

    @cached_property
    def _entries(self) -> np.ndarray:
        """By row of the items, its entry, -1 for those that take no part."""
        entries = np.full(int(self.rows.max(initial=-1)) + 2, -1)
        entries[self.rows] = np.arange(len(self.rows))
        return entries

    def entries_of(self, rows: np.ndarray) -> np.ndarray:
        """The entries of rows of the items, -1 for those that take no part."""
        return np.asarray(self._entries[np.minimum(rows, len(self._entries) - 1)])

    def occurrences(self, code: int) -> np.ndarray:
        """The entries of an item, ascending."""
        ends = np.searchsorted(self._places, np.array([code, code + 1]) * self._ends)
        return np.asarray(self._places[ends[0] : ends[1]] - code * self._ends)

    def latest(self, codes: np.ndarray | int, before: np.ndarray) -> np.ndarray:
        """The last entry of an item before an entry, -1 where there is none."""
        sought = np.asarray(codes * self._ends + before)
        at = np.searchsorted(self._places, sought) - 1
        entry = self._places[np.maximum(at, 0)] - codes * self._ends
        return np.where((at < 0) | (before < 0), -1, np.maximum(entry, -1))

    def earlier(self, entries: np.ndarray) -> np.ndarray:
        """The first entry of the same moment: what leads to something comes before that."""
        return entries if self.coarse else np.searchsorted(self.axis, self.axis[entries])

    def step(
        self, codes: np.ndarray | int, entries: np.ndarray, before: np.ndarray, window: int
    ) -> np.ndarray:
        """The last entry of an item before `before`, -1 unless within the window of `entries`."""
        at = self.latest(codes, before)
        near = (at >= 0) & (self.axis[entries] - self.axis[np.maximum(at, 0)] <= window)
        return np.where(near, at, -1)

    def chain(
        self, pattern: Sequence[int], entries: np.ndarray, before: np.ndarray, window: int
    ) -> np.ndarray:
        """The entries of a sequence before others, a row an event, -1 where there is none.

        Each event is the last of its kind before the next, and within the window (µs) of it.
        """
        rows = [self.step(pattern[-1], entries, before, window)]
        for code in reversed(pattern[:-1]):
            rows.append(self.step(code, rows[-1], rows[-1], window))
        return np.stack(rows[::-1])

    def coverage(self, pattern: Sequence[int], window: int) -> np.ndarray:
        """By stratum, the share of its time (or of its traces) in which a sequence is followed.

        Followed is what comes after its last event and within the window (µs) of it.
        """
        last = self.occurrences(pattern[-1])
        if len(pattern) > 1:
            last = last[self.chain(pattern[:-1], last, last, window)[0] >= 0]
        here = np.zeros(len(last), dtype=np.int64)
        return np.asarray(self._followed(here, 1, last, self.axis[last] + window)[0])

    def coverages(self, window: int, items: int) -> np.ndarray:
        """The same of each item alone: item by stratum."""
        codes, entries = np.divmod(self._places, self._ends)
        return self._followed(codes, items, entries, self.axis[entries] + window)

    def _followed(
        self, groups: np.ndarray, count: int, last: np.ndarray, ends: np.ndarray
    ) -> np.ndarray:
        """By group and stratum, what part of it lies after `last` entries and up to `ends`.

        Both ascend within a group. Of traces, those with any; of time the share of the time or of
        the events, whichever is higher: errors come where much happens, and so does all else.
        """
        strata = len(self.exposure)
        cells = groups * strata + self.strata[last]
        if self.units is not None:
            once = groups * (int(self.units.max()) + 1) + self.units[last]
            once = np.unique(once, return_index=True)[1]
            held = np.bincount(cells[once], minlength=count * strata).reshape(count, strata)
            return np.asarray(held / self.exposure)
        # what ends later also begins later: each counts until the next begins
        begins, until = self.axis[last], np.searchsorted(self.axis, ends, side="right")
        same = groups[1:] == groups[:-1]
        ends[:-1][same] = np.minimum(ends[:-1], begins[1:])[same]
        until[:-1][same] = np.minimum(until[:-1], last[1:] + 1)[same]
        busy = self._quiet[until] - self._quiet[last + 1]
        time = np.bincount(cells, (ends - begins).astype(np.float64), count * strata)
        happened = np.bincount(cells, busy.astype(np.float64), count * strata)
        share = np.maximum(
            time.reshape(count, strata) / self.exposure,
            happened.reshape(count, strata) / self._activity,
        )
        return np.asarray(np.minimum(share, 1.0))

    @cached_property
    def _activity(self) -> np.ndarray:
        """By stratum, its events but errors, at least 1."""
        calm = np.diff(self._quiet).astype(np.float64)
        return np.maximum(np.bincount(self.strata, calm, len(self.exposure)), 1.0)

    def expected(self, coverage: np.ndarray, starts: np.ndarray) -> np.ndarray:
        """The share of errors at `starts` that a sequence precedes by chance.

        coverage: (…, stratum). The higher of that by stratum and that by larger group.
        """
        weights = np.bincount(self.strata[starts], minlength=len(self.exposure)) / len(starts)
        whole = np.bincount(self.parts, self.exposure)
        group_weights = np.bincount(self.parts, weights) / whole
        coarse = (coverage * self.exposure) @ group_weights[self.parts]
        return np.asarray(np.minimum(np.maximum(coverage @ weights, coarse), 1.0))


def across(items: Items, gap: int) -> Lane:
    """All in one lane, whatever trace or service it is of."""
    return _by_time(items, np.zeros(len(items.codes), dtype=np.int64), gap)


def by_service(items: Items, gap: int) -> Lane:
    """A lane a service."""
    return _by_time(items, items.services, gap)


def by_trace(items: Items, gap: int) -> Lane:
    """A lane a trace; traces are compared with those of like size and the same root."""
    order, axis, keys, begins = _laid(items, items.traces, gap)
    sizes = np.diff(np.append(begins, len(order)))
    # the first span without a parent, or what comes first at all
    places = np.where(items.roots[order], np.arange(len(order)), len(order))
    first = np.minimum.reduceat(places, begins)
    first = np.where(first == len(order), begins, first)
    likes = items.codes[order][first] * 64 + np.log2(sizes).astype(np.int64)
    roots = np.unique(likes, return_inverse=True)[1]
    exposure = np.bincount(roots).astype(np.float64)
    number = np.cumsum(np.isin(np.arange(len(order)), begins)) - 1
    return Lane(
        axis,
        items.codes[order],
        order,
        items.is_error[items.codes[order]],
        roots[number],
        np.arange(len(exposure)),
        exposure,
        keys,
        _is_coarse(items),
    )


def _by_time(items: Items, keys: np.ndarray, gap: int) -> Lane:
    order, axis, keys, begins = _laid(items, keys, gap)
    ends = np.append(begins[1:], len(order)) - 1
    number = np.cumsum(np.isin(np.arange(len(order)), begins)) - 1
    spans = np.maximum(axis[ends] - axis[begins], 1)
    blocks = max(min(_BLOCKS, _CELLS // max(len(begins) * len(items.counts), 1)), 1)
    into = (axis - axis[begins][number]) * blocks // (spans[number] + 1)
    return Lane(
        axis, items.codes[order], order, items.is_error[items.codes[order]], number * blocks + into,
        np.repeat(np.arange(len(begins)), blocks), np.repeat(spans / blocks, blocks), None,
        _is_coarse(items),
    )  # fmt: skip


def _is_coarse(items: Items) -> bool:
    return not (items.times % SECOND).any()


def _laid(
    items: Items, keys: np.ndarray, gap: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The order by key, the axis, the keys, and the first entry of each key."""
    order = np.argsort(keys, kind="stable")
    order = order[keys[order] >= 0]
    keys, times = keys[order], items.times[order] // _NS
    begins = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else order
    ends = np.append(begins[1:], len(keys)) - 1
    spans = times[ends] - times[begins] + gap
    offsets = np.cumsum(spans) - spans - times[begins]
    lengths = np.diff(np.append(begins, len(keys)))
    return order, times + np.repeat(offsets, lengths), keys, begins
