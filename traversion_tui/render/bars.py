"""Stacked severity bars in eighths of a cell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from rich.style import Style

from traversion_tui.reading.density import Track
from traversion_tui.theme import Look

ERROR_SHARE = 0.04
WARN_SHARE = 0.06
"""Shares of a cell's events from which a bar of one row takes the worse colour."""


@dataclass(frozen=True)
class Stack:
    """Tops of the stacked parts of each cell in eighths: int64 arrays of the track's width."""

    errors: np.ndarray
    warnings: np.ndarray
    tops: np.ndarray


@lru_cache(maxsize=8)
def stack(track: Track, rows: int) -> Stack:
    """Heights of a track over `rows` rows; what occurs at all gets at least an eighth."""
    full = rows * 8
    scale = full / track.peak

    def height(counts: np.ndarray) -> np.ndarray:
        return np.where(counts > 0, np.maximum(np.rint(counts * scale), 1), 0).astype(np.int64)

    errors = np.minimum(height(track.errors), full)
    warnings = np.minimum(errors + height(track.warnings), full)
    tops = np.minimum(np.maximum(warnings, height(track.totals)), full)
    return Stack(errors, warnings, tops)


@lru_cache(maxsize=8)
def worst(track: Track) -> list[str]:
    """The colour letter of each cell for a bar of one row."""
    totals = np.maximum(track.totals, 1)
    errors = track.errors > ERROR_SHARE * totals
    warnings = track.warnings > WARN_SHARE * totals
    return ["E" if e else "W" if w else "I" for e, w in zip(errors, warnings, strict=True)]


def cell(
    look: Look, tops: tuple[int, int, int], row: int, *, kind: str, on: str = "bg"
) -> tuple[str, Style]:
    """One cell of a stack, `row` counted from below; `kind` is `bar` or `ahead`."""
    e, w, top = (min(max(value - row * 8, 0), 8) for value in tops)
    parts = [("E", e), ("W", w - e), ("I", top - w)]
    present = [(letter, eighths) for letter, eighths in parts if eighths > 0]
    if not present:
        return " ", look.ink("text", on=on)
    letter, height = present[0]
    if look.glyphs.stacks is not None:
        return _shaded(look, present, top), look.ink(kind + letter, on=on)
    two = len(present) > 1 and top == 8 and not (look.palette.native and kind == "ahead")
    if not two:
        shown = letter if row == 0 else max(present, key=lambda part: part[1])[0]
        return look.glyphs.bars[top - 1], look.ink(kind + shown, on=on)
    above = max(present[1:], key=lambda part: part[1])[0]
    ground = look.palette.inks[kind + above].colour
    return look.glyphs.bars[height - 1], look.ink(kind + letter, on=on) + Style(bgcolor=ground)


def _shaded(look: Look, present: list[tuple[str, int]], top: int) -> str:
    assert look.glyphs.stacks is not None
    letter = present[0][0]
    if letter == "I" and top < 5:
        return look.glyphs.bars[max(top - 1, 0)]
    return look.glyphs.stacks["EWI".index(letter)]
