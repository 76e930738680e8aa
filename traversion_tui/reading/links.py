"""A TRAVERSE result as rows of the causality tree."""

from __future__ import annotations

from typing import Any, Final

from traversion_engine.result import ResultTable
from traversion_tui.answers import Link, Why
from traversion_tui.reading.rows import letter
from traversion_tui.text import SafeText, safe

ROWS_SHOWN: Final = 200


def why(table: ResultTable, seq: int, title: SafeText) -> Why:
    """The tree of a result with TRAVERSE's columns, its first `ROWS_SHOWN` rows."""
    rows = list(table.frame.head(ROWS_SHOWN).iter_rows(named=True))
    trunks = _trunks([int(row["depth"]) for row in rows])
    seen: set[int] = set()
    links: list[Link] = []
    for row, trunk in zip(rows, trunks, strict=True):
        links.append(_link(row, trunk, again=row["seq"] in seen))
        seen.add(row["seq"])
    note = " ".join(table.notes)
    return Why(seq, title, tuple(links), safe(note))


def _link(row: dict[str, Any], trunk: tuple[bool, ...], *, again: bool) -> Link:
    return Link(
        depth=int(row["depth"]),
        seq=int(row["seq"]),
        letter=letter(row),
        service=safe(row.get("service") or ""),
        text=safe(row.get("message") or row.get("type") or ""),
        kind=safe(row.get("kind") or ""),
        confidence=row.get("confidence"),
        lag_ms=row.get("lag_ms"),
        evidence=safe(row.get("evidence") or ""),
        trunk=trunk,
        seen=again,
    )


def _trunks(depths: list[int]) -> list[tuple[bool, ...]]:
    """For each row of a tree in preorder: at each level above it, whether a sibling follows."""
    open_levels: list[bool] = []
    trunks: list[tuple[bool, ...]] = []
    for depth in reversed(depths):
        follows = depth < len(open_levels) and open_levels[depth]
        open_levels = open_levels[:depth] + [False] * (depth - len(open_levels)) + [True]
        trunks.append((*open_levels[1:depth], follows) if depth else ())
    return trunks[::-1]
