"""Binary search in many sorted pieces of one array at once."""

from __future__ import annotations

import numpy as np


def search_segments(
    values: np.ndarray, first: np.ndarray, last: np.ndarray, below: np.ndarray
) -> np.ndarray:
    """Per segment `[first, last)` of `values`, sorted inside, the end of what is `< below`.

    All arguments but `values` have one entry a segment (int64); so has the int64 result, an index
    into `values` between `first` and `last`.
    """
    at = first.astype(np.int64, copy=True)
    if not len(at) or not len(values):
        return at
    longest = int((last - first).max(initial=0))
    step = 1 << max(longest.bit_length() - 1, 0)
    if not longest:
        return at
    end = len(values) - 1
    while step:
        probe = at + step
        value = values[np.minimum(probe - 1, end)]
        at[(probe <= last) & (value < below)] += step
        step >>= 1
    return at


def group_starts(codes: np.ndarray, groups: int) -> np.ndarray:
    """Where each group begins in an array ordered by group; `groups + 1` int64 entries."""
    starts = np.zeros(groups + 1, dtype=np.int64)
    np.cumsum(np.bincount(codes, minlength=groups), out=starts[1:])
    return starts


def grouped_order(codes: np.ndarray, keys: np.ndarray | None = None) -> np.ndarray:
    """The stable order by group code and, inside a group, by key (as it stands where not given).

    Codes in 16 bits are sorted by radix and nearly sorted keys by their runs: far below `lexsort`.
    """
    if keys is None:
        return np.argsort(codes, kind="stable")
    by_key = np.argsort(keys, kind="stable")
    return np.asarray(by_key[np.argsort(codes[by_key], kind="stable")])
