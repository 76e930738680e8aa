"""What every kernel of this package gives."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class TraceAnswer:
    """Rows under the statement's documented columns, and sentences about them.

    total: rows before a limit cut the frame.
    """

    frame: pl.DataFrame
    total: int
    notes: tuple[str, ...] = ()
