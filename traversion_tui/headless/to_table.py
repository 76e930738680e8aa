"""`table`: aligned columns for a person, as wide as the terminal or, in a pipe, as needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from traversion_data.safe import printable
from traversion_engine.causality.evidence import event_number
from traversion_engine.result import Role
from traversion_tui.headless.answer import Answer, AnswerColumn, is_event_number, written
from traversion_tui.headless.layout import GAP, TextColumn, aligned, lay_out, padded
from traversion_tui.headless.output import ROWS_AT_A_TIME, Output
from traversion_tui.headless.plain import cleaned

MISSING: Final = "-"
_BOLD: Final = "\x1b[1m"
_NORMAL: Final = "\x1b[0m"
_COLOURS: Final = {"warn": "\x1b[33m", "error": "\x1b[31m", "fatal": "\x1b[1;31m"}


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands for a cut text and draws the rule under the header."""

    cut: str
    rule: str


UNICODE: Final = Marks("…", "─")
ASCII: Final = Marks("~", "-")


def write_table(answer: Answer, output: Output) -> None:
    """Write a header, a rule and the rows; the header alone when there are none.

    On a terminal that is too narrow for all columns, a last line names those left out.
    """
    rows = written(answer)
    columns = [_text_column(rows[column.name], column) for column in answer.columns]
    layout = lay_out(columns, output.width)
    marks = _marks(output.encoding)
    shown = [
        (columns[at], answer.columns[at], width)
        for at, width in zip(layout.shown, layout.widths, strict=True)
    ]
    head = GAP.join(
        aligned(column.head, width, marks.cut, right=column.number) for column, _, width in shown
    ).rstrip(" ")
    _write(f"{_BOLD}{head}{_NORMAL}" if output.colour else head, output)
    _write(GAP.join(marks.rule * width for width in layout.widths), output)
    cells = [padded(column, width, marks.cut) for column, _, width in shown]
    if output.colour:
        cells = [
            _coloured(text, column.texts) if described.type == Role.SEVERITY else text
            for text, (column, described, _) in zip(cells, shown, strict=True)
        ]
    _write_rows(cells, output)
    left_out = [column.head for at, column in enumerate(columns) if at not in layout.shown]
    if left_out:
        _write(f"(no room for {', '.join(left_out)})", output)


def _write_rows(cells: list[pl.Series], output: Output) -> None:
    line = pl.concat_str(pl.all(), separator=GAP).str.strip_chars_end(" ").alias("line")
    for part in pl.DataFrame(cells).select(line).iter_slices(ROWS_AT_A_TIME):
        _write("\n".join(part["line"]), output)


def _write(text: str, output: Output) -> None:
    output.stream.write((text + "\n").encode(output.encoding, "backslashreplace"))


def _marks(encoding: str) -> Marks:
    try:
        f"{UNICODE.cut}{UNICODE.rule}".encode(encoding)
    except UnicodeEncodeError:
        return ASCII
    return UNICODE


def _text_column(values: pl.Series, column: AnswerColumn) -> TextColumn:
    return TextColumn(
        head=printable(_head(column)),
        texts=_texts(values, column).fill_null(MISSING),
        number=column.is_number,
        elastic=column.type in {Role.TEXT, Role.EVENT},
        void=0 < len(values) == values.null_count(),
    )


def _head(column: AnswerColumn) -> str:
    if column.unit is None or column.name.endswith(f"_{column.unit}"):
        return column.name
    return f"{column.name} {column.unit}"


def _texts(values: pl.Series, column: AnswerColumn) -> pl.Series:
    if is_event_number(column.name) and values.dtype.is_integer():
        return values.to_frame().select(event_number(pl.first())).to_series().alias(values.name)
    if values.dtype.is_float():
        return decimals(values)
    return cleaned(values.cast(pl.String))


def decimals(values: pl.Series) -> pl.Series:
    """Texts with one number of decimals for the column: enough to show each to four digits.

    A column with values too small for that has six digits of each, one with values too large all.
    """
    sizes = values.drop_nulls().abs()
    if sizes.is_empty():
        return values.cast(pl.String)
    for digits in range(7):
        if ((sizes.round(digits) - sizes).abs() <= sizes * 5e-5).all():
            break
    else:
        texts = pl.Series(values.name, np.char.mod("%.6g", values.fill_null(0.0).to_numpy()))
        return texts.set(values.is_null(), None)
    if sizes.max() * 10**digits >= 2**53:
        return values.cast(pl.String)
    value = pl.first()
    scaled = (value.abs() * 10**digits).round().cast(pl.Int64)
    whole = (scaled // 10**digits).cast(pl.String)
    fraction = (scaled % 10**digits).cast(pl.String).str.zfill(digits)
    sign = pl.when((value < 0) & (scaled != 0)).then(pl.lit("-")).otherwise(pl.lit(""))
    parts = [sign, whole] + ([pl.lit("."), fraction] if digits else [])
    return values.to_frame().select(pl.concat_str(parts)).to_series().alias(values.name)


def _coloured(cells: pl.Series, words: pl.Series) -> pl.Series:
    colour = words.replace_strict(_COLOURS, default="", return_dtype=pl.String)
    frame = pl.DataFrame({"cell": cells, "colour": colour})
    painted = pl.concat_str("colour", "cell", pl.lit(_NORMAL))
    return frame.select(
        pl.when(pl.col("colour") == "").then("cell").otherwise(painted).alias(cells.name)
    ).to_series()
