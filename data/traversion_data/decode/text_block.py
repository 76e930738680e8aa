"""The lines of a block as text, without a loop over them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa

from traversion_data.decode.lines import Lines
from traversion_data.model import Flag


@dataclass(frozen=True)
class TextBlock:
    """A block's lines as text, in their order.

    text: strings without their line end. blank: lines of white space. hollow: lines of NUL bytes
    only. flags: `Flag.BAD_TEXT` where bytes were no UTF-8 (now U+FFFD) or NULs stood at the head.
    """

    text: pl.Series
    blank: np.ndarray
    hollow: np.ndarray
    flags: np.ndarray

    @classmethod
    def of(cls, lines: Lines) -> TextBlock:
        """All lines of a block."""
        bad = np.zeros(len(lines), dtype=bool)
        sound = lines
        if not _is_text(lines.data):
            sound = Lines.of(lines.data.decode(errors="replace").encode())
            held = strings(sound).str.contains("\ufffd", literal=True).arg_true().to_list()
            bad[[at for at in held if not _is_text(lines.line(at))]] = True
        text = strings(sound)
        hollow = np.zeros(len(lines), dtype=bool)
        if b"\0" in lines.data:
            nul = text.str.starts_with("\0").to_numpy()
            text = text.str.strip_chars_start("\0")
            hollow = nul & (text.str.strip_chars() == "").to_numpy()
            bad |= nul
        blank = (text.str.strip_chars() == "").to_numpy() & ~hollow
        return cls(text, blank, hollow, bad.astype(np.uint32) * int(Flag.BAD_TEXT))


def strings(lines: Lines) -> pl.Series:
    """Lines of UTF-8 as strings that share the block's memory."""
    if not len(lines):
        return pl.Series("text", [], dtype=pl.String)
    offsets = np.append(lines.starts, len(lines.data)).astype(np.int64)
    held = pa.LargeStringArray.from_buffers(
        len(lines), pa.py_buffer(offsets), pa.py_buffer(lines.data)
    )
    return pl.Series("text", held, dtype=pl.String).str.strip_chars_end("\r\n")


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
