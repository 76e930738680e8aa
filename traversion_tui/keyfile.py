"""The keymap file: `next_error = "e"`, `find = ["/", "ctrl+y"]`, one action a line, as TOML."""

from __future__ import annotations

import difflib
import tomllib
import unicodedata
from pathlib import Path
from typing import Any, Final

from platformdirs import user_config_dir
from textual.keys import Keys as KnownKeys

from traversion_tui.actions import BY_ID, SHOWN
from traversion_tui.keys import USUAL_KEYS, Keys, rebound

NAME: Final = "keys.toml"
LARGEST: Final = 64 << 10
"""Bytes of a keymap file that are read; no keymap is that long."""

FIXED: Final = "interrupt"
"""Cancels and quits, whatever else a file says."""

_MODIFIERS: Final = ("ctrl+", "shift+", "alt+", "super+", "meta+", "hyper+")
_SPELLINGS: Final = {
    **{shown: name for name, shown in SHOWN.items()},
    "\\": "backslash",
    "_": "underscore",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "esc": "escape",
}
_NAMED: Final = {str(key.value) for key in KnownKeys} | set(SHOWN)


def keys_file() -> Path:
    """Where a person's keymap file is looked for."""
    return Path(user_config_dir("traversion", appauthor=False)) / NAME


def read_keys(path: Path) -> Keys:
    """The keys that a file asks for; the usual ones without a file.

    What cannot be understood is left out and told in the notes; nothing here is an error.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except FileNotFoundError:
        return USUAL_KEYS
    except OSError as error:
        return _usual(f"{NAME} cannot be read ({error.strerror}); the usual keys hold.")
    if len(raw) > LARGEST:
        return _usual(f"{NAME} is over {LARGEST >> 10} KiB; the usual keys hold.")
    try:
        table = tomllib.loads(raw.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        return _usual(f"{NAME} is no TOML ({error}); the usual keys hold.")
    return _chosen(table)


def _usual(note: str) -> Keys:
    return Keys(USUAL_KEYS.bound, (note,))


def _chosen(table: dict[str, Any]) -> Keys:
    wished: dict[str, tuple[str, ...]] = {}
    notes: list[str] = []
    for id_, value in table.items():
        words = [value] if isinstance(value, str) else value
        if id_ not in BY_ID:
            notes.append(_unknown(id_))
        elif id_ == FIXED:
            notes.append(f"{NAME}: {FIXED} always has ctrl+c.")
        elif not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            notes.append(f'{NAME}: {id_} wants a key or a list of keys, as in {id_} = "e".')
        else:
            keys = {word: key_named(word) for word in words}
            fixed = BY_ID[FIXED].keys
            notes += [
                f"{NAME}: {word[:40]!r} is no key that {id_} can have."
                for word, key in keys.items()
                if key is None or key in fixed
            ]
            good = [key for key in keys.values() if key is not None and key not in fixed]
            if good or not words:
                wished[id_] = tuple(dict.fromkeys(good))
    return rebound(wished, notes)


def _unknown(id_: str) -> str:
    near = difflib.get_close_matches(id_[:80], BY_ID, n=1)
    hint = f"; did you mean {near[0]}?" if near else "; ? lists the actions."
    return f"{NAME}: {id_[:40]!r} is no action{hint}"


def key_named(word: str) -> str | None:
    """Textual's name of a key as a person writes it; None where there is no such key."""
    rest, before = word.strip(), ""
    while len(rest) > 1 and rest.lower().startswith(_MODIFIERS):
        modifier, _, rest = rest.partition("+")
        before += f"{modifier.lower()}+"
    if len(rest) == 1 and rest.isalnum():
        return before + rest
    name = _SPELLINGS.get(rest) or _SPELLINGS.get(rest.lower()) or rest.lower()
    if len(name) == 1 and name.isprintable():
        name = unicodedata.name(name, "").lower().replace(" ", "_").replace("-", "_")
    elif name not in _NAMED:
        return None
    return before + name if name else None
