"""Text from outside made harmless to a terminal; the store keeps it raw.

Escape sequences, bidirectional overrides and invisible characters of an event must reach neither
the screen nor standard output (CWE-150; RUSTSEC-2025-0055 is this fault in a logging library).
"""

from __future__ import annotations

import unicodedata
from typing import Final

MARKS_IN_A_ROW: Final = 4
"""Combining marks kept on one character; more only slow a terminal down or crash it."""


def _spelled(code: int) -> str:
    return f"<U+{code:04X}>"


_PICTURES: Final[dict[int, str]] = {
    **{code: chr(0x2400 + code) for code in range(0x20) if code != 0x09},
    0x09: " ",
    0x7F: "\u2421",
    **{code: _spelled(code) for code in range(0x80, 0xA0)},
    **{code: _spelled(code) for code in (0x00AD, 0x061C, 0x180E, 0xFEFF)},
    **{code: _spelled(code) for code in range(0x200B, 0x2010)},
    **{code: _spelled(code) for code in range(0x2028, 0x202F)},
    **{code: _spelled(code) for code in range(0x2060, 0x2070)},
    **{code: _spelled(code) for code in range(0xFFF9, 0xFFFC)},
    **{code: _spelled(code) for code in range(0xD800, 0xE000)},
    **{code: _spelled(code) for code in range(0xE0000, 0xE0080)},
}


def printable(text: str, limit: int = 4096) -> str:
    """One line that a terminal shows as it is: no control, bidi, invisible or lone surrogate code.

    C0 controls become their one-cell pictures (a tab becomes a blank), others `<U+009B>`; at most
    `MARKS_IN_A_ROW` combining marks stay on a character; text over `limit` characters ends in `…`.
    """
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    if text.isascii() and text.isprintable():
        return text
    text = text.translate(_PICTURES)
    return text if text.isascii() else _thin_marks(text)


def _thin_marks(text: str) -> str:
    if not any(map(unicodedata.combining, text)):
        return text
    kept: list[str] = []
    run = 0
    for character in text:
        run = run + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if run <= MARKS_IN_A_ROW:
            kept.append(character)
    return "".join(kept)
