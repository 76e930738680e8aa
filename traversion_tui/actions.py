"""The one registry of what a key can do: it feeds keys, footer, palette and help."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from traversion_tui.keymap import TABLE
from traversion_tui.scene import Pane


class Scope(StrEnum):
    """Where a key works."""

    GLOBAL = "everywhere"
    SCRUBBER = "scrubber"
    LOG = "events"
    TREE = "why"


@dataclass(frozen=True, slots=True)
class Action:
    """Something the console can do.

    keys: Textual's names of keys, the first is the one shown. short: the footer's label, none for
    what the footer never shows. later: this version does not do it and says so.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    group: str
    short: str = ""
    scope: Scope = Scope.GLOBAL
    later: bool = False


_WHERE: Final = {"S": Scope.SCRUBBER, "L": Scope.LOG, "T": Scope.TREE}


def _read(group: str, line: str) -> Action:
    id_, keys, where, label, sentence, *short = (part.strip() for part in line.split(" | "))
    return Action(
        id=id_,
        keys=tuple(keys.split()),
        label=label,
        help=sentence,
        group=group,
        short="".join(short),
        scope=_WHERE.get(where, Scope.GLOBAL),
        later=where == "later",
    )


ACTIONS: Final[tuple[Action, ...]] = tuple(
    _read(group, line) for group, table in TABLE.items() for line in table.strip().splitlines()
)

BY_ID: Final = {action.id: action for action in ACTIONS}

SHOWN: Final = {
    "comma": ",", "full_stop": ".", "less_than_sign": "<", "greater_than_sign": ">",
    "question_mark": "?", "colon": ":", "semicolon": ";", "slash": "/", "plus": "+",
    "minus": "-", "at": "@", "apostrophe": "'", "left_square_bracket": "[",
    "right_square_bracket": "]", "escape": "esc", "f1": "F1", "f2": "F2", "pageup": "PgUp",
    "pagedown": "PgDn", "home": "Home", "end": "End",
}  # fmt: skip
"""Names of keys as a person writes them, where they differ from Textual's."""


def shown(key: str) -> str:
    """A key as a person writes it."""
    return SHOWN.get(key, key)


def of_scope(scope: Scope) -> tuple[Action, ...]:
    """Actions whose keys work in a scope only, or everywhere."""
    return tuple(action for action in ACTIONS if action.scope is scope)


_SCOPES: Final = {Pane.SCRUBBER: Scope.SCRUBBER, Pane.EVENTS: Scope.LOG, Pane.WHY: Scope.TREE}


def scope_of(pane: Pane) -> Scope | None:
    """Where keys work that work in a pane only; None for panes without keys of their own."""
    return _SCOPES.get(pane)
