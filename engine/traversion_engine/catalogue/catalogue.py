"""Everything a statement may name in one snapshot, looked at only as far as it is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Final

import polars as pl

from traversion_data import schema
from traversion_data.model import MILLISECOND, Flag, Severity, SpanStatus
from traversion_data.store.view import StoreView
from traversion_engine.catalogue.attrs import AttrKey, scan_keys
from traversion_engine.catalogue.field import (
    CORE,
    Field,
    FieldKind,
    FieldStats,
    UnitSource,
    Unknown,
    matching_form,
)
from traversion_engine.catalogue.resolve import Resolved, resolve
from traversion_engine.diagnostic import nearest
from traversion_engine.exact import in_units_of
from traversion_engine.units import suffix_unit, words

_SHARE_WORDS: Final = frozenset(
    {"cpu", "mem", "memory", "disk", "usage", "util", "utilization", "utilisation"}
)
"""Last words of names that are shares in percent where all values lie within 0 to 100."""
_ID_WORDS: Final = frozenset({"id", "ids", "uuid", "guid", "uid"})
_MAX_VALUES: Final = 10_000
_SAMPLE: Final = 50_000
"""Events at each end of a recording that are looked at for keys in `attrs`."""


class Catalogue:
    """The fields of one snapshot: their kinds, units and values.

    Cheap to make: each part is computed, in columns, when something asks for it first.
    """

    def __init__(self, view: StoreView) -> None:
        self.view = view
        self._fields: dict[str, Field] = dict(CORE)
        self._stats: dict[str, FieldStats] = {}
        self._values: dict[str, pl.DataFrame] = {}
        self._sampled = view.height > 2 * _SAMPLE

    @classmethod
    def of(cls, view: StoreView) -> Catalogue:
        """The catalogue of a snapshot; made once and kept with it."""
        return view.kept(cls)

    @classmethod
    def grow(cls, before: StoreView, view: StoreView, first: int) -> None:
        """Let a snapshot's catalogue know the attributes that an earlier snapshot's has found.

        All events of `before` are in `view`, those in front of position `first` where they were.
        """
        known = vars(cls.of(before))
        if "_attributes" not in known:
            return
        keys: Iterable[AttrKey] = reversed(known["_attributes"].values())
        found = {key.path: key for key in keys}
        for key in scan_keys(view.events.slice(first)):
            found[key.path] = key.joined(found.get(key.path, key))
        attributes = {key.name: key for key in reversed(found.values())}
        vars(cls.of(view)).update(_sampled=known["_sampled"], _attributes=attributes)

    def resolve(
        self, name: str, wanted_unit: str | None = None, *, quoted: bool = False
    ) -> Resolved:
        """The field a word of a statement means; see `catalogue.resolve.resolve`.

        Keys in `attrs` are sought at the recording's two ends first, everywhere before a name is
        said to be unknown.
        """
        found = resolve(self, name, wanted_unit, quoted=quoted)
        if isinstance(found, Unknown) and self.look_everywhere():
            return resolve(self, name, wanted_unit, quoted=quoted)
        return found

    def look_everywhere(self) -> bool:
        """Seek keys in the `attrs` of every event; whether that had still to be done."""
        if not self._sampled:
            return False
        self._sampled = False
        for part in ("_attributes", "_by_form", "_by_stem"):
            self.__dict__.pop(part, None)
        return True

    def recorded(self, name: str) -> Field | None:
        """The recorded field of exactly this name: a learned column, a core field or an attribute.

        A core field is one by its name in the language (`duration`) or by the key that it was read
        from (`msg`); a learned column comes first.
        """
        if name in self._learned:
            return self._learned_field(name)
        if name in CORE:
            return CORE[name]
        if name in self._read_from:
            return self._read_from[name]
        return self._attribute_field(name) if name in self._attributes else None

    def drifted(self, name: str) -> Field | None:
        """The values of a learned column that were of another type and so stand in `attrs`."""
        if name not in self._learned or not self._any_drifted:
            return None
        if name not in self._attributes and not self.look_everywhere():
            return None
        return self._of_key(name) if name in self._attributes else None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all recorded fields: core, learned, attributes."""
        return tuple(dict.fromkeys([*CORE, *self._learned, *self._attributes]))

    @property
    def fields(self) -> tuple[Field, ...]:
        """All recorded fields."""
        return tuple(field for name in self.names if (field := self.recorded(name)))

    def fields_of_form(self, form: str) -> list[Field]:
        """Recorded fields whose names are `form` when case and `_ . -` do not count."""
        return self._recorded(self._by_form.get(form, ()))

    def fields_of_stem(self, form: str) -> list[Field]:
        """Recorded fields whose names less their unit suffix are `form`."""
        return self._recorded(self._by_stem.get(form, ()))

    def fields_of_words(self, wanted: frozenset[str]) -> list[Field]:
        """Recorded fields beside the core ones whose names contain one of the words."""
        named = (name for name in self.names if wanted & set(words(name)))
        return self._recorded(name for name in named if self._is_own(name))

    def is_filled(self, field: Field) -> bool:
        """Whether any event has the field; of attributes, derived fields always true."""
        if field.derived or field.path:
            return True
        column = self.view.events[field.column]
        return column.null_count() < len(column)

    def stats(self, field: Field) -> FieldStats:
        """What the field's values are like; derived fields have none and raise ValueError."""
        if field.name not in self._stats:
            self._stats[field.name] = self._measure(field)
        return self._stats[field.name]

    def values(self, field: Field, limit: int = 100) -> tuple[str, ...]:
        """The field's values as text, the most frequent first."""
        return tuple(self._counted(field)["value"].head(limit))

    def has_value(self, field: Field, value: str) -> bool:
        """Whether any event has this text; true also where there are too many values to know."""
        counted = self._counted(field)
        return counted.height >= _MAX_VALUES or value in counted["value"]

    def nearest_values(self, field: Field, value: str) -> tuple[str, ...]:
        """Recorded values that `value` may be a slip of, best first."""
        return nearest(value, self.values(field, 1000))

    @cached_property
    def _read_from(self) -> dict[str, Field]:
        """The core fields by the keys that the sources spelled them with."""
        by_column = {field.column: field for field in CORE.values()}
        return {
            found.key: by_column[found.column]
            for source in self.view.sources
            for found in source.recognised
            if found.column in by_column
        }

    @cached_property
    def _any_drifted(self) -> bool:
        flagged = pl.col(schema.FLAGS) & int(Flag.DRIFTED) != 0
        return bool(self.view.events.select(flagged.any()).item())

    @cached_property
    def _learned(self) -> dict[str, pl.DataType]:
        frame = self.view.events
        return {name: frame.schema[name] for name in schema.learned(frame)}

    @cached_property
    def _attributes(self) -> dict[str, AttrKey]:
        if not self.is_filled(_ATTRS):
            return {}
        events = self.view.events
        if self._sampled:
            events = pl.concat([events.head(_SAMPLE), events.tail(_SAMPLE)])
        return {key.name: key for key in reversed(scan_keys(events))}

    @cached_property
    def _by_form(self) -> dict[str, list[str]]:
        names = dict.fromkeys([*self.names, *self._read_from])
        return _grouped((matching_form(name), name) for name in names)

    @cached_property
    def _by_stem(self) -> dict[str, list[str]]:
        own = (name for name in self.names if self._is_own(name))
        stems = ((suffix_unit(name), name) for name in own)
        return _grouped((matching_form(stem), name) for (stem, unit), name in stems if unit)

    def _is_own(self, name: str) -> bool:
        return name in self._learned or name not in CORE

    def _recorded(self, names: Iterable[str]) -> list[Field]:
        found = (field for name in names if (field := self.recorded(name)))
        return list({field.name: field for field in found}.values())

    def _learned_field(self, name: str) -> Field:
        known = self._fields.get(name)
        if known is None or known is CORE.get(name):
            self._fields[name] = known = self._describe(name, self._learned[name], ())
        return known

    def _attribute_field(self, name: str) -> Field:
        if name not in self._fields:
            self._fields[name] = self._of_key(name)
        return self._fields[name]

    def _of_key(self, name: str) -> Field:
        key = self._attributes[name]
        return self._describe(name, key.dtype, key.path)

    def _describe(self, name: str, dtype: pl.DataType, path: tuple[str, ...]) -> Field:
        kind = _kind(name, dtype)
        unit, source = None, None
        if kind is FieldKind.NUMBER:
            _, unit = suffix_unit(name)
            source = UnitSource.SUFFIX if unit else None
            if unit is None and not path:
                unit = self._unit_by_range(name, dtype)
                source = UnitSource.RANGE if unit else None
        column = schema.ATTRS if path else name
        meaning = "recorded, kept beside the columns" if path else "recorded"
        return Field(name, column, kind, dtype, unit, source, unit, meaning, path)

    def _unit_by_range(self, name: str, dtype: pl.DataType) -> str | None:
        low, high = _low_high(self.view.events[name])
        if low is None or high is None or low < 0:
            return None
        if high <= 1:
            return "ratio" if dtype.is_float() and not 0 == low == high else None
        return "percent" if high <= 100 and words(name)[-1] in _SHARE_WORDS else None

    def _measure(self, field: Field) -> FieldStats:
        values = self.view.events.select(field.expr().alias("value"))["value"]
        filled = len(values) - values.null_count()
        if not filled:
            return FieldStats(0, 0, None)
        distinct = values.n_unique() - (values.null_count() > 0)
        example = _text(values.drop_nulls().head(1), field)[0]
        low, high = _low_high(values) if field.numeric else (None, None)
        return FieldStats(filled, distinct, example, low, high)

    def _counted(self, field: Field) -> pl.DataFrame:
        if field.name not in self._values:
            values = self.view.events.select(field.expr().alias("value"))["value"].drop_nulls()
            counts = values.value_counts(name="events")
            top = counts.sort("events", descending=True, maintain_order=True).head(_MAX_VALUES)
            self._values[field.name] = top.with_columns(_text(top["value"], field).alias("value"))
        return self._values[field.name]


_ATTRS: Final = Field(schema.ATTRS, schema.ATTRS, FieldKind.TEXT, pl.String())


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for key, name in pairs:
        groups.setdefault(key, []).append(name)
    return groups


def _kind(name: str, dtype: pl.DataType) -> FieldKind:
    if dtype == pl.Boolean():
        return FieldKind.BOOLEAN
    if words(name)[-1:] and words(name)[-1] in _ID_WORDS:
        return FieldKind.ID
    if dtype.is_numeric():
        return FieldKind.NUMBER
    return FieldKind.TIME if dtype.is_temporal() else FieldKind.TEXT


def _low_high(values: pl.Series) -> tuple[float | None, float | None]:
    if values.dtype.is_float():
        values = values.filter(values.is_finite())
    low, high = values.min(), values.max()
    if not isinstance(low, (int, float)) or not isinstance(high, (int, float)):
        return None, None
    return float(low), float(high)


def _text(values: pl.Series, field: Field) -> pl.Series:
    names: dict[int, str] | None = None
    if field.kind is FieldKind.SEVERITY:
        names = {int(level): level.word for level in Severity}
    elif field.kind is FieldKind.STATUS:
        names = {int(status): status.name.lower() for status in SpanStatus}
    if names is not None:
        return values.replace_strict(names, default=None, return_dtype=pl.String())
    if field.kind is FieldKind.DURATION:
        values = values.to_frame("ns").select(in_units_of(pl.col("ns"), MILLISECOND)).to_series()
    elif field.kind is FieldKind.TIME and values.dtype.is_integer():
        moments = values.cast(pl.Int64()).cast(pl.Datetime("ns"))
        return moments.dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ")
    if values.dtype.is_nested():
        return pl.Series([str(value) for value in values.to_list()], dtype=pl.String)
    return values.cast(pl.String())
