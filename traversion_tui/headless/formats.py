"""The formats of an answer and who writes each; a writer is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Final, TypeAlias, cast

if TYPE_CHECKING:
    from traversion_tui.headless.answer import Answer
    from traversion_tui.headless.output import Output

    Writer: TypeAlias = Callable[[Answer, Output], None]


class Format(StrEnum):
    """The words of `--format`, and what `--format csv --raw` means."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    RAW_CSV = "raw-csv"
    ARROW = "arrow"
    PARQUET = "parquet"

    @property
    def is_binary(self) -> bool:
        """Whether a terminal would show rubbish."""
        return self in {Format.ARROW, Format.PARQUET}


_WRITERS: Final = {
    Format.TABLE: ("to_table", "write_table"),
    Format.JSON: ("to_json", "write_json"),
    Format.JSONL: ("to_json", "write_jsonl"),
    Format.CSV: ("to_csv", "write_csv"),
    Format.RAW_CSV: ("to_csv", "write_raw_csv"),
    Format.ARROW: ("to_arrow", "write_arrow"),
    Format.PARQUET: ("to_arrow", "write_parquet"),
}


def writer(format_: Format) -> Writer:
    """The function that writes an answer in a format."""
    module, function = _WRITERS[format_]
    return cast("Writer", getattr(import_module(f"traversion_tui.headless.{module}"), function))
