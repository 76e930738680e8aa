"""What a format's specification says of its keys, so that no name has to be guessed."""

from __future__ import annotations

from collections.abc import Mapping as Given
from dataclasses import dataclass, field, replace

from traversion_data import schema
from traversion_data.decode import roles
from traversion_data.decode.base import DecodeOptions
from traversion_data.decode.line_decoder import clock_of
from traversion_data.decode.mapping import Candidate, Mapping
from traversion_data.decode.roles import ROLES
from traversion_data.errors import InputError


@dataclass
class KnownMapping(Mapping):
    """A mapping whose keys are given for some columns; a user's field map goes before them."""

    known: Given[str, tuple[Candidate, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        for column, keys in self.known.items():
            if column not in self._asked:
                self._found[column] = list(keys)
        if schema.END_TIME in self._asked:
            self._found[schema.END_TIME] = [self._end(self._found[schema.END_TIME][0])]
        self._fixed |= frozenset(self.known)

    def _end(self, asked: Candidate) -> Candidate:
        """The user's key of the ends, in the unit that the format gives it.

        Raises:
            InputError: by the format it is when events start, and nothing says how long they took.
        """
        started = [it for it in self.known.get(schema.TIME, ()) if it.key == asked.key]
        if not started:
            return asked
        untold = schema.DURATION in self.known and not self._found.get(schema.DURATION)
        if untold and schema.TIME not in self._asked:
            raise InputError(
                f"--map end={asked.key}: in {started[0].how} this key holds the time of an event, "
                "and none says how long it took, so no start can be counted back from it. Leave it "
                f"out, or name the key of the duration too: --map end={asked.key},duration=KEY."
            )
        return replace(asked, unit=started[0].unit)


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
