"""A TRAVERSE result as rows of the causality tree."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from traversion_data import schema
from traversion_data.model import Nanos
from traversion_data.store.view import StoreView
from traversion_engine.result import ResultTable
from traversion_tui.answers import Link, Why
from traversion_tui.reading.rows import columns, headline, letter
from traversion_tui.text import NOTHING, SafeText, safe

ROWS_SHOWN: Final = 200
_TIMES: Final = "×"
_CYCLE: Final = "cycle ("


def why(table: ResultTable, view: StoreView, seq: int, title: SafeText, playhead: Nanos) -> Why:
    """The tree of a result with TRAVERSE's columns, its first `ROWS_SHOWN` rows.

    Of an event that is still open at the playhead only its beginning is told. A row without an
    event of its own, a parent that is not recorded, leads to the event that names it.
    """
    rows = list(table.frame.head(ROWS_SHOWN).iter_rows(named=True))
    trunks = _trunks([int(row["depth"]) for row in rows])
    told = _told(view, [int(row["seq"]) for row in rows if row["seq"] is not None], playhead)
    seen: set[int] = set()
    links: list[Link] = []
    for row, trunk in zip(rows, trunks, strict=True):
        if row["seq"] is None:
            links.append(_unseen(row, trunk, seq))
            continue
        links.append(_link(row, trunk, told, again=row["seq"] in seen))
        seen.add(row["seq"])
    note = " ".join(table.notes)
    return Why(seq, title, tuple(links), safe(note))


def _told(view: StoreView, seqs: list[int], playhead: Nanos) -> dict[int, tuple[SafeText, bool]]:
    """What the log says of each event, and whether it has ended by the playhead."""
    positions = [position for seq in seqs if (position := view.row(seq)) is not None]
    frame = view.rows(np.array(positions, dtype=np.int64)).select(columns(view))
    told: dict[int, tuple[SafeText, bool]] = {}
    for row in frame.iter_rows(named=True):
        ended = (row[schema.END_TIME] or row[schema.TIME]) <= playhead
        told[row[schema.SEQ]] = (headline(row, ended=ended), ended)
    return told


def _link(
    row: dict[str, Any],
    trunk: tuple[bool, ...],
    told: dict[int, tuple[SafeText, bool]],
    *,
    again: bool,
) -> Link:
    seq = int(row["seq"])
    message = row.get("message") or ""
    text, ended = told.get(seq, (safe(message or row.get("type") or ""), True))
    return Link(
        depth=int(row["depth"]),
        seq=seq,
        letter=letter(row) if ended else " ",
        service=safe(row.get("service") or ""),
        text=_composed(message, text, ended=ended),
        kind=safe(row.get("kind") or ""),
        confidence=row.get("confidence"),
        lag_ms=row.get("lag_ms"),
        evidence=safe(row.get("evidence") or ""),
        trunk=trunk,
        seen=again,
    )


def _unseen(row: dict[str, Any], trunk: tuple[bool, ...], start: int) -> Link:
    named_by = row["parent_seq"]
    return Link(
        depth=int(row["depth"]),
        seq=start if named_by is None else int(named_by),
        letter=" ",
        service=NOTHING,
        text=safe(row["message"] or ""),
        kind=safe(row["kind"] or ""),
        confidence=row["confidence"],
        evidence=safe(row["evidence"] or ""),
        trunk=trunk,
    )


def _composed(message: str, text: SafeText, *, ended: bool) -> SafeText:
    """The words of a row that stands for several events, which the log does not have.

    The message of one that is still open may tell its outcome: of it only the count is taken.
    """
    if message.startswith(_CYCLE):
        return safe(message)
    if message.startswith(_TIMES):
        return safe(message) if ended else safe(f"{message.split(' ', 1)[0]} {text}")
    return text


def _trunks(depths: list[int]) -> list[tuple[bool, ...]]:
    """For each row of a tree in preorder: at each level above it, whether a sibling follows."""
    open_levels: list[bool] = []
    trunks: list[tuple[bool, ...]] = []
    for depth in reversed(depths):
        follows = depth < len(open_levels) and open_levels[depth]
        open_levels = open_levels[:depth] + [False] * (depth - len(open_levels)) + [True]
        trunks.append((*open_levels[1:depth], follows) if depth else ())
    return trunks[::-1]
