"""`csv`: a header and a row a line, UTF-8, safe to open in a spreadsheet."""

from __future__ import annotations

from typing import Final

import polars as pl
from polars import selectors

from traversion_data.safe import printable
from traversion_tui.headless.answer import Answer, written
from traversion_tui.headless.output import ROWS_AT_A_TIME, Output
from traversion_tui.headless.plain import cleaned

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""First characters by which a spreadsheet takes a text for a formula (OWASP, CSV Injection)."""

_UNCUT: Final = 2**31


def write_csv(answer: Answer, output: Output) -> None:
    """Write texts that a spreadsheet would compute behind a `'`; numbers are untouched."""
    rows = written(answer)
    starts = selectors.string().str.head(1).is_in(FORMULA_STARTS)
    quoted = pl.lit("'") + selectors.string()
    guarded = rows.with_columns(
        pl.when(starts).then(quoted).otherwise(selectors.string()).name.keep()
    )
    _write([_guarded(name) for name in rows.columns], guarded, output)


def write_raw_csv(answer: Answer, output: Output) -> None:
    """Write every text as it was recorded."""
    rows = written(answer)
    _write(rows.columns, rows, output)


def _write(header: list[str], rows: pl.DataFrame, output: Output) -> None:
    """Write rows as they are, save that a terminal gets no control characters."""
    if output.is_terminal:
        header = [printable(name, _UNCUT) for name in header]
        rows = rows.with_columns(
            cleaned(column, _UNCUT) for column in rows.select(selectors.string())
        )
    first = pl.DataFrame([header], orient="row").write_csv(include_header=False)
    output.stream.write(first.encode())
    for part in rows.iter_slices(ROWS_AT_A_TIME):
        output.stream.write(part.write_csv(include_header=False).encode())


def _guarded(name: str) -> str:
    return f"'{name}" if name.startswith(FORMULA_STARTS) else name
