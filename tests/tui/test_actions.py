"""The registry of actions: the keys that are promised, each with one meaning in its place."""

from __future__ import annotations

from collections import Counter

from traversion_tui.actions import ACTIONS, BY_ID, Scope, of_scope, shown
from traversion_tui.deeds import DEEDS
from traversion_tui.keys import USUAL_KEYS
from traversion_tui.moves import MOVES
from traversion_tui.render.footer import HINTS, NARROW
from traversion_tui.scene import Pane

PROMISED = {
    "help": "? F1", "prompt": ":", "prompt_last": ";", "find": "/", "find_next": "n",
    "find_previous": "N", "filter_in": "f", "filter_out": "F", "filters": "ctrl+f",
    "palette": "ctrl+p", "next_pane": "tab", "previous_pane": "shift+tab", "jump_mode": "ctrl+o",
    "up": "up k", "down": "down j", "top": "g", "bottom": "G", "half_up": "ctrl+u",
    "half_down": "ctrl+d", "page_up": "PgUp", "page_down": "PgDn", "cell_back": "left h",
    "cell_forward": "right l", "cells_back": "shift+left", "cells_forward": "shift+right",
    "event_back": ", ctrl+left", "event_forward": ". ctrl+right", "pan_left": "a",
    "pan_right": "d", "zoom_in": "+", "zoom_out": "-", "zoom_in_here": "w shift+up",
    "zoom_out_here": "s shift+down", "fit": "z", "zoom_back": "Z", "next_error": "e",
    "previous_error": "E", "next_warning": "W alt+w", "next_anomaly": "x", "previous_anomaly": "X",
    "next_change": "c", "previous_change": "C", "next_related": "i ]", "previous_related": "I [",
    "to_cause": "u", "to_effect": "b", "play": "space", "slower": "<", "faster": ">",
    "slower_here": "PgUp", "faster_here": "PgDn", "stop": "enter", "loop": "o", "follow": "t",
    **{f"percent_{n}": str(n) for n in range(10)}, "go_start": "Home", "go_end": "End",
    "go_to": "ctrl+g @", "mark": "m", "to_mark": "'", "edge_a": "A", "edge_b": "B",
    "compare": "D", "clear_edges": "esc", "back": "H", "forward": "L", "root_cause": "r",
    "view": "v", "clock": "T", "yank": "y", "yank_row": "Y", "permalink": "p", "report": "R",
    "save": "S", "mouse": "F2", "plain": "ctrl+l", "leave": "q", "escape": "esc",
    "interrupt": "ctrl+c", "detail": "enter",
}  # fmt: skip
"""The key map that holds from the first version on: by action, keys as a person writes them."""

SCRUBBER_ONLY = {
    "pan_left", "pan_right", "zoom_in_here", "zoom_out_here", "slower_here", "faster_here",
    "stop", "clear_edges", *(f"percent_{n}" for n in range(10)),
}  # fmt: skip


def test_every_promised_key_does_what_was_promised() -> None:
    for id_, keys in PROMISED.items():
        bound = {shown(key) for key in BY_ID[id_].keys}
        assert set(keys.split()) <= bound, id_


def test_keys_of_scrubber_and_tree_work_nowhere_else() -> None:
    assert {action.id for action in of_scope(Scope.SCRUBBER)} == SCRUBBER_ONLY
    assert {action.id for action in of_scope(Scope.TREE)} == {"to_cause", "to_effect"}


def test_a_key_has_one_meaning_in_its_place() -> None:
    for scope in Scope:
        keys = Counter(key for action in of_scope(scope) for key in action.keys)
        assert [key for key, times in keys.items() if times > 1] == []


def test_every_action_is_done_by_somebody_or_says_that_it_comes_later() -> None:
    done = set(MOVES) | set(DEEDS) - {"start"}
    assert not set(MOVES) & set(DEEDS)
    assert {action.id for action in ACTIONS if not action.later} == done


def test_nothing_hangs_on_a_key_that_other_keyboards_lack() -> None:
    awkward = {"left_square_bracket", "right_square_bracket", "at", "grave_accent"}
    assert [a.id for a in ACTIONS if set(a.keys) <= awkward] == []


def test_keys_and_hints_follow_the_registry() -> None:
    places = {Scope.SCRUBBER: Pane.SCRUBBER, Scope.TREE: Pane.WHY, Scope.GLOBAL: Pane.STATE}
    for action in ACTIONS:
        assert [USUAL_KEYS.action_of(key, places[action.scope]) for key in action.keys] == [
            action
        ] * len(action.keys)
    assert USUAL_KEYS.action_of("u", Pane.STATE) is None
    assert set(HINTS) == set(Pane) - {Pane.PROMPT}
    for hints in (*HINTS.values(), NARROW):
        assert all(id_ in BY_ID and not BY_ID[id_].later for ids, _ in hints for id_ in ids)


def test_every_sentence_of_the_help_is_one() -> None:
    assert [a.id for a in ACTIONS if not a.help.endswith(".") or not a.label] == []
