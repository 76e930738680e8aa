"""What the keys that do more than move do, by action."""

from __future__ import annotations

from typing import Final

from traversion_tui.deeds.deed import Deed
from traversion_tui.deeds.filtering import FILTERING
from traversion_tui.deeds.leaving import LEAVING
from traversion_tui.deeds.marking import MARKING
from traversion_tui.deeds.panes import PANES
from traversion_tui.deeds.texts import TEXTS

DEEDS: Final[dict[str, Deed]] = {**PANES, **FILTERING, **MARKING, **TEXTS, **LEAVING}
"""By action, and `start`, which is what happens when nothing is open."""
