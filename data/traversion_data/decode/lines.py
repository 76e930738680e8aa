"""Where the lines of a block stand, found without touching them one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_FEED, _RETURN, _OPEN, _CLOSE = b"\n\r{}"


@dataclass(frozen=True)
class Lines:
    """Byte ranges of a block's lines, int64, half-open, without line feed and carriage return."""

    data: bytes
    starts: np.ndarray
    ends: np.ndarray

    @classmethod
    def of(cls, data: bytes) -> Lines:
        """Split at line feeds; bytes after the last one are a line too."""
        octets = np.frombuffer(data, dtype=np.uint8)
        feeds = np.flatnonzero(octets == _FEED)
        ends = feeds if data.endswith(b"\n") or not data else np.append(feeds, len(data))
        starts = np.concatenate([[0], ends[:-1] + 1]).astype(np.int64) if len(ends) else ends
        ends = ends.astype(np.int64)
        if len(ends):
            last = octets[np.maximum(ends - 1, 0)]
            ends = ends - ((last == _RETURN) & (ends > starts))
        return cls(data, starts, ends)

    def __len__(self) -> int:
        return len(self.starts)

    def line(self, index: int) -> bytes:
        """One line's bytes."""
        return self.data[self.starts[index] : self.ends[index]]

    def objects(self) -> np.ndarray:
        """Which lines begin with `{` and end with `}`: a boolean per line."""
        octets = np.frombuffer(self.data, dtype=np.uint8)
        if not len(octets):
            return np.zeros(len(self), dtype=bool)
        first = octets[np.minimum(self.starts, len(octets) - 1)]
        last = octets[np.maximum(self.ends - 1, 0)]
        wide = self.ends - self.starts >= 2
        return np.asarray(wide & (first == _OPEN) & (last == _CLOSE))
