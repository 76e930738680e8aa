"""From flat, typed cells of any dialect to the one event schema, column by column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import polars as pl

from traversion_data import schema
from traversion_data.decode import readers, roles, times
from traversion_data.decode.learned import Extra, Learned
from traversion_data.decode.links import links
from traversion_data.decode.mapping import Candidate, Mapping
from traversion_data.decode.readers import Readers
from traversion_data.decode.samples import spread
from traversion_data.model import Flag

LINE: Final = "#line"
FLAGS: Final = "#flags"
REST: Final = "#rest"

_FIRST: Final = -(2**63)
_LAST: Final = 2**63 - 1
_MOMENT: Final = pl.Struct({times.NANOS: pl.Int64(), times.DIGITS: pl.UInt8()})
_Choice: TypeAlias = Callable[[Candidate], bool]
"""Which of a column's keys are meant."""
_PLAIN_TYPES: Final = ("log", "metric", "error", "event")


def _any(_: Candidate) -> bool:
    return True


@dataclass
class Cells:
    """A block's cells: the raw frame, and what of it no core column has taken yet."""

    raw: pl.DataFrame
    mapping: Mapping
    left: dict[str, pl.Series]

    @classmethod
    def of(cls, raw: pl.DataFrame, mapping: Mapping) -> Cells:
        """All cells of a raw frame, none taken."""
        left = {name: raw[name] for name in raw.columns if not name.startswith("#")}
        return cls(raw, mapping, left)

    def take(self, column: str, how: Readers, dtype: pl.DataType, only: _Choice) -> pl.Series:
        """As `look`; cells that were used are no longer left over."""
        result: pl.Series | None = None
        for key in filter(only, self.mapping.candidates(column)):
            for name, value in self._read(key, how):
                used = value.is_not_null()
                if result is not None:
                    used &= result.is_null()
                if used.any():
                    typed = value.cast(dtype)
                    result = typed if result is None else typed.zip_with(used, result)
                    self.mapping.confirm(column, key)
                    self._use(name, used)
        return self._nothing(dtype) if result is None else result

    def look(self, column: str, how: Readers, dtype: pl.DataType) -> pl.Series:
        """The first value that a reader understands, over a column's keys and their kinds."""
        result = self._nothing(dtype)
        for key in self.mapping.candidates(column):
            for _, value in self._read(key, how):
                if value.null_count() < len(value):
                    result = result.fill_null(value.cast(dtype))
                    self.mapping.confirm(column, key)
        return result

    def _read(self, key: Candidate, how: Readers) -> list[tuple[str, pl.Series]]:
        names = ((f"{kind}:{key.key}", reader) for kind, reader in how.items())
        return [
            (name, reader(self.raw[name], key))
            for name, reader in names
            if name in self.raw.columns
        ]

    def _nothing(self, dtype: pl.DataType) -> pl.Series:
        return pl.Series([None], dtype=dtype).new_from_index(0, self.raw.height)

    def _use(self, name: str, used: pl.Series) -> None:
        cell = self.left.get(name)
        if cell is None:
            return
        kept = cell.is_not_null() & ~used
        if kept.any():
            self.left[name] = readers.where(cell, kept).alias(name)
        else:
            del self.left[name]
        if name.startswith("x:"):
            self._use(f"f:{name[2:]}", used)


@dataclass
class Shape:
    """Turns raw frames of one source into events, remembering what one block tells the next."""

    mapping: Mapping
    service: str
    learned: Learned
    last_time: int | None = None
    last_digits: int = 0

    def events(self, raw: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
        """Events of a raw frame in line order, and the lines that have no time to stand at.

        The frame has `LINE` and all columns that keys can fill; place in the source is the
        caller's. A line without a time stands at the one before it, at the start of a source at
        the first time of its first block, and is flagged.
        """
        self.mapping.learn(raw)
        cells = Cells.of(raw, self.mapping)
        core = self._core(cells)
        extra = self.learned.columns(cells.left, raw[REST], raw[FLAGS])
        frame = pl.DataFrame({LINE: raw[LINE], **core, schema.FLAGS: extra.flags}).with_columns(
            *extra.frame, extra.attrs.alias(schema.ATTRS)
        )
        frame = self._timed(frame)
        untimed = frame.filter(pl.col(schema.TIME).is_null())[LINE]
        if len(untimed):
            known = frame[schema.TIME].is_not_null()
            frame, extra = frame.filter(known), extra.filter(known)
        return spread(self._completed(frame, extra), self.learned), untimed

    def _core(self, cells: Cells) -> dict[str, pl.Series]:
        """Every core column that keys can give, NULL where they do not."""
        text = pl.String()
        gelf = "s:short_message" in cells.raw.columns
        out: dict[str, pl.Series] = {}

        def take(
            column: str, how: Readers, dtype: pl.DataType = text, only: _Choice = _any
        ) -> pl.Series:
            return cells.take(column, how, dtype, only)

        clocks = readers.clocks(self.mapping.clock)
        moment = take(schema.TIME, clocks, _MOMENT).struct
        out[schema.TIME] = time = moment.field(times.NANOS)
        out[schema.TIME_DIGITS] = moment.field(times.DIGITS)
        observed = take(schema.OBSERVED_TIME, clocks, _MOMENT)
        out[schema.OBSERVED_TIME] = observed.struct.field(times.NANOS)
        ended = take(schema.END_TIME, readers.not_before(clocks, time.fill_null(_FIRST)), _MOMENT)
        out[schema.END_TIME] = ended.struct.field(times.NANOS)
        out[schema.TYPE] = take(schema.TYPE, readers.TYPES)
        out[schema.SEVERITY] = take(schema.SEVERITY, readers.severities(gelf=gelf), pl.Int8())
        for column in (schema.TRACE_ID, schema.SPAN_ID, schema.PARENT_SPAN_ID):
            out[column] = take(column, readers.IDS)
        out[schema.EVENT_ID] = take(schema.EVENT_ID, readers.TEXTS)
        out[schema.INSTANCE] = cells.look(schema.INSTANCE, readers.TEXTS, text)
        take(schema.INSTANCE, readers.TEXTS, only=_names_instance)
        for column in (schema.SERVICE, schema.HOST, schema.REGION):
            out[column] = take(column, readers.TEXTS)
        out[schema.SPAN_KIND] = take(schema.SPAN_KIND, readers.KINDS)
        in_span = readers.only(readers.WORDS, out[schema.SPAN_ID].is_not_null())
        named = take(schema.OPERATION, in_span, only=_is_vague)
        clear = take(schema.OPERATION, readers.WORDS, only=lambda key: not _is_vague(key))
        out[schema.OPERATION] = clear.fill_null(named)
        out[schema.MESSAGE] = take(schema.MESSAGE, readers.MESSAGES)
        spread = readers.only(
            readers.DURATIONS, ~out[schema.TYPE].eq_missing(pl.Series(["metric"]))
        )
        out[schema.DURATION] = took = take(schema.DURATION, spread, pl.Int64())
        # without a start of its own an event begins as long before its end as it took, or when it
        # was observed, which is what OpenTelemetry's data model says of logs
        out[schema.TIME] = time.fill_null(out[schema.END_TIME] - took.fill_null(0)).fill_null(
            out[schema.OBSERVED_TIME]
        )
        for stamp in (ended, observed):
            out[schema.TIME_DIGITS] = out[schema.TIME_DIGITS].fill_null(
                stamp.struct.field(times.DIGITS)
            )
        out[schema.STATUS] = cells.look(schema.STATUS, readers.STATUSES, pl.Int8())
        out[schema.LINKS] = links(cells.raw[REST])
        return out

    def _timed(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Fill and flag the times of lines that have none."""
        time, digits, flags = (
            pl.col(name) for name in (schema.TIME, schema.TIME_DIGITS, schema.FLAGS)
        )
        known = frame[schema.TIME].drop_nulls()
        first = self.last_time
        if first is None and len(known):
            first = int(known[0])
        guessed = pl.when(time.is_null()).then(int(Flag.GUESSED_TIME)).otherwise(0)
        frame = frame.with_columns(
            flags | guessed.cast(pl.UInt32),
            time.forward_fill().fill_null(pl.lit(first, pl.Int64)),
            digits.forward_fill().fill_null(self.last_digits),
        )
        if len(known):
            self.last_time = int(known[-1])
            self.last_digits = int(frame[schema.TIME_DIGITS][-1])
        return frame

    def _completed(self, frame: pl.DataFrame, extra: Extra) -> pl.DataFrame:
        """Fill what follows from other columns: types, ends, durations, services."""
        time, end, duration = (
            pl.col(name) for name in (schema.TIME, schema.END_TIME, schema.DURATION)
        )
        kind, has_id = pl.col(schema.TYPE), pl.col(schema.SPAN_ID).is_not_null()
        ended = end.is_not_null()
        lasting = duration.is_not_null() | ended | pl.col(schema.SPAN_KIND).is_not_null()
        silent = pl.all_horizontal(
            pl.col(name).is_null()
            for name in (
                schema.MESSAGE,
                schema.SEVERITY,
                schema.TRACE_ID,
                schema.SPAN_ID,
                schema.DURATION,
            )
        )
        by_shape = (
            pl.when(has_id & lasting)
            .then(pl.lit("span"))
            .when(silent & pl.lit(extra.numeric) & ~pl.lit(extra.texts))
            .then(pl.lit("metric"))
            .otherwise(pl.lit("log"))
        )
        frame = frame.with_columns(kind.fill_null(by_shape))
        is_span = (kind == "span") | (has_id & lasting & ~kind.is_in(_PLAIN_TYPES))
        lasts_until = time + pl.min_horizontal(duration, _LAST - time.clip(lower_bound=0))
        return frame.with_columns(
            pl.when(ended)
            .then(end)
            .when(is_span & duration.is_not_null())
            .then(lasts_until)
            .otherwise(time)
            .alias(schema.END_TIME),
            duration.fill_null(pl.when(ended).then(end - time)),
            pl.when(is_span).then(pl.col(schema.STATUS)),
            pl.col(schema.SERVICE).fill_null(self.service),
        )


def _names_instance(key: Candidate) -> bool:
    """Whether a key names just the instance; a pod or host keeps its own column too."""
    whole, last = roles.tails(key.key)[0][0], roles.tails(key.key)[-1][0]
    return last in ("instance", "instanceid") or whole.endswith("serviceinstanceid")


def _is_vague(key: Candidate) -> bool:
    """Whether a key names an operation only where the event is part of a span."""
    return key.key == "name"
