"""Numbers of payment cards: an issuer's prefix and length (ISO/IEC 7812) and the Luhn digit."""

from __future__ import annotations

import re
from typing import Final

from traversion_data.redact.names import precedes_id
from traversion_data.redact.pseudonym import StandIn

AHEAD: Final = r"(?-u:\b)(?:4|5[1-5]|2[2-7]|3[457]|6[045])[0-9](?:[ \-]?[0-9]){12,}"
"""A run of digits that starts like a card."""

PATTERN: Final = (
    rf"(?:[A-Za-z_][0-9A-Za-z_.\-]*[\\\"']{{0,4}}[ \t]{{0,2}}[:=#/]?[ \t]{{0,2}}[\\\"'#]{{0,4}})?"
    rf"[.\-/]?{AHEAD}[A-Za-z_]?"
)
"""The same with the word before it, which may make it an id, and what it may be a part of."""

_RUN: Final = re.compile(r"[0-9](?:[ \-]?[0-9])*$")
_ISSUED: Final = re.compile(
    r"4[0-9]{15}"  # Visa
    r"|(?:5[1-5][0-9]{2}|222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"
    r"|3[47][0-9]{13}"  # American Express
    r"|(?:6011|64[4-9][0-9]|65[0-9]{2})[0-9]{12}"  # Discover
    r"|35(?:2[89]|[3-8][0-9])[0-9]{12}"  # JCB
)
_PAYING: Final = re.compile(r"card|pay|charge|visa|amex|pan$|cc$", re.IGNORECASE)
"""In the segment of a path before a number: elsewhere a number in a path is an id."""
_GROUPS: Final = ((4, 4, 4, 4), (4, 6, 5))
_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def is_card(digits: str) -> bool:
    """Whether a text is the number of a payment card: issuer, length and check digit."""
    return _ISSUED.fullmatch(digits) is not None and _luhn(digits)


def _luhn(digits: str) -> bool:
    values = [int(digit) for digit in reversed(digits)]
    return (sum(values[::2]) + sum(_DOUBLED[value] for value in values[1::2])) % 10 == 0


def rewrite(match: str, stand_in: StandIn) -> str:
    """A match of `PATTERN` with the card numbers in it replaced, by groups of their digits.

    A number in one piece is an id where the word or the path before it makes it one.
    """
    found = _RUN.search(match)
    if found is None:
        return match
    before = match[: found.start()]
    word = before.rstrip("\\\"' \t:=#/")
    if before.endswith((".", "-")):
        return match
    an_id = not _PAYING.search(word) if before.endswith("/") else precedes_id(word)
    pieces = re.split(r"([ \-])", found[0])
    numbers, joints = pieces[::2], pieces[1::2]
    at, out = 0, [before]
    while at < len(numbers):
        width = _card_at(numbers, joints, at)
        if width == 1 and an_id and at == 0:
            width = 0
        card = "".join(numbers[at : at + width])
        out.append(stand_in(card) if width else numbers[at])
        at += width or 1
        out.append(joints[at - 1] if at <= len(joints) else "")
    return "".join(out)


def _card_at(numbers: list[str], joints: list[str], at: int) -> int:
    """How many groups from `at` on make up a card number: 0 is none."""
    for width in (1, 4, 3):
        group = numbers[at : at + width]
        if len(group) < width or (width > 1 and tuple(map(len, group)) not in _GROUPS):
            continue
        around = (joints[at - 1 : at] if at else []) + joints[at + width - 1 : at + width]
        if "-" not in around and is_card("".join(group)):
            return width
    return 0
