"""How sources are to be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from traversion_data.decode.recognise import format_of
from traversion_data.errors import InputError
from traversion_data.model import FieldMap, Nanos
from traversion_data.redact.redaction import Redaction
from traversion_data.safe import printable


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """How to read: field map, the zone of times without one, and `[since, until)` in ns UTC.

    written_as: the word of the format, recognised from the first bytes where it is None.
    redaction: which secrets are replaced before anything is stored; None replaces none.
    block: bytes that are decoded together at most; None leaves them to the format.
    """

    field_map: FieldMap = field(default_factory=FieldMap)
    tz: str = "UTC"
    since: Nanos | None = None
    until: Nanos | None = None
    written_as: str | None = None
    redaction: Redaction | None = None
    block: int | None = None

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.tz)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise InputError(f"there is no time zone {printable(self.tz)}") from None
        if self.written_as is not None:
            format_of(self.written_as)
