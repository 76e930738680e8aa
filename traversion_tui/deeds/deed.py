"""The shape of what a key does that does more than move."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from traversion_tui.app import TraversionApp

Deed: TypeAlias = Callable[["TraversionApp"], None]
