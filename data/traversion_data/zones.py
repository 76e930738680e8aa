"""Of which zone the times are that name none, said for all sources or for those of a pattern."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import PurePath
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from traversion_data.errors import InputError
from traversion_data.safe import printable

USUAL: Final = "UTC"
"""The zone of times without an offset where nobody names one."""
_ANY: Final = "*"
_LONG: Final = 128
"""Characters of what was mistyped that are looked at and shown."""


@dataclass(frozen=True, slots=True)
class Zones:
    """What was said about zones (IANA names).

    everywhere: of sources that no pattern fits, None where nobody named one. by_name: pairs of a
    pattern and a zone; of those that fit a source the last one counts.
    """

    everywhere: str | None = None
    by_name: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        for zone in (self.everywhere, *(zone for _, zone in self.by_name)):
            if zone is not None:
                check_zone(zone)

    @property
    def usual(self) -> str:
        """The zone of sources that no pattern fits, and of times in statements."""
        return USUAL if self.everywhere is None else self.everywhere

    def named_for(self, source: str) -> str | None:
        """The zone that was named for a source, by its name as typed or found; None for none."""
        fitting = (zone for pattern, zone in reversed(self.by_name) if fits(pattern, source))
        return next(fitting, self.everywhere)

    def unused(self, sources: Iterable[str]) -> str | None:
        """A sentence on the first pattern that fits no source."""
        names = list(sources)
        for pattern, _ in self.by_name:
            if not any(fits(pattern, name) for name in names):
                near = get_close_matches(pattern[:_LONG], _spellings(names), n=1, cutoff=0.5)
                hint = f"; did you mean {printable(near[0])}?" if near else ""
                what = f"--tz names a zone for '{printable(pattern[:_LONG])}'"
                return f"{what}, but no source is called so{hint}"
        return None


def zones_of(said: Iterable[tuple[str, str]]) -> Zones:
    """From pairs of a pattern and a zone; the pattern `*` stands for all sources.

    Raises:
        InputError: there is no such zone.
    """
    pairs = list(said)
    everywhere = next((zone for pattern, zone in reversed(pairs) if pattern == _ANY), None)
    return Zones(everywhere, tuple(pair for pair in pairs if pair[0] != _ANY))


def fits(pattern: str, source: str) -> bool:
    """Whether a pattern means a source: all of its name, its last parts, or a folder before it."""
    path, parts = PurePath(source), PurePath(pattern).parts
    return fnmatchcase(source, pattern) or bool(
        parts and (path.match(pattern) or path.is_relative_to(pattern))
    )


def check_zone(name: str) -> None:
    """Refuse what is no zone, with the nearest names.

    Raises:
        InputError: there is none of that name.
    """
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        said = name[:_LONG]
        raise InputError(f"there is no time zone '{printable(said)}'; {_nearest(said)}") from None


def _nearest(name: str) -> str:
    """Names like this one, the city alone and cases set aside."""
    known = {zone.lower(): zone for zone in sorted(available_timezones())}
    cities = {zone.rpartition("/")[2].lower(): zone for zone in known.values()}
    wanted = name.strip().lower().replace(" ", "_")
    if wanted in known:
        return f"did you mean {known[wanted]}?"
    city = wanted.rpartition("/")[2]
    near = [
        *(known[it] for it in get_close_matches(wanted, known, n=2, cutoff=0.8)),
        *(cities[it] for it in get_close_matches(city, cities, n=2, cutoff=0.85)),
    ]
    if not near:
        return "names are like Europe/Berlin or UTC"
    return f"did you mean {' or '.join(dict.fromkeys(near[:3]))}?"


def _spellings(names: list[str]) -> list[str]:
    return [*names, *(PurePath(name).name for name in names)]
