"""Container logs of Docker's json-file driver: an object a line, with what was written as `log`.

docs.docker.com: JSON File logging driver. Lines longer than 16 KiB come in parts, of which only the
last ends with a line feed.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from traversion_data.decode.base import DecodeOptions, Format, Head
from traversion_data.decode.cri import CriReader
from traversion_data.decode.cri_lines import partings
from traversion_data.decode.joining import parting
from traversion_data.decode.line_decoder import LineDecoder, mapping_of
from traversion_data.decode.lines import Lines
from traversion_data.decode.naming import pod_in, service_in
from traversion_data.decode.rows import Rows
from traversion_data.decode.text_block import TextBlock
from traversion_data.decode.text_format import head_lines

_SHAPE: Final = r'^\{"log":".*"\}\s*$'
_STAMPED: Final = r'"time":"\d{4}-\d{2}-\d{2}T[^"]*"'


class DockerReader(CriReader):
    """Reads a container's log as the kubelet's is read: see `cri`."""

    def read(self, lines: Lines) -> Rows:
        """See `LineReader.read`."""
        block = TextBlock.of(lines)
        return self._events(lines, block, _groups(block))


def _groups(block: TextBlock) -> pl.DataFrame:
    """The parts of each line under the names of the kubelet's, NULL where it is none."""
    log, line_end = pl.col("log"), pl.col("log").str.ends_with("\n")
    it = block.text.alias("it").to_frame()
    parts = it.select(
        pl.col("it").str.json_path_match(f"$.{key}").alias(key) for key in ("log", "stream", "time")
    )
    whole = pl.all_horizontal(pl.col("log", "time").is_not_null())
    return parts.with_columns(pl.col("stream").fill_null("stdout")).select(
        pl.when(whole).then("time").alias("at"),
        pl.when(whole).then("stream").alias("stream"),
        pl.when(whole)
        .then(pl.when(line_end).then(pl.lit("F")).otherwise(pl.lit("P")))
        .alias("tag"),
        pl.when(whole).then(log.str.strip_chars_end("\r\n")).alias("inner"),
    )


def _begins(lines: Lines) -> np.ndarray:
    return partings(_groups(TextBlock.of(lines)))


def _decoder(options: DecodeOptions) -> LineDecoder:
    mapping = mapping_of(options)
    reader = DockerReader(mapping, pod_in(options.name))
    return LineDecoder(reader, mapping, service_in(options.name))


def _fits(head: Head) -> float:
    text = head_lines(head)
    found = text.str.contains(_SHAPE) & text.str.contains(_STAMPED)
    return 0.98 * float(found.mean()) if len(text) else 0.0  # type: ignore[arg-type]


DOCKER: Final = Format("docker", "Docker container log", _fits, parting(_begins), _decoder)
"""Stamps are when Docker read the line; a time that the container wrote goes before."""
