"""The second seam: a chunk becomes a batch of events under the one schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import polars as pl
import pyarrow as pa

from traversion_data.model import Recognised
from traversion_data.source.base import Chunk


@dataclass(frozen=True, slots=True)
class Batch:
    """Events of one chunk (`schema.EVENT` plus learned columns) and the lines set aside.

    `lines == events + aside + blank` for line-oriented formats. A Polars frame is Arrow memory;
    `to_arrow` gives it under its Arrow schema.
    """

    events: pl.DataFrame
    aside: pl.DataFrame
    lines: int
    blank: int

    def to_arrow(self) -> pa.Table:
        """The events as an Arrow table (zero copy but for dictionaries)."""
        return self.events.to_arrow()


class Decoder(Protocol):
    """Decodes chunks of one source, in order; keeps what it has learned of the source."""

    @property
    def format(self) -> str:
        """The format's name in `SHOW SOURCES`."""
        ...

    @property
    def recognised(self) -> tuple[Recognised, ...]:
        """Which key was taken for which core column, so far."""
        ...

    def decode(self, chunk: Chunk) -> Batch:
        """Decode one chunk; bad lines are set aside, never raised."""
        ...
