"""JSON Lines of any dialect."""

from __future__ import annotations

from typing import Final

import numpy as np

from traversion_data.decode import columns, rows
from traversion_data.decode.base import DecodeOptions, Format, Head
from traversion_data.decode.line_decoder import LineDecoder, mapping_of, service_of
from traversion_data.decode.lines import Lines
from traversion_data.decode.mapping import Mapping
from traversion_data.decode.paths import Paths
from traversion_data.decode.rows import Rows
from traversion_data.source.blocks import cut


class JsonReader:
    """Lines as one raw frame: column by column what can be, line by line the rest."""

    def __init__(self, mapping: Mapping) -> None:
        self._paths = Paths(mapping)

    def read(self, lines: Lines) -> Rows:
        """See `LineReader.read`."""
        objects = lines.objects()
        quick = columns.read(lines, np.flatnonzero(objects), self._paths.tree())
        left = np.sort(np.concatenate([np.flatnonzero(~objects), quick.back]))
        exact = rows.read(lines, left.tolist(), self._paths.admit, self._paths.exact)
        parts = [part for part in (quick.raw, exact.raw) if part is not None and part.height]
        raw = columns.under_each_other(parts) if parts else exact.raw
        raw = self._paths.widen(raw)
        self._paths.observe(exact.raw)
        self._paths.observe_lists(exact.lists)
        return Rows(self._paths.arranged(raw), exact.refused, exact.blank)


def decoder(options: DecodeOptions) -> LineDecoder:
    """A decoder of JSON lines."""
    mapping = mapping_of(options)
    return LineDecoder(JsonReader(mapping), mapping, service_of(options))


def fits(head: Head) -> float:
    """The share of lines that look like objects, a little less than sure; half for one begun."""
    if b"\n" not in head.data and not head.whole:
        return 0.45 if head.data.startswith(b"{") else 0.0
    lines = Lines.of(head.data[: head.data.rfind(b"\n") + 1] or head.data)
    written = int((lines.ends > lines.starts).sum())
    return 0.9 * int(lines.objects().sum()) / written if written else 0.0


JSON_LINES: Final = Format("jsonl", "JSON Lines", fits, cut, decoder)
