"""Keys beside the core: one typed column each, and JSON text for what a column cannot hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import polars as pl

from traversion_data import schema
from traversion_data.decode import roles
from traversion_data.model import Flag

_EXACT: Final = 2**53
"""Integers up to here survive in a float column."""
_PREFIX: Final = "field."

SAMPLE: Final = "value"
SAMPLE_NAMES: Final = ("name", "metric", "metric_name", "metricName")
SAMPLE_TEXTS: Final = (*SAMPLE_NAMES, "unit")
"""Paths of a metric sample: its number, and texts that merely say what that measures."""

_DTYPE: Final[dict[str, pl.DataType]] = {
    "b": pl.Boolean(),
    "i": pl.Int64(),
    "f": pl.Float64(),
    "s": pl.String(),
}


@dataclass(frozen=True)
class Extra:
    """Columns beside the core of one block, all of its height.

    numbers: the numeric ones. texts: those that do not merely say where an event comes from.
    """

    frame: list[pl.Series]
    attrs: pl.Series
    flags: pl.Series
    numbers: list[pl.Series]
    texts: list[pl.Series]

    def filter(self, mask: pl.Series) -> Extra:
        """The rows where the mask holds."""
        parts = (
            [column.filter(mask) for column in columns]
            for columns in (self.frame, self.numbers, self.texts)
        )
        frame, numbers, texts = parts
        return Extra(frame, self.attrs.filter(mask), self.flags.filter(mask), numbers, texts)

    def measures(self) -> pl.Series:
        """Whether a number is set on a row, and no text that does more than say where it is of."""
        height = len(self.flags)
        return _any(self.numbers, height) & ~_any(self.texts, height)


@dataclass
class Learned:
    """Declared kinds of a source's learned columns; an integer column may widen, once, to float."""

    kinds: dict[str, str] = field(default_factory=dict)
    _largest: dict[str, int] = field(default_factory=dict)

    def columns(self, left: dict[str, pl.Series], rest: pl.Series, flags: pl.Series) -> Extra:
        """Learned columns of what the core left over; `rest` is JSON text that goes to `attrs`."""
        cells: dict[str, dict[str, pl.Series]] = {}
        for name, cell in left.items():
            kind, _, path = name.partition(":")
            if kind != "x" and cell.null_count() < len(cell):
                cells.setdefault(path, {})[kind] = cell
        attrs = rest
        columns: list[pl.Series] = []
        labels: list[pl.Series] = []
        for path, kinds in cells.items():
            column, clash = self._column(path, kinds)
            if "h" in kinds:
                flags = flags | _flag(kinds["h"])
            if column is not None:
                columns.append(column.alias(column_name(path)))
                if column.dtype == pl.String and not _says_where(path):
                    labels.append(columns[-1])
            for cell in clash:
                attrs = _merge(attrs, path, cell)
                flags = flags | _flag(cell)
        numbers = [c for c in columns if c.dtype.is_numeric()]
        samples = next((c for c in numbers if c.name == SAMPLE), None)
        if samples is not None:
            labels = [_beside(samples, c) if c.name in SAMPLE_TEXTS else c for c in labels]
        return Extra(columns, attrs, flags, numbers, labels)

    def declare(self, path: str) -> bool:
        """Make a path a column of fractions; False where it is another kind, or one too many."""
        kind = self.kinds.get(path)
        full = kind is None and len(self.kinds) >= schema.MAX_LEARNED
        if full or kind not in (None, "i", "f") or self._largest.get(path, 0) > _EXACT:
            return False
        self.kinds[path] = "f"
        return True

    def _column(
        self, path: str, kinds: dict[str, pl.Series]
    ) -> tuple[pl.Series | None, list[pl.Series]]:
        """The values of the declared kind, and those of other kinds."""
        declared = self.kinds.get(path) or _commonest(kinds)
        whole, broken = kinds.get("i"), kinds.get("f")
        if whole is not None and declared == "i":
            top = max(abs(int(whole.max())), abs(int(whole.min())))  # type: ignore[arg-type]
            self._largest[path] = max(self._largest.get(path, 0), top)
        if declared == "i" and broken is not None and self._largest.get(path, 0) <= _EXACT:
            declared = "f"
        self.kinds[path] = declared
        own = dict(kinds)
        column = own.pop(declared, None)
        clash: list[pl.Series] = []
        if declared == "f" and whole is not None:
            near = whole.is_between(-_EXACT, _EXACT)
            column = _join(column, whole.set(~near, None).cast(pl.Float64))
            own["i"] = whole.set(near, None)
        if declared == "s" and (odd := own.pop("h", None)) is not None:
            column = _join(column, odd)
        clash.extend(cell for cell in own.values() if cell.null_count() < len(cell))
        return column, clash


def kinds_of(events: pl.DataFrame) -> dict[str, str]:
    """The kinds of the learned columns of an event frame, by path."""
    kinds = {dtype: kind for kind, dtype in _DTYPE.items()}
    return {
        name.removeprefix(_PREFIX): kinds[dtype]
        for name in schema.learned(events)
        if (dtype := events.schema[name]) in kinds
    }


def column_name(path: str) -> str:
    """The learned column of a path: the path itself, or `field.` and it where that would mislead.

    So are renamed the names of core columns, the decoder's own `#line`, what Polars reads as a
    pattern of columns instead of a name, and no name at all, for which it makes one up.
    """
    pattern = path == "*" or (path.startswith("^") and path.endswith("$"))
    taken = path in schema.EVENT or path == "#line" or path.startswith(_PREFIX)
    return f"{_PREFIX}{path}" if taken or pattern or not path else path


def _commonest(kinds: dict[str, pl.Series]) -> str:
    counts = {kind: len(cell) - cell.null_count() for kind, cell in kinds.items()}
    numbers = counts.get("i", 0) + counts.get("f", 0)
    texts = counts.get("s", 0) + counts.get("h", 0)
    if texts >= max(numbers, counts.get("b", 0)):
        return "s"
    if counts.get("b", 0) > numbers:
        return "b"
    return "f" if counts.get("f", 0) else "i"


def _says_where(path: str) -> bool:
    return any(roles.rank(role, path) is not None for role in roles.ROLES if role.column in _PLACES)


_PLACES: Final = (schema.INSTANCE, schema.HOST, schema.REGION, schema.SERVICE)


def _join(first: pl.Series | None, second: pl.Series) -> pl.Series:
    return second if first is None else first.zip_with(first.is_not_null(), second)


def _merge(attrs: pl.Series, path: str, cell: pl.Series) -> pl.Series:
    """Add `path: value` to the JSON objects where the cell is set."""
    held = pl.col("attrs")
    pair = pl.struct(pl.col("cell").alias(path)).struct.json_encode()
    both = pl.concat_str(
        held.str.slice(0, held.str.len_chars() - 1), pl.lit(","), pair.str.slice(1)
    )
    return (
        pl.DataFrame({"attrs": attrs, "cell": cell})
        .select(
            pl.when(pl.col("cell").is_null())
            .then(held)
            .when(held.is_null())
            .then(pair)
            .otherwise(both)
        )
        .to_series()
    )


def _beside(samples: pl.Series, texts: pl.Series) -> pl.Series:
    """The texts of rows without a sample."""
    return texts.set(samples.is_not_null(), None)


def _flag(cell: pl.Series) -> pl.Series:
    return cell.is_not_null().cast(pl.UInt32) * int(Flag.DRIFTED)


def _any(columns: list[pl.Series], height: int) -> pl.Series:
    """Where at least one of the columns is set."""
    if not columns:
        return pl.Series([False]).new_from_index(0, height)
    some = pl.any_horizontal(pl.all().is_not_null())
    numbered = [column.alias(str(at)) for at, column in enumerate(columns)]
    return pl.DataFrame(numbered).select_seq(some).to_series()
