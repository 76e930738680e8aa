"""Secrets in the lists and objects of JSON texts, and of texts that look like it.

Only the tokens that are replaced change; broken or cut text is taken as far as it goes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from traversion_data.redact import names
from traversion_data.redact.cards import is_card
from traversion_data.redact.names import Secrecy, secrecy
from traversion_data.redact.pairs import replaced
from traversion_data.redact.pseudonym import StandIn, is_stand_in

_B: Final = r"[ \t\r\n]*"
_QUOTED: Final = rf"""["'][0-9A-Za-z_.\-\[\]% ]*{names.IN_TEXT}[0-9A-Za-z_.\-\]% ]*["']"""
NESTED: Final = (
    rf"""(?:{_QUOTED}{_B}:{_B}[\[{{]|["'](?:key|name)["']{_B}:{_B}{_QUOTED}{_B},{_B}["']value["'])"""
    r"[\s\S]*"
)
"""From a secret key in quotes that holds a list or an object, or a pair of name and value, on."""

_TOKEN: Final = re.compile(
    r""""[^"\\]*(?:\\.[^"\\]*)*"?|'[^'\\]*(?:\\.[^'\\]*)*'?|[{}\[\],:]|\s+|[^{}\[\],:"'\s]+|.""",
    re.DOTALL,
)
_OPENING: Final = ("{", "[")
_CLOSING: Final = ("}", "]")

Leaf = Callable[[str, Secrecy], str]
"""From a value as written and what the keys around it say to how it is to be written."""


def rewrite_leaves(text: str, leaf: Leaf) -> str:
    """The text with `leaf` applied to its values, whatever their depth, and to no key.

    In `{"key": "password", "value": …}` it is the value of `key` that names the one of `value`.
    """
    tokens = _TOKEN.findall(text)
    around = [Secrecy.PLAIN]
    told = [Secrecy.PLAIN]
    named: Secrecy | None = None
    key = ""
    for at, part in enumerate(tokens):
        if part in _OPENING:
            around.append(_level(named, key, around[-1]))
            told.append(Secrecy.PLAIN)
            named = None
        elif part in _CLOSING:
            named = None
            if len(around) > 1:
                around.pop()
                told.pop()
        elif part == ",":
            named = None
        elif part != ":" and not part.isspace():
            if _is_key(tokens, at):
                key = part.strip("\"'")
                named = told[-1] if key == "value" else secrecy(key)
            else:
                if named is not None and key in ("key", "name"):
                    told[-1] = _of_value(part.strip("\"'"))
                tokens[at] = leaf(part, _level(named, key, around[-1]))
    return "".join(tokens)


def _level(named: Secrecy | None, key: str, around: Secrecy) -> Secrecy:
    """What key and surroundings say of a value: a key that tells about a secret holds none."""
    if named is None:
        return around
    return named if names.tells_about(key) else max(named, around)


def _of_value(name: str) -> Secrecy:
    """What a name says of the value beside it; that may be a metric, if not under a strong name."""
    level = secrecy(name)
    return Secrecy.MEASURE if level == Secrecy.WEAK else level


def _is_key(tokens: list[str], at: int) -> bool:
    following = tokens[at + 1 : at + 3]
    return ":" in following[:1] or (following[1:] == [":"] and following[0].isspace())


def nested(match: str, stand_in: StandIn) -> str:
    """A match of `NESTED`, or a whole JSON text, with the values of secret keys replaced."""

    def leaf(token: str, level: Secrecy) -> str:
        quote = token[0] if token[0] in "\"'" else ""
        value = token.removeprefix(quote).removesuffix(quote) if quote else token
        if is_stand_in(value) or not names.is_secret(level, value):
            return token
        return (quote or '"') + replaced(value, stand_in) + (quote or '"')

    return rewrite_leaves(match, leaf)


def card_numbers(text: str, stand_in: StandIn) -> str:
    """A JSON text whose numbers that are cards have become texts."""

    def leaf(token: str, _: Secrecy) -> str:
        return f'"{stand_in(token)}"' if is_card(token) else token

    return rewrite_leaves(text, leaf)
