"""Container logs of Kubernetes nodes: `time stream tag message`, a tag `P` for a part of a line.

kubernetes.io: the kubelet's CRI logging format. What the container wrote is read too: objects and
logfmt with all their keys, other text for its level.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from traversion_data.decode.base import DecodeOptions, Format, Head
from traversion_data.decode.cri_lines import HEAD, Written, partings, written
from traversion_data.decode.heads import DATED, ids, levelled
from traversion_data.decode.joining import parting
from traversion_data.decode.json import JsonReader
from traversion_data.decode.line_decoder import LineDecoder, mapping_of
from traversion_data.decode.lines import Lines
from traversion_data.decode.logfmt import PURE, pairs_in
from traversion_data.decode.mapping import Mapping
from traversion_data.decode.naming import pod_in, service_in
from traversion_data.decode.pairs import Pairs
from traversion_data.decode.patterns import ascii_only
from traversion_data.decode.rows import NONE, Rows
from traversion_data.decode.shape import FLAGS, LINE, REST
from traversion_data.decode.stack import exceptions
from traversion_data.decode.text_block import TextBlock
from traversion_data.decode.text_format import MESSAGE, head_lines, hollow

_SURE: Final = 0.99
_REASON: Final = "no line of a container's log: it lacks time, stream or tag"
_OBJECT: Final = r"^\{.*\}\s*$"
_OWN_TIME: Final = rf"^[\[(<]?(?:{DATED})[\])>]?"
_GLOG: Final = r"^([IWEF])\d{4} \d{2}:\d{2}:\d{2}"


class CriReader:
    """Reads a container's log: see `line_decoder.LineReader`."""

    def __init__(self, mapping: Mapping, pod: str | None) -> None:
        self._json = JsonReader(mapping)
        self._keys = Pairs()
        self._pod = pod

    def read(self, lines: Lines) -> Rows:
        """Events of a block as a raw frame; the runtime's stamp is when they were observed."""
        block = TextBlock.of(lines)
        return self._events(lines, block, block.text.str.extract_groups(HEAD).struct.unnest())

    def _events(self, lines: Lines, block: TextBlock, groups: pl.DataFrame) -> Rows:
        """From the groups of `HEAD`, by line, NULL where a line is none."""
        odd = groups["at"].is_null().to_numpy() & ~block.blank & ~block.hollow
        refused = [(line, _REASON) for line in np.flatnonzero(odd).tolist()] + hollow(block)
        found = written(groups)
        if not len(found.first):
            return Rows(NONE.raw, refused, int(block.blank.sum()))
        parts = self._inner(found)
        raw = pl.concat(parts, how="diagonal").sort(LINE)
        heads = groups[found.first]
        last = np.arange(len(lines))
        last[found.first] = found.last
        raw = raw.with_columns(
            pl.Series(LINE, found.first.astype(np.uint32)),
            pl.col(FLAGS) | pl.Series(block.flags[found.first]),
            heads["at"].alias("s:observed_time"),
            heads["stream"].alias("s:log.iostream"),
            *([pl.lit(self._pod).alias("s:k8s.pod.name")] if self._pod else []),
        )
        return Rows(raw, refused, int(block.blank.sum()), last=last)

    def _inner(self, found: Written) -> list[pl.DataFrame]:
        """Raw frames of what the container wrote; `LINE` is the ordinal of the event."""
        single = found.tails.is_null()
        objects = (single & found.said.str.contains(_OBJECT)).to_numpy()
        parts: list[pl.DataFrame] = []
        if objects.any():
            at = np.flatnonzero(objects)
            data = "\n".join(found.said.gather(at).to_list()).encode()
            read = self._json.read(Lines.of(data))
            objects[at[[line for line, _ in read.refused]]] = False
            places = at[read.raw[LINE].to_numpy()].astype(np.uint32)
            parts.append(read.raw.with_columns(pl.Series(LINE, places)))
        pure = found.said.str.contains(PURE).to_numpy() & ~objects & single.to_numpy()
        if pure.any():
            at = np.flatnonzero(pure)
            parts.append(_framed(at, self._pairs(found.said.gather(at))))
        at = np.flatnonzero(~objects & ~pure)
        parts.append(_framed(at, _text(found.said.gather(at), found.tails.gather(at))))
        return parts

    def _pairs(self, text: pl.Series) -> list[pl.Series]:
        cells = self._keys.cells(pairs_in(text), len(text))
        said = [cell for cell in cells if cell.name in ("s:msg", MESSAGE)]
        message = text.to_frame().select(pl.coalesce(*said, text).alias(MESSAGE)).to_series()
        return [*(cell for cell in cells if cell.name not in ("s:msg", MESSAGE)), message]


def _text(said: pl.Series, tails: pl.Series) -> list[pl.Series]:
    level, message = levelled(said.str.replace(ascii_only(_OWN_TIME), ""))
    cells = (
        said.alias("said")
        .to_frame()
        .select(
            pl.coalesce(level, pl.col("said").str.extract(ascii_only(_GLOG))).alias("s:level"),
            *ids(pl.col("said")),
            message.alias(MESSAGE),
        )
    )
    shown, traces = exceptions(cells[MESSAGE], tails)
    return [*cells.drop(MESSAGE).get_columns(), shown.alias(MESSAGE), *traces]


def _framed(at: np.ndarray, cells: list[pl.Series]) -> pl.DataFrame:
    """Cells of the events `at` as a raw frame."""
    frame = pl.DataFrame(
        [
            pl.Series(LINE, at.astype(np.uint32)),
            pl.repeat(0, len(at), dtype=pl.UInt32, eager=True).alias(FLAGS),
            *(cell for cell in cells if cell.count()),
        ]
    )
    if REST in frame.columns:
        return frame
    return frame.with_columns(pl.lit(None, pl.String).alias(REST))


def _begins(lines: Lines) -> np.ndarray:
    return partings(TextBlock.of(lines).text.str.extract_groups(HEAD).struct.unnest())


def _decoder(options: DecodeOptions) -> LineDecoder:
    mapping = mapping_of(options)
    reader = CriReader(mapping, pod_in(options.name))
    return LineDecoder(reader, mapping, service_in(options.name))


def _fits(head: Head) -> float:
    text = head_lines(head)
    return _SURE * float(text.str.contains(HEAD).mean()) if len(text) else 0.0  # type: ignore[arg-type]


CRI: Final[Format] = Format("cri", "Kubernetes container log", _fits, parting(_begins), _decoder)
"""Stamps are when the runtime read the line; a time that the container wrote goes before."""
