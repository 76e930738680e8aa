"""Where the records of a table stand, and what their fields are, without a loop over them."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from io import StringIO
from typing import Final

import numpy as np

from traversion_data.decode.lines import Lines
from traversion_data.decode.text_block import TextBlock
from traversion_data.decode.text_format import hollow

_SEPARATORS: Final = ",\t;|"


def separator_of(header: str) -> str:
    """The sign between fields that stands most often in a header, a comma where there is none."""
    return max(_SEPARATORS, key=header.count)


def split(record: str, separator: str) -> list[str]:
    """The fields of a record; where its quotes make no sense, what stands between separators."""
    try:
        return next(csv.reader(StringIO(record, newline=""), delimiter=separator), [])
    except csv.Error:
        return record.split(separator)


def header_of(header: str, separator: str) -> list[str]:
    """Names of columns: each once, none empty."""
    names: list[str] = []
    for at, field in enumerate(split(header, separator)):
        name = field.strip() or f"column {at + 1}"
        names.append(name if name not in names else f"{name} {at + 1}")
    return names


@dataclass(frozen=True)
class Records:
    """The records of a block: first and behind-last line of each, and what is none.

    last: by line, the last line of the record that begins there.
    """

    lines: Lines
    first: np.ndarray
    last: np.ndarray
    quotes: np.ndarray
    refused: list[tuple[int, str]]
    blank: int

    @classmethod
    def of(cls, lines: Lines) -> Records:
        """All records; a line goes on with the one before it where a quote is open."""
        octets = np.frombuffer(lines.data, dtype=np.uint8)
        quotes = np.flatnonzero(octets == ord('"'))
        begins = np.searchsorted(quotes, lines.starts) % 2 == 0
        empty = lines.ends == lines.starts
        refused: list[tuple[int, str]] = []
        if b"\0" in lines.data:
            refused = hollow(TextBlock.of(lines))
        none = begins & empty
        none[[line for line, _ in refused]] = True
        first = np.flatnonzero(begins & ~none)
        at = np.arange(len(lines))
        last = at.copy()
        ends = np.append(np.flatnonzero(begins)[1:], len(lines)) - 1
        last[np.flatnonzero(begins)] = ends
        return cls(lines, first, last, quotes, refused, int((begins & empty).sum()))

    def behind_first(self) -> Records:
        """All records but the first."""
        return replace(self, first=self.first[1:])

    def kept(self, which: np.ndarray) -> Records:
        """The records that a mask holds for."""
        return self if which.all() else replace(self, first=self.first[which])

    @property
    def starts(self) -> np.ndarray:
        """The byte at which each record begins."""
        return np.asarray(self.lines.starts[self.first])

    @property
    def ends(self) -> np.ndarray:
        """The byte behind each record."""
        return np.asarray(self.lines.ends[self.last[self.first]])

    def text(self, index: int) -> str:
        """One record."""
        data = self.lines.data[self.starts[index] : self.ends[index]]
        return data.decode(errors="replace").removeprefix("\ufeff")

    def block(self) -> bytes:
        """All records as one block."""
        starts, ends = self.starts, self.ends
        if not len(starts):
            return b""
        behind = np.minimum(self.last[self.first] + 1, len(self.lines) - 1)
        gaps = np.flatnonzero(self.lines.starts[behind[:-1]] != starts[1:]) + 1
        data = memoryview(self.lines.data)
        pieces = [
            data[int(starts[run[0]]) : int(ends[run[-1]])]
            for run in np.split(np.arange(len(starts)), gaps)
        ]
        return b"\n".join(pieces)

    def fields(self, separator: str) -> np.ndarray:
        """How many fields each record has; separators inside quotes are none."""
        octets = np.frombuffer(self.lines.data, dtype=np.uint8)
        signs = np.flatnonzero(octets == ord(separator))
        if len(self.quotes):
            signs = signs[np.searchsorted(self.quotes, signs) % 2 == 0]
        counts = np.searchsorted(signs, self.ends) - np.searchsorted(signs, self.starts)
        return np.asarray(counts + 1)
