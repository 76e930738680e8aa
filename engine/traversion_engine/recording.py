"""A recording from its sources to answers: loaded at once or in a thread, then asked."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from threading import Event
from typing import Literal, TypeAlias

from traversion_data.ingest import LoadOptions, Progress
from traversion_data.intake import Intake, Wanted
from traversion_data.model import FieldMap, Nanos, SourceInfo, seq_text
from traversion_data.source.base import Source
from traversion_data.source.locate import open_sources
from traversion_data.source.named import named_source
from traversion_data.store.head import Head
from traversion_data.store.view import StoreView
from traversion_data.zones import zones_of
from traversion_engine.context import Context
from traversion_engine.result import ResultTable
from traversion_engine.secrecy import Redacted, redaction
from traversion_engine.session import Session

EventName: TypeAlias = int | str
"""An event by its number (seq), its id, or `#1234`."""


class Recording:
    """Sources and what has been read of them so far.

    `load` blocks the thread that calls it; everything else may be called from any thread, before,
    during and after, and answers on the newest snapshot.
    """

    def __init__(
        self, wanted: Sequence[Source] | Wanted, options: LoadOptions | None = None
    ) -> None:
        """`wanted`: sources that are read once, or what is to be followed or kept in a store."""
        self._head = Head()
        self._options = options or LoadOptions()
        self._wanted = wanted if isinstance(wanted, Wanted) else Wanted(tuple(wanted))
        self._cancelled = Event()
        self._intake: Intake | None = None
        self.session = Session(lambda: self._head.view)

    def load(
        self,
        on_progress: Callable[[Progress], None] | None = None,
        on_snapshot: Callable[[StoreView], None] | None = None,
    ) -> StoreView:
        """Read all sources and return the last snapshot.

        Both callbacks are called in this thread, `on_snapshot` whenever there is more to see.

        Raises:
            InputError: no source gave any event.
        """
        self._intake = Intake(self._wanted, self._head, self._options, on_progress, on_snapshot)
        if self._cancelled.is_set():
            self._intake.cancel()
        return self._intake.run()

    def cancel(self) -> None:
        """Stop loading, before or while it runs; what was read stays."""
        self._cancelled.set()
        if self._intake is not None:
            self._intake.cancel()

    @property
    def view(self) -> StoreView:
        """The newest snapshot."""
        return self._head.view

    @property
    def sources(self) -> tuple[SourceInfo, ...]:
        """What was understood of each source, and where each of its lines went."""
        return self.view.sources

    def query(self, statement: str, context: Context | None = None) -> ResultTable:
        """Answer a TimeQL statement; times without an offset are in the recording's zone.

        Raises:
            StatementError: the statement is wrong; the message has a caret under the place.
            NotAvailableError: this version does not have the statement.
        """
        return self.session.ask(statement, context or Context(zone=self._options.zones.usual))

    def trace_causality_chain(
        self,
        event: EventName,
        direction: Literal["backward", "forward", "both"] = "backward",
    ) -> ResultTable:
        """The causes (backward) or effects (forward) of an event, as TRAVERSE gives them.

        Raises:
            StatementError: there is no such event number, or several events have the id.
        """
        return self.query(f"TRAVERSE FROM {_reference(event)} FOLLOWING {direction}")

    def find_root_cause(self, event: EventName) -> ResultTable:
        """Ranked explanations of an event, as ROOT CAUSE gives them.

        Raises:
            NotAvailableError: in this version, always.
        """
        return self.query(f"ROOT CAUSE OF {_reference(event)}")


def open_recording(
    *sources: str | os.PathLike[str] | Source,
    field_map: Mapping[str, str] | None = None,
    tz: str | Mapping[str, str] | None = None,
    since: Nanos | None = None,
    until: Nanos | None = None,
    redact: Redacted = "standard",
) -> Recording:
    """Read files, folders, globs, `scenario:NAME` or source objects to their end.

    Args:
        sources: what one would type on the command line, or objects that yield chunks of bytes.
        field_map: where core fields stand, as `{"time": "ts", "service": "app.name"}`.
        tz: the zone of times without an offset, in the data and in statements, UTC where None; or
            zones by source, as `{"*": "Europe/Berlin", "nginx*": "America/New_York"}`: of the
            patterns that fit a source's name the last one counts, `*` only where no other does.
        since: only events from this moment on, ns UTC.
        until: only events before this moment, ns UTC.
        redact: what becomes pseudonyms before anything is stored: secrets, or with `strict` also
            what tells who somebody is.

    Raises:
        InputError: a source cannot be opened, or none of them holds events; there is no such zone,
            or no source that a pattern of `tz` fits.
    """
    opened: list[Source] = []
    for source in sources:
        if isinstance(source, str | os.PathLike):
            opened += open_sources([os.fspath(source)], named=named_source)
        else:
            opened.append(source)
    pairs = FieldMap(tuple((field_map or {}).items()))
    zones = zones_of(tz.items()) if isinstance(tz, Mapping) else tz
    options = LoadOptions(pairs, zones, since, until, redaction=redaction(redact))
    recording = Recording(opened, options)
    recording.load()
    return recording


def _reference(event: EventName) -> str:
    if isinstance(event, int):
        return seq_text(event)
    if event.startswith("#"):
        return event
    return "'" + event.replace("'", "''") + "'"
