"""What a format's specification says of its keys, so that no name has to be guessed."""

from __future__ import annotations

from collections.abc import Mapping as Given
from dataclasses import dataclass, field

from traversion_data import schema
from traversion_data.decode import roles
from traversion_data.decode.base import DecodeOptions
from traversion_data.decode.line_decoder import clock_of
from traversion_data.decode.mapping import Candidate, Mapping
from traversion_data.decode.roles import ROLES


@dataclass
class KnownMapping(Mapping):
    """A mapping whose keys are given for some columns; a user's field map goes before them."""

    known: Given[str, tuple[Candidate, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._asked = self._fixed
        for column, keys in self.known.items():
            if column not in self._asked:
                self._found[column] = list(keys)
        self._fixed |= frozenset(self.known)

    def unmet(self) -> tuple[str, ...]:
        """Keys the user mapped that gave no value so far."""
        asked = ((column, found[0].key) for column, found in self._found.items() if found)
        return tuple(
            key
            for column, key in asked
            if column in self._asked and (column, key) not in self._confirmed
        )


def keys(how: str, *names: str) -> tuple[Candidate, ...]:
    """Candidates of these names; `how` says by what they are known."""
    return tuple(Candidate(name, how, roles.time_unit(name)) for name in names)


def measured(how: str, name: str, unit: int) -> tuple[Candidate, ...]:
    """The candidate for a time or duration in a unit of so many ns."""
    return (Candidate(name, how, unit),)


def closed(known: Given[str, tuple[Candidate, ...]]) -> dict[str, tuple[Candidate, ...]]:
    """The same for all columns: those that are not named are taken from no key at all."""
    columns = (*(role.column for role in ROLES), schema.DURATION)
    return {column: known.get(column, ()) for column in columns}


def known_mapping(options: DecodeOptions, known: Given[str, tuple[Candidate, ...]]) -> KnownMapping:
    """What is known of a source's keys before it is read."""
    return KnownMapping(options.field_map, clock_of(options), dict(options.kinds), known=known)
