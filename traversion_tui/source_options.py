"""What a command line says about its sources, checked before anything is opened."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from traversion_data.model import MICROSECOND, FieldMap, Nanos

Redacted: TypeAlias = Literal["standard", "strict", "nothing"]
"""What becomes pseudonyms; the engine's word, spelled here so that no engine is imported."""

LEAST_MEMORY: Final = 256 << 20
"""Bytes that the program and the blocks in work take, whatever it reads."""

_SIZE: Final = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s*(?:([kmgt])(i)?)?(b)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """How to read the sources: where core fields stand, the zone of times without an offset.

    Only events in `[since, until)` (nanoseconds UTC) are kept. written_as is the word of a format,
    max_inflate how many inflated bytes are allowed for each compressed one; None leaves them to be
    found. follow: whether files are read on as they grow. store: a folder in which rows are kept.
    keep_size, keep_age: what that is held to, bytes and nanoseconds.
    cached: whether what is read is kept for the next time. redacted: which secrets become
    pseudonyms. max_memory: bytes that the program may take.
    """

    fields: FieldMap = field(default_factory=FieldMap)
    zone: str = "UTC"
    since: Nanos | None = None
    until: Nanos | None = None
    written_as: str | None = None
    max_inflate: int | None = None
    follow: bool = False
    store: Path | None = None
    redacted: Redacted = "standard"
    keep_size: int | None = field(default=None, kw_only=True)
    keep_age: Nanos | None = field(default=None, kw_only=True)
    cached: bool = True
    max_memory: int | None = None


def parse_options(
    map_: str | None = None,
    zone: str = "UTC",
    since: str | None = None,
    until: str | None = None,
    *,
    written_as: str | None = None,
    max_inflate: int | None = None,
    follow: bool = False,
    store: Path | None = None,
    redacted: Redacted = "standard",
    cached: bool = True,
    max_memory: str | None = None,
) -> SourceOptions:
    """The options as typed.

    Raises:
        typer.BadParameter: one of them is wrong.
    """
    _check_zone(zone)
    options = SourceOptions(
        FieldMap() if map_ is None else parse_map(map_),
        zone,
        None if since is None else parse_time(since, zone, "--since"),
        None if until is None else parse_time(until, zone, "--until"),
        written_as,
        max_inflate,
        follow,
        store,
        redacted,
        cached,
        None if max_memory is None else parse_size(max_memory),
    )
    if None not in (options.since, options.until) and options.since > options.until:  # type: ignore[operator]
        raise typer.BadParameter("it lies before --since.", param_hint="--until")
    return options


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


def parse_size(text: str) -> int:
    """Bytes from `512MB`, `2GiB` or `1.5g`: KB, MB, GB in thousands, all else in 1024s.

    Raises:
        typer.BadParameter: it is no size, or less than `LEAST_MEMORY`.
    """
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise typer.BadParameter(
            f"{text!r} is no size; write it like 512MB or 2GiB.", param_hint="--max-memory"
        )
    number, letter, binary, byte = found.groups()
    unit = 1000 if byte and not binary else 1024
    size = int(float(number) * unit ** ("kmgt".find(letter.lower()) + 1 if letter else 0))
    if size < LEAST_MEMORY:
        raise typer.BadParameter(
            f"{text} is less than the program itself needs; give it {LEAST_MEMORY >> 20}MiB or "
            "more.",
            param_hint="--max-memory",
        )
    return size


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


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise typer.BadParameter(
            f"there is no time zone {name!r}; names are like Europe/Berlin or UTC.",
            param_hint="--tz",
        ) from error
