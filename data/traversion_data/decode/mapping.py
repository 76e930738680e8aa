"""Which keys of one source stand for which core columns, learned from names and values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import polars as pl

from traversion_data import schema
from traversion_data.decode import dates, roles, times
from traversion_data.decode.roles import ROLES, Role
from traversion_data.model import MICROSECOND, MILLISECOND, SECOND, FieldMap, Recognised

SAMPLE: Final = 200
"""Values of a key that are looked at when it is first met."""

_PLAIN_NAMES: Final = frozenset({"timestamp", "time", "ts", "eventtime"})
_FIRST_PLAUSIBLE: Final = 100_000_000
"""Epoch seconds in 1973: a smaller number is a time only under a plain name, if nothing else is."""
_SPAN_OF_YEARS: Final = (631_152_000_000_000_000, 4_102_444_800_000_000_000)
"""1990 to 2100 in ns: where a column that no name gives away must lie to be taken for a time."""

_UNIT_WORDS: Final = {
    1: "nanoseconds",
    MICROSECOND: "microseconds",
    MILLISECOND: "milliseconds",
    SECOND: "seconds",
}

_TIMES: Final = {schema.TIME, schema.END_TIME}
_COLUMN_OF: Final = {
    "duration": schema.DURATION,
    "status": schema.STATUS,
    "level": schema.SEVERITY,
    "end": schema.END_TIME,
}
"""Words of `--map` that differ from the column's name."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A key that may hold a core column's value; `unit` in ns where key or user gives one."""

    key: str
    how: str
    unit: int | None = None


@dataclass
class Mapping:
    """Candidates per core column, best first; only ever appended to, so stored rows stay true."""

    field_map: FieldMap = field(default_factory=FieldMap)
    clock: times.Clock = field(default_factory=times.Clock)
    kinds: dict[str, str] = field(default_factory=dict)
    """Kinds that paths beside the core are known to have, as `record.flatten` names them."""
    _found: dict[str, list[Candidate]] = field(default_factory=dict)
    _met: set[str] = field(default_factory=set)
    _confirmed: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        for word, key in self.field_map.pairs:
            column = _COLUMN_OF.get(word, word)
            unit = (
                roles.duration_unit(key)[1] if column == schema.DURATION else roles.time_unit(key)
            )
            if column == schema.DURATION and unit is None:
                unit = MILLISECOND
            self._found[column] = [Candidate(key, "as mapped", unit)]
        self._fixed = self._asked = frozenset(self._found)

    @property
    def names_time(self) -> bool:
        """Whether user or format says which key holds a time, so that its absence is wrong."""
        return bool(self._fixed & _TIMES)

    def candidates(self, column: str) -> list[Candidate]:
        """Keys for a column, best first; empty where none was met.

        A key that the user says holds the end of events holds their start no more.
        """
        found = self._found.get(column, [])
        if column == schema.TIME and self._asked & _TIMES == {schema.END_TIME}:
            end = self._found[schema.END_TIME][0].key
            return [key for key in found if key.key != end]
        return found

    def exact(self, path: str) -> bool:
        """Whether fractions under this path must be kept as written: it may be a time."""
        if schema.TIME in self._fixed:
            return any(path == c.key for c in self._found[schema.TIME])
        return any(roles.rank(role, path) is not None for role in _TIME_ROLES)

    @staticmethod
    def named(path: str) -> bool:
        """Whether a path's name gives it a role, so that it is never crowded out."""
        return (
            any(roles.rank(role, path) is not None for role in _ALL_ROLES)
            or (roles.duration_unit(path)[0])
        )

    @staticmethod
    def names_text(path: str) -> bool:
        """Whether a path's name gives it a role whose whole numbers are text or codes."""
        return any(roles.rank(role, path) is not None for role in ROLES)

    def learn(self, raw: pl.DataFrame) -> None:
        """Look at the keys of a block that were not met before."""
        fresh: dict[str, list[pl.Series]] = {}
        for name in raw.columns:
            kind, _, path = name.partition(":")
            if kind and path and path not in self._met and raw[name].count():
                fresh.setdefault(path, []).append(raw[name])
        if not fresh:
            return
        self._met.update(fresh)
        for role in ROLES:
            if role.column in self._fixed:
                continue
            ranked = sorted(
                (place, path) for path in fresh if (place := roles.rank(role, path)) is not None
            )
            for _, path in ranked:
                self._consider(role.column, path, fresh[path])
            if role.column == schema.SPAN_ID and roles.TRACE_ID in self._met:
                for path in fresh.keys() & {roles.TRANSACTION_ID}:
                    self._add(role.column, Candidate(path, "by name"))
            if role.column == schema.TIME and not self._found.get(schema.TIME):
                for _, path in ranked:
                    self._consider(role.column, path, fresh[path], smallest=0)
        if schema.DURATION not in self._fixed:
            for path in fresh:
                named, unit = roles.duration_unit(path)
                if named:
                    self._add(schema.DURATION, Candidate(path, "by name", unit))
        if not self._found.get(schema.TIME):
            self._seek_time(fresh)

    def confirm(self, column: str, key: Candidate) -> None:
        """Note that a key gave the column a value."""
        self._confirmed.add((column, key.key))

    def recognised(self) -> tuple[Recognised, ...]:
        """The best key of each core column that gave it a value, in the schema's order."""
        best = (
            (column, next((key for key in found if (column, key.key) in self._confirmed), None))
            for column in schema.EVENT
            if (found := self._found.get(column))
        )
        named = {column: Recognised(column, key.key, key.how) for column, key in best if key}
        if schema.TIME not in named:
            for column, said in ((schema.END_TIME, "end"), (schema.OBSERVED_TIME, "observed")):
                if column in named:
                    start = replace(named[column], column=schema.TIME)
                    start = replace(start, how=f"{said}, {start.how}")
                    return (start, *named.values())
        return tuple(named.values())

    def unmet(self) -> tuple[str, ...]:
        """Keys the user mapped that gave no value so far."""
        return tuple(
            found[0].key
            for column, found in self._found.items()
            if column in self._asked and (column, found[0].key) not in self._confirmed
        )

    def guesses(self) -> tuple[str, ...]:
        """Sentences on what the times that gave a value do not say themselves."""
        how = {
            part
            for column in (schema.TIME, schema.END_TIME, schema.OBSERVED_TIME)
            for key in self.candidates(column)
            if (column, key.key) in self._confirmed
            for part in key.how.split(", ")
        }
        said = []
        if dates.NO_DAY in how:
            said.append("times have no day: guessed from when the source was last written")
        if dates.NO_YEAR in how:
            said.append("times have no year: guessed from when the source was last written")
        if dates.NO_ZONE in how:
            why = ", as --tz says" if self.clock.named else "; --tz names another"
            said.append(f"times have no zone: read as {self.clock.zone}{why}")
        if self.clock.skipped.met:
            said.append(
                f"times that clocks of {self.clock.zone} skipped are read as later, by as much as "
                "the clocks were put forward"
            )
        return tuple(said)

    def _add(self, column: str, candidate: Candidate) -> None:
        self._found.setdefault(column, []).append(candidate)

    def _consider(
        self, column: str, path: str, cells: list[pl.Series], smallest: int = _FIRST_PLAUSIBLE
    ) -> None:
        if column in (schema.TIME, schema.END_TIME, schema.OBSERVED_TIME):
            unit = roles.time_unit(path)
            found = read_times(cells, self.clock, unit)
            if not smallest and unit is None and roles.tails(path)[0][0] not in _PLAIN_NAMES:
                return
            good = found.drop_nulls()
            good = good.filter(good[times.NANOS].abs() >= smallest * SECOND)
            if good.height and good.height * 2 >= found.height:
                self._add(column, Candidate(path, _how_time(cells, good, unit), unit))
        elif column == schema.EVENT_ID and roles.bare_id(path):
            texts = [cell for cell in cells if cell.dtype == pl.String]
            if texts and _unique_ids(texts[0]):
                self._add(column, Candidate(path, "by its unique values"))
        else:
            self._add(column, Candidate(path, "by name"))

    def _seek_time(self, fresh: dict[str, list[pl.Series]]) -> None:
        first, last = _SPAN_OF_YEARS
        for path, cells in fresh.items():
            found = read_times(cells, self.clock, None)
            inside = found.filter(pl.col(times.NANOS).is_between(first, last))
            if found.height and inside.height * 10 >= found.height * 9:
                self._add(schema.TIME, Candidate(path, _how_time(cells, inside, None)))
                return


def read_times(cells: list[pl.Series], clock: times.Clock, unit: int | None) -> pl.DataFrame:
    """NANOS and DIGITS of the first `SAMPLE` values of a key, whatever kinds they are of."""
    parts = []
    for cell in cells:
        some = cell.drop_nulls().head(SAMPLE)
        if cell.name.startswith("i:"):
            parts.append(
                pl.DataFrame({"v": some})
                .select(times.of_integers(pl.col("v"), unit).alias("t"))
                .unnest("t")
            )
        elif cell.dtype == pl.String:
            parts.append(times.of_text(some, clock, unit).struct.unnest())
    return (
        pl.concat(parts)
        if parts
        else pl.DataFrame(schema={times.NANOS: pl.Int64, times.DIGITS: pl.UInt8})
    )


def _how_time(cells: list[pl.Series], good: pl.DataFrame, unit: int | None) -> str:
    """What kind of time was understood: `epoch nanoseconds`, `ISO-8601, 6 digits, Z`."""
    counts = {cell.name[0]: len(cell) - cell.null_count() for cell in cells}
    kind = max(("s", "i", "x"), key=lambda k: counts.get(k, 0))
    digits = max(good[times.DIGITS].to_list(), default=0)
    if kind == "x":
        return f"epoch with a fraction, {digits} digits"
    if kind == "s":
        first: str = next(cell for cell in cells if cell.name[0] == "s").drop_nulls()[0].strip()
        if not first.replace(".", "").lstrip("-").isdigit():
            if (words := dates.spelled(first, digits)) is not None:
                return words
            zone = (
                "Z"
                if first.upper().endswith(("Z", "UTC", "GMT"))
                else "offset"
                if _has_offset(first)
                else dates.NO_ZONE
            )
            return f"ISO-8601, {digits} digits, {zone}" if digits else f"ISO-8601, {zone}"
    if unit is not None:
        return f"epoch {_UNIT_WORDS[unit]}"
    return f"epoch {_UNIT_WORDS.get(10 ** (9 - digits), 'numbers')}"


def _has_offset(text: str) -> bool:
    return len(text) > 6 and any(sign in text[10:] for sign in "+-")


def _unique_ids(texts: pl.Series) -> bool:
    some = texts.drop_nulls().head(SAMPLE)
    return (
        len(some) > 1 and some.n_unique() == len(some) and bool((some.str.len_bytes() >= 8).all())
    )


_TIME_ROLES: Final[tuple[Role, ...]] = tuple(
    role for role in ROLES if role.column in (schema.TIME, schema.OBSERVED_TIME, schema.END_TIME)
)
_ALL_ROLES: Final[tuple[Role, ...]] = (
    *ROLES,
    roles.HTTP_STATUS,
    roles.ERROR_FIELD,
    roles.EXCEPTION,
)
