"""From flat, typed cells of any dialect to the one event schema, column by column."""

from __future__ import annotations

from typing import Final

import polars as pl

from traversion_data import schema
from traversion_data.decode import readers, roles, times
from traversion_data.decode.cells import Cells
from traversion_data.decode.finish import finished
from traversion_data.decode.learned import Learned
from traversion_data.decode.links import links
from traversion_data.decode.mapping import Candidate, Mapping
from traversion_data.decode.samples import spread
from traversion_data.decode.untimed import Untimed

LINE: Final = "#line"
FLAGS: Final = "#flags"
REST: Final = "#rest"

_MOMENT: Final = pl.Struct({times.NANOS: pl.Int64(), times.DIGITS: pl.UInt8()})
_IDS: Final = (schema.TRACE_ID, schema.SPAN_ID, schema.PARENT_SPAN_ID)
_FIRST: Final = -(2**63)


class Shape:
    """Turns raw frames of one source into events, remembering what one block tells the next."""

    def __init__(self, mapping: Mapping, service: str, learned: Learned) -> None:
        """`service` is that of events which name none."""
        self._untimed = Untimed(mapping.clock.written, ordered=not mapping.names_time)
        self._mapping = mapping
        self._service = service
        self._learned = learned
        self._clocks = readers.clocks(mapping.clock)
        self._types = readers.types()
        self._kinds = readers.kinds()
        self._statuses = readers.statuses()
        self._durations = readers.durations()
        self._severities = {gelf: readers.severities(gelf=gelf) for gelf in (False, True)}
        self._by_expression = {
            gelf: (
                (schema.TYPE, self._types),
                (schema.SEVERITY, severities),
                (schema.SPAN_KIND, self._kinds),
                (schema.DURATION, self._durations),
                (schema.STATUS, self._statuses),
            )
            for gelf, severities in self._severities.items()
        }

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what was guessed of times."""
        return self._untimed.notes

    def events(self, raw: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
        """Events of a raw frame in line order, and the lines that have no time to stand at.

        The frame has `LINE` and all columns that keys can fill; place in the source is the
        caller's. Where lines without a time stand is said at `Untimed`; they have none only
        before the first time of a key that user or format says holds it.
        """
        self._mapping.learn(raw)
        cells = Cells.of(raw, self._mapping)
        core = self._core(cells)
        extra = self._learned.columns(cells.left, raw[REST], raw[FLAGS])
        named = (column.alias(name) for name, column in core.items())
        flags, attrs = extra.flags.alias(schema.FLAGS), extra.attrs.alias(schema.ATTRS)
        frame = pl.DataFrame([raw[LINE], *named, flags]).hstack([*extra.frame, attrs])
        frame = self._untimed.placed(frame)
        untimed = frame[LINE].clear()
        if frame[schema.TIME].null_count():
            known = frame[schema.TIME].is_not_null()
            untimed = frame[LINE].filter(~known)
            frame, extra = frame.filter(known), extra.filter(known)
        return spread(finished(frame, extra, self._service), self._learned), untimed

    def _core(self, cells: Cells) -> dict[str, pl.Series]:
        """Every core column that keys can give, NULL where they do not."""
        text = pl.String()
        gelf = cells.has("s:short_message")
        out: dict[str, pl.Series] = {}
        take = cells.take
        cells.read(self._by_expression[gelf])
        moment = take(schema.TIME, self._clocks, _MOMENT)
        time, digits = _parted(moment)
        observed, observed_digits = _parted(take(schema.OBSERVED_TIME, self._clocks, _MOMENT))
        not_before = readers.not_before(self._clocks, lambda: time.fill_null(_FIRST))
        ended, ended_digits = _parted(take(schema.END_TIME, not_before, _MOMENT))
        out[schema.TIME], out[schema.TIME_DIGITS] = time, digits
        out[schema.OBSERVED_TIME], out[schema.END_TIME] = observed, ended
        out[schema.TYPE] = take(schema.TYPE, self._types, text)
        out[schema.SEVERITY] = take(schema.SEVERITY, self._severities[gelf], pl.Int8())
        for column in _IDS:
            out[column] = take(column, readers.IDS, text)
        out[schema.EVENT_ID] = take(schema.EVENT_ID, readers.TEXTS, text)
        out[schema.INSTANCE] = cells.look(schema.INSTANCE, readers.TEXTS, text)
        take(schema.INSTANCE, readers.TEXTS, text, _names_instance)
        for column in (schema.SERVICE, schema.HOST, schema.REGION):
            out[column] = take(column, readers.TEXTS, text)
        out[schema.SPAN_KIND] = take(schema.SPAN_KIND, self._kinds, text)
        named = take(
            schema.OPERATION,
            readers.WORDS,
            text,
            _is_vague,
            but=out[schema.SPAN_ID].is_null,
        )
        clear = take(schema.OPERATION, readers.WORDS, text, _is_clear)
        out[schema.OPERATION] = _first_set(clear, named)
        out[schema.MESSAGE] = take(schema.MESSAGE, readers.MESSAGES, text)
        out[schema.DURATION] = took = take(
            schema.DURATION,
            self._durations,
            pl.Int64(),
            but=lambda: out[schema.TYPE] == "metric",
        )
        if time.null_count():
            # without a start of its own an event begins as long before its end as it took, or when
            # it was observed, which is what OpenTelemetry's data model says of logs
            out[schema.TIME] = time.fill_null(ended - took.fill_null(0)).fill_null(observed)
            out[schema.TIME_DIGITS] = digits.fill_null(ended_digits).fill_null(observed_digits)
        out[schema.STATUS] = cells.look(schema.STATUS, self._statuses, pl.Int8())
        out[schema.LINKS] = links(cells.raw[REST])
        return out


def _parted(moment: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Nanoseconds and fraction digits of moments."""
    parts = moment.struct.unnest()
    return parts[times.NANOS], parts[times.DIGITS]


def _first_set(first: pl.Series, second: pl.Series) -> pl.Series:
    unset = second.null_count() == len(second) or not first.null_count()
    return first if unset else first.fill_null(second)


def _names_instance(key: Candidate) -> bool:
    """Whether a key names just the instance; a pod or host keeps its own column too."""
    whole, last = roles.tails(key.key)[0][0], roles.tails(key.key)[-1][0]
    return last in ("instance", "instanceid") or whole.endswith("serviceinstanceid")


def _is_vague(key: Candidate) -> bool:
    """Whether a key names an operation only where the event is part of a span."""
    return key.key == "name"


def _is_clear(key: Candidate) -> bool:
    return not _is_vague(key)
