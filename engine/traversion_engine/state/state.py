"""STATE: the latest value of every field of every instance, and the derived fields, at t."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import MILLISECOND, MINUTE, Nanos
from traversion_data.store.view import StoreView
from traversion_engine.catalogue import DERIVED, Field
from traversion_engine.state.derived import Derived, ServiceIndex, in_short
from traversion_engine.state.layout import Layout

STALE_GAPS: Final = 5
STALE_AFTER: Final = MINUTE
"""A value is stale when older than `STALE_GAPS` usual gaps of its field and than this."""

STATE: Final = {
    "service": pl.String(),
    "instance": pl.String(),
    "field": pl.String(),
    "value": pl.String(),
    "number": pl.Float64(),
    "unit": pl.String(),
    "as_of": pl.Int64(),
    "age_ms": pl.Float64(),
    "stale": pl.Boolean(),
    "seq": pl.Int64(),
}
"""Columns of a state frame; `as_of` in ns, `seq` the event that set the value (NULL if derived)."""


def state_at(
    view: StoreView,
    time: Nanos,
    fields: Sequence[Field] | None = None,
    *,
    window: Nanos = MINUTE,
    services: Sequence[str] | None = None,
) -> pl.DataFrame:
    """Every value that holds at `time`, in the columns of `STATE`.

    fields: those that FOR names; without, all that are state and all derived. window: what derived
    fields look back over. services: only these. Rows by service, instance (derived first), field.
    """
    layout = Layout.of(view, fields, services)
    parts = list(_recorded(view, layout, time))
    if layout.derived:
        parts.append(_derived(view, layout, time, window))
    if not parts:
        return pl.DataFrame(schema=STATE)
    part = parts[0] if len(parts) == 1 else _together(parts)
    shown = layout.shown(part.candidates)
    service, instance, field, unit = shown.labels
    value, number, seq = (
        series[shown.rows].alias(name)
        for name, series in (("value", part.value), ("number", part.number), ("seq", part.seq))
    )
    since = part.as_of[shown.order]
    as_of, stale = pl.Series("as_of", since), pl.Series("stale", part.stale[shown.order])
    age = pl.Series("age_ms", (time - since) / MILLISECOND)
    return pl.DataFrame([service, instance, field, value, number, unit, as_of, age, stale, seq])


def changed(
    view: StoreView,
    before: Nanos,
    after: Nanos,
    fields: Sequence[Field] | None = None,
    *,
    window: Nanos = MINUTE,
    services: Sequence[str] | None = None,
) -> pl.DataFrame:
    """Rows of STATE at `after` whose value differs from that at `before`, which `was` gives.

    `was` is NULL for what nothing had set by then. Columns: those of `STATE`, then was.
    """
    key = ["service", "instance", "field"]
    was = state_at(view, before, fields, window=window, services=services)
    now = state_at(view, after, fields, window=window, services=services)
    joined = now.join(
        was.select(*key, pl.col("value").alias("was")),
        on=key,
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    return joined.filter(pl.col("value").ne_missing(pl.col("was")))


@dataclass(frozen=True)
class _Part:
    """Values of some of a layout's candidates, one entry each."""

    candidates: np.ndarray
    value: pl.Series
    number: pl.Series
    as_of: np.ndarray
    stale: np.ndarray
    seq: pl.Series


def _together(parts: Sequence[_Part]) -> _Part:
    return _Part(
        np.concatenate([part.candidates for part in parts]),
        pl.concat([part.value for part in parts]),
        pl.concat([part.number for part in parts]),
        np.concatenate([part.as_of for part in parts]),
        np.concatenate([part.stale for part in parts]),
        pl.concat([part.seq for part in parts]),
    )


def _recorded(view: StoreView, layout: Layout, time: Nanos) -> Iterator[_Part]:
    before = 0
    for index, wanted in layout.parts:
        cells = index.at(time, wanted)
        value, number = index.texts(cells)
        limit = np.fmax(STALE_GAPS * cells.gap, STALE_AFTER)
        limit[np.isnan(cells.gap)] = np.inf
        yield _Part(
            before + cells.wanted,
            value,
            number,
            cells.as_of,
            time - cells.as_of > limit,
            view.events[schema.SEQ][cells.position],
        )
        before += len(wanted.column)


def _derived(view: StoreView, layout: Layout, time: Nanos, window: Nanos) -> _Part:
    index = ServiceIndex.of(view)
    service = layout.services
    times = np.full(len(service), time, dtype=np.int64)
    derived = Derived(
        index, index.basis(time), service, times, window=window, fields=layout.derived
    )
    first = len(layout.place) - len(layout.derived) * len(service)
    amounts = [n for n, field in enumerate(layout.derived) if DERIVED[field].numeric]
    told = [n for n, field in enumerate(layout.derived) if not DERIVED[field].numeric]
    number_of = np.arange(first, len(layout.place)).reshape(len(layout.derived), len(service))
    known = derived.known
    amount = np.empty((len(amounts), len(service)))
    for row, n in zip(amount, amounts, strict=True):
        row[:] = derived.amount(layout.derived[n])
    there = ~np.isnan(amount) & known
    candidates = [number_of[amounts][there]]
    numbers = pl.Series(amount[there], dtype=pl.Float64)
    texts = [in_short(numbers)]
    for n in told:
        said = derived.said(layout.derived[n])
        there = said.is_not_null().to_numpy() & known if said.null_count() else known
        candidates.append(number_of[n, there])
        texts.append(said.filter(pl.Series(there)).alias(""))
    cells = np.concatenate(candidates)
    return _Part(
        cells,
        pl.concat(texts),
        pl.concat([numbers, _nothing(pl.Float64(), len(cells) - len(numbers))]),
        np.full(len(cells), time, dtype=np.int64),
        np.zeros(len(cells), dtype=bool),
        _nothing(pl.Int64(), len(cells)),
    )


def _nothing(dtype: pl.DataType, length: int) -> pl.Series:
    return pl.Series([None], dtype=dtype).new_from_index(0, length)
