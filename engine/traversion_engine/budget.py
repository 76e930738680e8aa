"""The limits of one statement."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """What a statement may take: rows that it answers with, and seconds."""

    rows: int = 1_000_000
    seconds: float = 120.0
