"""How a table's rows come from the process that reads them: as frames.

A frame is eight bytes that say how long it is, and a batch of rows as an Arrow stream. A frame of
no bytes is the end; a length with the highest bit announces a sentence on what is wrong instead.
"""

from __future__ import annotations

import struct
from typing import Final

FAILED: Final = 1 << 63
"""Bit of a frame's length that says that it holds a sentence."""

LENGTH: Final = struct.Struct(">Q")
