"""Which lines of a Kubernetes container log belong together: parts of a line, lines of a trace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from traversion_data.decode.continued import CONTINUES
from traversion_data.decode.patterns import ascii_only

HEAD: Final = ascii_only(
    r"^(?P<at>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2}))"
    r" (?P<stream>stdout|stderr) (?P<tag>[PF])(?::\S*)?(?: (?P<inner>.*))?$"
)


@dataclass(frozen=True)
class Written:
    """What a container wrote, event by event in the order of their first lines.

    first, last: lines of the block at which each begins and ends; lines of the other stream may
    stand between. said: the first line the container wrote. tails: its further lines, NULL where
    there are none.
    """

    first: np.ndarray
    last: np.ndarray
    said: pl.Series
    tails: pl.Series


def written(groups: pl.DataFrame) -> Written:
    """The events in the groups of `HEAD`, by line of the block; NULL where a line is none."""
    lines, stream, part, inner = _columns(groups)
    order, new_line, new_event = _beginnings(stream, part, inner)
    lines, inner = lines[order], inner.gather(order)
    event = np.cumsum(new_event) - 1
    first = np.flatnonzero(new_event)
    last = np.append(first[1:], len(lines))[: len(first)] - 1
    pieces = pl.DataFrame({"line": np.cumsum(new_line) - 1, "event": event, "text": inner})
    whole = pieces.group_by("line", maintain_order=True).agg(
        pl.col("event").first(), pl.col("text").str.join("")
    )
    is_first = whole["event"].is_first_distinct()
    further = (
        whole.filter(~is_first)
        .group_by("event", maintain_order=True)
        .agg(pl.col("text").str.join("\n"))
    )
    said = whole.filter(is_first)["text"]
    tails = pl.repeat(None, len(said), dtype=pl.String, eager=True)
    tails = tails.scatter(further["event"], further["text"])
    by_line = np.argsort(lines[first], kind="stable")
    return Written(
        lines[first][by_line], lines[last][by_line], said.gather(by_line), tails.gather(by_line)
    )


def partings(groups: pl.DataFrame) -> np.ndarray:
    """Lines before which the log may be parted: an event begins, and no line lacks its end."""
    lines, stream, part, inner = _columns(groups)
    order, _, new_event = _beginnings(stream, part, inner)
    free = np.zeros(groups.height, dtype=bool)
    free[lines[order][new_event]] = True
    for which in (False, True):
        own = np.flatnonzero(stream == which)
        before = np.searchsorted(own, np.arange(len(lines)))
        is_open = (before > 0) & part[own[np.maximum(before - 1, 0)]] if len(own) else False
        free[lines] &= ~np.asarray(is_open)
    return free


def _columns(groups: pl.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray, pl.Series]:
    known = groups["at"].is_not_null()
    found = groups.filter(known)
    return (
        np.flatnonzero(known.to_numpy()),
        (found["stream"] == "stderr").to_numpy(),
        (found["tag"] == "P").to_numpy(),
        found["inner"].fill_null(""),
    )


def _beginnings(
    stream: np.ndarray, part: np.ndarray, inner: pl.Series
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The lines stream by stream; which of those begin a line as written, which an event."""
    order = np.argsort(stream, kind="stable")
    stream, part = stream[order], part[order]
    continues = inner.str.contains(ascii_only(CONTINUES)).to_numpy()[order]
    new_stream = np.ones(len(order), dtype=bool)
    new_stream[1:] = stream[1:] != stream[:-1]
    new_line = new_stream.copy()
    new_line[1:] |= ~part[:-1]
    return order, new_line, new_stream | (new_line & ~continues)
