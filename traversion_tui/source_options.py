"""What a command line says about its sources, checked before anything is opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

import typer

from traversion_data.errors import InputError
from traversion_data.model import MICROSECOND, FieldMap, Nanos
from traversion_data.zones import Zones, zones_of
from traversion_tui.amounts import parse_age, parse_size
from traversion_tui.source_words import SourceWords

Redacted: TypeAlias = Literal["standard", "strict", "nothing"]
"""What becomes pseudonyms; the engine's word, spelled here so that no engine is imported."""

LEAST_MEMORY: Final = 256 << 20
"""Bytes that the program and the blocks in work take, whatever it reads."""


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """How to read the sources: where core fields stand, the zones of times without an offset.

    Only events in `[since, until)` (nanoseconds UTC) are kept. written_as is the word of a format,
    max_inflate how many inflated bytes are allowed for each compressed one; None leaves them to be
    found. follow: whether files are read on as they grow. store: a folder in which rows are kept.
    keep_size, keep_age: what that is held to, bytes and nanoseconds.
    cached: whether what is read is kept for the next time. redacted: which secrets become
    pseudonyms. max_memory: bytes that the program may take.
    """

    fields: FieldMap = field(default_factory=FieldMap)
    zones: Zones = field(default_factory=Zones)
    since: Nanos | None = None
    until: Nanos | None = None
    written_as: str | None = None
    max_inflate: int | None = None
    follow: bool = False
    store: Path | None = None
    keep_size: int | None = None
    keep_age: Nanos | None = None
    redacted: Redacted = "standard"
    cached: bool = True
    max_memory: int | None = None

    @property
    def zone(self) -> str:
        """The zone in which times are shown and statements are read."""
        return self.zones.usual


def parse_options(words: SourceWords) -> SourceOptions:
    """The options as typed.

    Raises:
        typer.BadParameter: one of them is wrong.
    """
    zones = parse_zones(words.zones or ())
    since = None if words.since is None else parse_time(words.since, zones.usual, "--since")
    until = None if words.until is None else parse_time(words.until, zones.usual, "--until")
    if since is not None and until is not None and since > until:
        raise typer.BadParameter("it lies before --since.", param_hint="--until")
    for option, text in (("--keep-size", words.keep_size), ("--keep-age", words.keep_age)):
        if text is not None and words.store is None:
            raise typer.BadParameter("it goes with --store.", param_hint=option)
    size, age, memory = words.keep_size, words.keep_age, words.max_memory
    return SourceOptions(
        FieldMap() if words.map_ is None else parse_map(words.map_),
        zones,
        since,
        until,
        words.written_as,
        words.max_inflate,
        words.follow,
        words.store,
        keep_size=None if size is None else parse_size(size, "--keep-size"),
        keep_age=None if age is None else parse_age(age, "--keep-age"),
        redacted="nothing" if words.no_redact else words.pii,
        cached=not words.no_cache,
        max_memory=None if memory is None else parse_size(memory, "--max-memory", LEAST_MEMORY),
    )


def parse_zones(said: Sequence[str]) -> Zones:
    """Read `Europe/Berlin`, for all sources, and `nginx*=America/New_York`, for those of a name.

    Raises:
        typer.BadParameter: there is no such zone, or no name before the `=`.
    """
    pairs: list[tuple[str, str]] = []
    for word in said:
        pattern, equals, zone = word.rpartition("=")
        if equals and not pattern:
            raise typer.BadParameter(
                f"{word!r} names no source; write it like 'nginx*=Europe/Berlin'.",
                param_hint="--tz",
            )
        pairs.append((pattern or "*", zone.strip()))
    try:
        return zones_of(pairs)
    except InputError as error:
        raise typer.BadParameter(f"{error}", param_hint="--tz") from error


def parse_map(text: str) -> FieldMap:
    """Read `time=ts,service=kubernetes.labels.app`.

    Raises:
        typer.BadParameter: a pair lacks its name, its `=` or its key, or a name comes twice.
    """
    pairs: dict[str, str] = {}
    for pair in text.split(","):
        core, equals, key = (part.strip() for part in pair.partition("="))
        if not (core and equals and key):
            raise typer.BadParameter(
                f"{pair!r} is no pair; write it like time=ts,service=app.name.",
                param_hint="--map",
            )
        if core in pairs:
            raise typer.BadParameter(f"{core!r} is mapped twice.", param_hint="--map")
        pairs[core] = key
    return FieldMap(tuple(pairs.items()))


def parse_time(text: str, zone: str, option: str) -> Nanos:
    """An ISO-8601 time as nanoseconds UTC; without an offset it is of the zone.

    Raises:
        typer.BadParameter: it is none, or its year is out of range.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r} is no time; write it like 2024-01-15T15:47:23 or with an offset.",
            param_hint=option,
        ) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    since_epoch = moment - datetime(1970, 1, 1, tzinfo=UTC)
    micros = (since_epoch.days * 86_400 + since_epoch.seconds) * 1_000_000
    nanos = (micros + since_epoch.microseconds) * MICROSECOND
    if not -(2**63) <= nanos < 2**63:
        raise typer.BadParameter("years reach from 1678 to 2261.", param_hint=option)
    return nanos
