"""The second seam: bytes become batches of events under the one schema, by a format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

import polars as pl
import pyarrow as pa

from traversion_data.model import FieldMap, Recognised
from traversion_data.source.base import Chunk


@dataclass(frozen=True, slots=True)
class Batch:
    """Events of one chunk (`schema.EVENT` plus learned columns) and the lines set aside.

    `lines == events + aside + blank`, where a line that holds many events counts as many, and
    lines that continue an event count with it. A Polars frame is Arrow memory; `to_arrow` gives it
    under its Arrow schema.
    """

    events: pl.DataFrame
    aside: pl.DataFrame
    lines: int
    blank: int

    def to_arrow(self) -> pa.Table:
        """The events as an Arrow table (zero copy but for dictionaries)."""
        return self.events.to_arrow()


@dataclass(frozen=True, slots=True)
class DecodeOptions:
    """What a decoder is told of its source.

    name: the source's, as typed. zone: of times without an offset, zone_named: whether somebody
    said so. written: when the source was last written (ns UTC) where that is known, for stamps
    without a year. kinds: what is known from other sources of the kinds of values under key paths
    (`b`, `i`, `f`, `s`; see `record.flatten`). numbered: the number of the next event, where
    earlier ones were read in another run.
    """

    name: str
    field_map: FieldMap = field(default_factory=FieldMap)
    zone: str = "UTC"
    written: int | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)
    numbered: int = 0
    zone_named: bool = False


class Decoder(Protocol):
    """Decodes chunks of one source, in order; keeps what it has learned of the source.

    Decoding has two halves that share no state that changes, so that the next chunk may be read in
    another thread while this one is shaped.
    """

    @property
    def recognised(self) -> tuple[Recognised, ...]:
        """Which key was taken for which core column, so far."""
        ...

    @property
    def unmet(self) -> tuple[str, ...]:
        """Keys of the field map that nothing held, so far."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what was guessed, so far."""
        ...

    def read(self, chunk: Chunk) -> Any:
        """The first half: from bytes to typed cells, which only this decoder understands."""
        ...

    def shape(self, cells: Any) -> Batch:
        """The second half: from cells to events; bad lines are set aside, never raised."""
        ...


@dataclass(frozen=True, slots=True)
class Head:
    """The first bytes of a source, inflated, by which its format is recognised.

    whole: whether there is nothing behind them.
    """

    name: str
    data: bytes
    whole: bool


Cut: TypeAlias = Callable[[Iterable[bytes], int, float], Iterator[Chunk | None]]
"""From pieces of any size, the source's ordinal and the seconds to hold lines back, to chunks.

An empty piece says that nothing came for a while: it gives None once what is ripe is handed out.
"""


@dataclass(frozen=True, slots=True)
class Format:
    """One way in which events are written down.

    word: for `--as`. title: in `SHOW SOURCES`. fits: how surely a head is of this format, 0 to 1;
    the surest wins. cut: where its bytes may be parted. decoder: makes one for a source.
    """

    word: str
    title: str
    fits: Callable[[Head], float]
    cut: Cut
    decoder: Callable[[DecodeOptions], Decoder]
