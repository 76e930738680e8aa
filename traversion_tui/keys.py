"""Which key does what: the table's keys, or those that a person gave to actions instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from traversion_tui.actions import ACTIONS, BY_ID, Action, Scope, scope_of, shown
from traversion_tui.scene import Pane


@dataclass(frozen=True, eq=False)
class Keys:
    """Keys by action, Textual's names, the first is the one shown.

    bound: of every action; none for one that lost its keys to others. notes: whole sentences about
    what a keymap file asked for and did not get.
    """

    bound: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...] = ()

    @cached_property
    def _by_key(self) -> dict[tuple[Scope, str], Action]:
        return {
            (BY_ID[id_].scope, key): BY_ID[id_] for id_, keys in self.bound.items() for key in keys
        }

    def action_of(self, key: str, pane: Pane) -> Action | None:
        """What a key means while a pane has the focus: its meaning there before the general."""
        own = scope_of(pane) or Scope.GLOBAL
        return self._by_key.get((own, key)) or self._by_key.get((Scope.GLOBAL, key))

    def first(self, id_: str) -> str:
        """The key that a footer shows; nothing where the action has none."""
        return shown(self.bound[id_][0]) if self.bound[id_] else ""

    def all_of(self, id_: str) -> str:
        """All keys of an action, as the help writes them."""
        return "  ".join(shown(key) for key in self.bound[id_]) or "no key"


USUAL_KEYS: Final = Keys({action.id: action.keys for action in ACTIONS})


def rebound(wished: Mapping[str, tuple[str, ...]], notes: Iterable[str] = ()) -> Keys:
    """The usual keys with others for some actions; a key wished for is taken from its old one.

    Of two actions of one place that want the same key the first one gets it.
    """
    said = list(notes)
    taken: dict[tuple[Scope, str], str] = {}
    bound = {action.id: action.keys for action in ACTIONS}
    for id_, keys in wished.items():
        scope = BY_ID[id_].scope
        holders = {key: taken.setdefault((scope, key), id_) for key in keys}
        bound[id_] = tuple(key for key, holder in holders.items() if holder == id_)
        said += [
            f"{shown(key)} is for {holder} already, so {id_} does not get it."
            for key, holder in holders.items()
            if holder != id_
        ]
    for action in ACTIONS:
        if action.id in wished:
            continue
        kept = tuple(key for key in action.keys if (action.scope, key) not in taken)
        bound[action.id] = kept
        if action.keys and not kept:
            said.append(f"{action.id} has no key left; ctrl+p still finds it by name.")
    return Keys(bound, tuple(said))
