"""Which fields are state, and the index of their latest values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import Severity, SpanStatus
from traversion_data.store.known import at_end, is_span
from traversion_data.store.latest import LatestIndex, StateColumn
from traversion_data.store.view import StoreView
from traversion_engine.catalogue import CORE, Catalogue, Field, FieldKind

FEW_VALUES: Final = 100
"""A text field with at most so many different values in the recording is state."""

_CORE_STATE: Final = ("duration", "span_status", "severity")
_WORDS: Final = {
    FieldKind.SEVERITY: {int(level): level.word for level in Severity},
    FieldKind.STATUS: {int(status): status.name.lower() for status in SpanStatus},
}


def state_column(field: Field, drifted: Field | None = None) -> StateColumn:
    """A recorded field as a column of the latest-value index, in the unit it is shown in.

    Only logs set `message`: that of a span tells its outcome and is no state. With values of
    another type, `drifted`, all are texts.
    """
    divisor = 1_000_000 if field.kind is FieldKind.DURATION else 1
    column = field.name if field.path else field.column
    values = field.expr()
    if field is CORE["message"]:
        values = pl.when(~is_span()).then(values).alias(field.name)
    if drifted is not None:
        texts = replace(drifted, kind=FieldKind.TEXT).expr()
        values = pl.coalesce(values.cast(pl.String()), texts)
    read = field.numeric or drifted is not None
    return StateColumn(field.name, values, at_end(column), divisor, _WORDS.get(field.kind), read)


class StateIndex:
    """The latest-value indexes of one snapshot, each made when it is first needed.

    The fields that are state by themselves share one index; any other field that FOR names gets
    its own.
    """

    def __init__(self, view: StoreView) -> None:
        self._view = view
        self.fields = state_fields(view)
        self._common: LatestIndex | None = None
        self._single: dict[str, LatestIndex] = {}

    @classmethod
    def of(cls, view: StoreView) -> StateIndex:
        """The indexes of a snapshot, kept with it."""
        return view.kept(cls)

    @property
    def common(self) -> LatestIndex:
        """The index over `fields`."""
        if self._common is None:
            self._common = LatestIndex(self._view, [self.column(field) for field in self.fields])
        return self._common

    def parts(
        self, fields: Sequence[Field] | None
    ) -> list[tuple[LatestIndex, np.ndarray | None, tuple[Field, ...]]]:
        """Indexes that together hold the fields: index, columns wanted of it (None = all), fields.

        The field tuple is by column number of the index.
        """
        if fields is None:
            return [(self.common, None, self.fields)]
        numbers = {field.name: number for number, field in enumerate(self.fields)}
        own = [numbers[field.name] for field in fields if field.name in numbers]
        parts: list[tuple[LatestIndex, np.ndarray | None, tuple[Field, ...]]] = []
        if own:
            parts.append((self.common, np.array(sorted(set(own))), self.fields))
        parts += [
            (self.single(field), None, (field,)) for field in fields if field.name not in numbers
        ]
        return parts

    def single(self, field: Field) -> LatestIndex:
        """The index of one field alone."""
        if field.name not in self._single:
            self._single[field.name] = LatestIndex(self._view, [self.column(field)])
        return self._single[field.name]

    def column(self, field: Field) -> StateColumn:
        """A field as a column of such an index."""
        return state_column(field, Catalogue.of(self._view).drifted(field.name))


def state_fields(view: StoreView) -> tuple[Field, ...]:
    """The fields that are state unless FOR names others.

    Duration, status and severity; recorded numbers and booleans; recorded texts of few values. Ids,
    keys that only stand in `attrs` and keys that a source's core columns were read from are not.
    """
    catalogue = Catalogue.of(view)
    read = {key.key for source in view.sources for key in source.recognised}
    recorded = [
        field for name in schema.learned(view.events) if (field := catalogue.recorded(name))
    ]
    chosen = [CORE[name] for name in _CORE_STATE]
    chosen += [f for f in recorded if f.name not in read and _is_state(catalogue, f)]
    return tuple(field for field in chosen if catalogue.is_filled(field))


def _is_state(catalogue: Catalogue, field: Field) -> bool:
    if field.dtype.is_nested() or not catalogue.is_filled(field):
        return False
    if field.kind is FieldKind.TEXT:
        values = catalogue.view.events[field.column]
        few = values.head(10_000).n_unique() <= FEW_VALUES + 1
        return few and catalogue.stats(field).distinct <= FEW_VALUES
    return field.kind in {FieldKind.NUMBER, FieldKind.BOOLEAN}
