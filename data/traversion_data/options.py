"""How sources are to be read."""

from __future__ import annotations

from dataclasses import dataclass, field

from traversion_data.decode.recognise import format_of
from traversion_data.model import FieldMap, Nanos
from traversion_data.redact.redaction import Redaction
from traversion_data.zones import Zones


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """How to read: field map, the zone of times without one, and `[since, until)` in ns UTC.

    tz: a zone for all sources, or zones by source; None where nobody named any.
    written_as: the word of the format, recognised from the first bytes where it is None.
    redaction: which secrets are replaced before anything is stored; None replaces none.
    block: bytes that are decoded together at most; None leaves them to the format.
    """

    field_map: FieldMap = field(default_factory=FieldMap)
    tz: Zones | str | None = None
    since: Nanos | None = None
    until: Nanos | None = None
    written_as: str | None = None
    redaction: Redaction | None = None
    block: int | None = None

    def __post_init__(self) -> None:
        _ = self.zones
        if self.written_as is not None:
            format_of(self.written_as)

    @property
    def zones(self) -> Zones:
        """The zones of times that name none.

        Raises:
            InputError: there is no such zone.
        """
        return self.tz if isinstance(self.tz, Zones) else Zones(self.tz)
