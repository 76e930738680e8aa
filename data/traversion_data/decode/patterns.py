r"""Patterns for logs: the shorthand classes mean ASCII only.

In Polars' engine `\d`, `\w`, `\s` and `\b` mean all of Unicode, which makes taking a line apart
cost twice the time and lets digits of any script be a time.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_CLASSES: Final = {"d": "0-9", "w": "0-9A-Za-z_", "s": r" \t\r\n\f\v"}
_TOKEN: Final = re.compile(r"\\(.)|(\[\^?\]?)|(\])", re.DOTALL)


@lru_cache(maxsize=64)
def ascii_only(pattern: str) -> str:
    """The pattern with ASCII in place of its shorthand classes and word boundaries."""
    written: list[str] = []
    inside = False
    end = 0
    for token in _TOKEN.finditer(pattern):
        written.append(pattern[end : token.start()])
        end = token.end()
        escaped, opened, closed = token.groups()
        if opened and not inside:
            inside = True
            written.append(token[0])
        elif closed or (opened and opened.endswith("]")):
            inside = False
            written.append(token[0])
        else:
            written.append(_meant(token[0], escaped, inside=inside))
    return "".join((*written, pattern[end:]))


def _meant(text: str, escaped: str | None, *, inside: bool) -> str:
    if escaped in _CLASSES:
        return _CLASSES[escaped] if inside else f"[{_CLASSES[escaped]}]"
    if inside:
        return text
    if escaped is not None and escaped.lower() in _CLASSES:
        return f"[^{_CLASSES[escaped.lower()]}]"
    return rf"(?-u:\{escaped})" if escaped in ("b", "B") else text
