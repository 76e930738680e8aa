"""All formats that are more than lines: documents, records of many events, tables."""

from __future__ import annotations

from typing import Final

from traversion_data.decode.base import Format
from traversion_data.decode.otlp import OTLP

STRUCTURED: Final[tuple[Format, ...]] = (OTLP,)
"""They know their records for certain, so of equally sure formats they come first."""
