"""Values counted straight from a block's bytes, to prove that its cells are all that is there."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np
import polars as pl

_QUOTE, _COLON, _ESCAPE, _BLANK, _CLOSE = b'":\\ }'
_PIECE: Final = 1024 * 1024
"""Bytes whose tokens are found at a time: as many as stay in the memory of a processor."""
_EXACT: Final = 2.0**53

_TEXT, _NUMBER, _TRUTH, _LIST, _OBJECT, _EMPTY, _NULL, _ODD = range(8)
_CLASS: Final = np.full(256, _ODD, dtype=np.uint8)
_CLASS[list(b'"')] = _TEXT
_CLASS[list(b"-0123456789")] = _NUMBER
_CLASS[list(b"tf")] = _TRUTH
_CLASS[list(b"[")] = _LIST
_CLASS[list(b"{")] = _OBJECT
_CLASS[list(b"n")] = _NULL
"""What a value is by its first byte."""

_CLASS_OF: Final = {
    "s": _TEXT,
    "i": _NUMBER,
    "f": _NUMBER,
    "b": _TRUTH,
    "a": _LIST,
    "o": _OBJECT,
    "x": _NULL,
    "#": _NULL,
}
"""The class of value behind each kind of cell; `x` repeats an `f`, and `#` is none."""

_NUMERIC: Final = r"^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$"
_LONE: Final = re.compile(
    rb"\\u[dD](?:[89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD])[c-fC-F])"
)
_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")


def differing(
    block: bytes, starts: np.ndarray, cells: pl.DataFrame, mixed: list[str]
) -> np.ndarray:
    """Which lines' cells are not all that stands on the line, and nothing but it.

    Equal sums over the block show that all lines are right, for no reading gains a cell of a kind
    without losing one of another; only cells of mixed paths and of arrays are a guess, so those
    lines are looked at one by one.
    """
    height = len(starts)
    wrong = np.zeros(height, dtype=bool)
    at, classes, odd = _tokens(block, starts)
    for places in (odd, at[classes == _ODD], _lone_surrogates(block)):
        if len(places):
            wrong[np.searchsorted(starts, places, side="right") - 1] = True
    expected = np.bincount(classes, minlength=_ODD + 1)
    found = np.zeros(_ODD + 1, dtype=np.int64)
    for cell in cells.get_columns():
        found[_CLASS_OF[cell.name[0]]] += height - cell.null_count()
    kinds = (_TEXT, _NUMBER, _TRUTH, _LIST, _OBJECT)
    if (
        mixed
        or wrong.any()
        or expected[_EMPTY]
        or expected[_LIST]
        or any(expected[kind] != found[kind] for kind in kinds)
    ):
        line = np.searchsorted(starts, at, side="right") - 1
        tokens = {
            kind: np.bincount(line[classes == kind], minlength=height) for kind in (*kinds, _EMPTY)
        }
        filled = {kind: _filled(cells, kind) for kind in kinds}
        empty = tokens[_EMPTY] > 0
        for kind in (_TEXT, _NUMBER, _TRUTH, _LIST):
            wrong |= tokens[kind] != filled[kind]
        wrong |= (tokens[_OBJECT] != filled[_OBJECT]) & ~empty
        wrong |= empty & _braced(cells)
        wrong |= _doubtful(cells, mixed)
    for cell in cells.get_columns():
        if cell.name[0] == "f" and _largest(cell) >= _EXACT:
            wrong |= (cell.abs() >= _EXACT).fill_null(value=False).to_numpy()
    return wrong


def _largest(cell: pl.Series) -> float:
    """The largest absolute value of a column of numbers."""
    top, bottom = cell.max(), cell.min()
    return max(float(top or 0), -float(bottom or 0))  # type: ignore[arg-type]


def _filled(cells: pl.DataFrame, kind: int) -> np.ndarray:
    """Cells of one class per line."""
    names = [name for name in cells.columns if _CLASS_OF[name[0]] == kind]
    if not names:
        return np.zeros(cells.height, dtype=np.int64)
    counts = cells.select(pl.sum_horizontal(pl.col(name).is_not_null() for name in names))
    return counts.to_series().to_numpy()


def _braced(cells: pl.DataFrame) -> np.ndarray:
    """Lines with a text cell that an object may have been turned into."""
    names = [name for name in cells.columns if name[0] == "s"]
    if not names:
        return np.zeros(cells.height, dtype=bool)
    braced = (pl.col(name).str.starts_with("{").fill_null(value=False) for name in names)
    return cells.select(pl.any_horizontal(braced)).to_series().to_numpy()


def _doubtful(cells: pl.DataFrame, mixed: list[str]) -> np.ndarray:
    """Lines where digits may have been in quotes while another text was a number: sums hide it."""
    guessed = [f"i:{path}" for path in mixed if f"i:{path}" in cells.columns]
    texts = [name for name in cells.columns if name[0] == "s"]
    if not guessed or not texts:
        return np.zeros(cells.height, dtype=bool)
    numeric = (pl.col(name).str.contains(_NUMERIC).fill_null(value=False) for name in texts)
    both = pl.any_horizontal(pl.col(guessed).is_not_null()) & pl.any_horizontal(numeric)
    return cells.select(both).to_series().to_numpy()


_Tokens: TypeAlias = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Where keys end, the class of the value behind each, and places where that is not certain."""


def _tokens(block: bytes, starts: np.ndarray) -> _Tokens:
    """The tokens of a block, some lines at a time, so that what is made on the way stays small."""
    firsts = np.searchsorted(starts, np.arange(0, len(block), _PIECE))
    cuts = np.unique(starts[firsts[firsts < len(starts)]]).tolist()
    found = [_tokens_of(block[a:b], a) for a, b in pairwise([*cuts, len(block)])]
    at, classes, odd = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return at, classes, odd


def _tokens_of(lines: bytes, start: int) -> _Tokens:
    """The tokens of whole lines that begin at `start` in their block.

    A quote and a colon outside a string end a key; inside one the quote is escaped. A blank between
    them, or two escapes before them, leave it open.
    """
    octets = np.frombuffer(b"  " + lines + b"    ", dtype=np.uint8)
    colons = np.flatnonzero(octets == _COLON)
    before = octets[colons - 1]
    apart = colons[before <= _BLANK]
    second = octets[apart - 2]
    open_ends = apart[(second == _QUOTE) | (second <= _BLANK)]
    ends = colons[before == _QUOTE]
    escaped = octets[ends - 2] == _ESCAPE
    twice = ends[escaped]
    twice = twice[octets[np.maximum(twice - 3, 0)] == _ESCAPE]
    if escaped.any():
        ends = ends[~escaped]
    value = ends + 1 + (octets[ends + 1] == _BLANK)
    classes = _CLASS[octets[value]]
    objects = np.flatnonzero(classes == _OBJECT)
    classes[objects[octets[value[objects] + 1] == _CLOSE]] = _EMPTY
    return ends + (start - 2), classes, np.concatenate([open_ends, twice]) + (start - 2)


def _lone_surrogates(block: bytes) -> np.ndarray:
    """Places of escapes that are half a surrogate pair, which the reader turns into NUL."""
    if b"\\" not in block or b"\\u" not in block:
        return np.array([], dtype=np.int64)
    pattern = _SURROGATE if b"\\\\u" in block else _LONE
    return np.array([match.start() for match in pattern.finditer(block)], dtype=np.int64)
