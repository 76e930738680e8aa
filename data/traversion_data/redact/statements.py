"""Passwords in statements of SQL, and in quotes after the word for one.

`IDENTIFIED BY '…'` is MySQL's and Oracle's, `PASSWORD '…'` PostgreSQL's, `SET PASSWORD … = '…'`
MySQL's; of `INSERT … (…, password) VALUES (…)` the columns say which of the values are secrets.
"""

from __future__ import annotations

import re
from typing import Final

from traversion_data.redact import names
from traversion_data.redact.names import Secrecy, secrecy
from traversion_data.redact.pseudonym import StandIn, is_stand_in

_B: Final = r"(?-u:\b)"
_GAP: Final = r"[ \t]+"
_TEXT: Final = (
    r"""(?:N?(?:\\+"[^"\\]*|\\+'[^'\\]*|"(?:[^"\\]|""|\\[^"])*"?|'(?:[^'\\]|''|\\[^'])*'?)"""
    r"|&quot;[^&\s]*)"
)
_BARE: Final = r"""[^\s;,"'()<>\\&\[]+"""
_WORD: Final = r"(?i-u:passw(?:or)?d|passphrase|pwd)"

_BY: Final = (
    rf"(?i-u:identified{_GAP}(?:(?:with|via){_GAP}[!-~]+{_GAP})?(?:by|as|using){_GAP}"
    r"(?:(?:values|password)\b[ \t]*\(?[ \t]*)?)"
)
_VERB: Final = rf"(?i-u:{_B}(?:create|alter|grant|set|add)\b)[^;\r\n]*?"
_SET: Final = (
    rf"(?i-u:set{_GAP}password\b)[^;=\r\n]*?(?i-u:(?:=|\bto{_GAP})[ \t]*"
    r"(?:[a-z_]*password[ \t]*\([ \t]*)?)"
)
_SAID: Final = rf"{_WORD}(?:{_GAP}(?i-u:is|was|to|of){_GAP}|{_GAP}|[ \t]*\([ \t]*)"
_TOLD: Final = rf"{_WORD}{_GAP}(?i-u:is|was|to){_GAP}"

_INSTEAD: Final = rf"{_GAP}(?i-u:replace){_GAP}"

_SPOKEN: Final = (
    (rf"{_VERB}{_BY}", rf"(?:{_TEXT}|{_BARE})(?:{_INSTEAD}(?:{_TEXT}|{_BARE}))?"),
    ("IDENTIFIED BY ", rf"(?:{_TEXT}|{_BARE})"),
    (_SET, _TEXT),
    (rf"{_VERB}{_B}{_WORD}{_GAP}", _TEXT),
    (_TOLD, r"[!-~]*(?:[A-Za-z][!-~]*[0-9]|[0-9][!-~]*[A-Za-z])[!-~]*"),
    (_SAID, r"""(?:"[^"\s\\]*"?|'[^'\s\\]*'?|\\+"[^"\s\\]*|\\+'[^'\s\\]*|&quot;[^&\s]*)"""),
)
"""What is said before a password, and how that then looks."""

_ROW: Final = rf"\((?:[^()'\"\\]|{_TEXT}|\\+[\"']|\([^()]*\))*\)?"
INSERT: Final = (
    rf"(?i-u:{_B}insert{_GAP}(?:[a-z_]+{_GAP}){{0,2}}into){_GAP}[^\s(]+[ \t]*"
    rf"\([^()]*{names.IN_TEXT}[^()]*\)\s*(?i-u:values?)\s*{_ROW}(?:\s*,\s*{_ROW})*"
)
"""An `INSERT` into columns one of which may hold secrets."""

INSERT_AHEAD: Final = rf"(?i-u:{_B}insert{_GAP}(?:[a-z_]+{_GAP}){{0,2}}into{_GAP})"
"""How an `INSERT` begins."""

_BY_AHEAD: Final = rf"(?i-u:identified{_GAP}(?:by|as|with|via|using)\b)"
_WORD_AHEAD: Final = rf"{_WORD}(?:[ \t]+[0-9A-Za-z\\\"'&]|[ \t]*\()"
_BY_WORDS: Final = ("identified",)
_WORDS: Final = ("password", "passwd", "passphrase", "pwd")
PATTERNS: Final = tuple(
    (
        f"{lead}{value}",
        *((_BY_AHEAD, _BY_WORDS) if "identified" in lead.lower() else (_WORD_AHEAD, _WORDS)),
    )
    for lead, value in _SPOKEN
)
"""What is said before a password, and that; beside each a pattern without which it is not there,
and words of which it holds one in any case.

Not one pattern: what may begin would be followed to a text's end before anything else is found.
"""


def _of_python(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("(?-u:", "(?:").replace("(?i-u:", "(?i:"))


_LEADS: Final = tuple(
    (_of_python(lead), _of_python(f"(?:{lead})(?:{value})")) for lead, value in _SPOKEN
)
_TWO: Final = _of_python(rf"([\s\S]*?)(?:({_INSTEAD})({_TEXT}|{_BARE}))?")
_QUOTE: Final = re.compile(r"""N?(\\*["']|&quot;)?""")
_PIECE: Final = re.compile(rf"{_TEXT}|\\+[\"']|[(),]|[^'\"\\(),]+")
_NAME: Final = re.compile(r"[A-Za-z_][\w.]*|\\+[\"']", re.ASCII)
"""A function or a keyword, no value."""
_COLUMNS: Final = re.compile(r"[^(]*\(([^()]*)\)\s*[A-Za-z]+\s*(?=\()")


def rewrite(match: str, stand_in: StandIn) -> str:
    """A match of one of `PATTERNS` with the password at its end replaced."""
    for lead, whole in _LEADS:
        if whole.fullmatch(match):
            found = lead.match(match)
            assert found is not None, "a lead is the start of its whole"
            new, between, old = _TWO.fullmatch(match, found.end()).groups()  # type: ignore[union-attr]
            return "".join(
                (
                    match[: found.end()],
                    _without(new, stand_in),
                    between or "",
                    _without(old or "", stand_in),
                )
            )
    return match


def _without(value: str, stand_in: StandIn) -> str:
    """A value with what is between its quotes replaced, if that is a secret."""
    opening = _QUOTE.match(value)
    assert opening is not None, "it may be empty"
    start, quote = opening.end(), opening[1] or ""
    closed = bool(quote) and len(value) >= start + len(quote) and value.endswith(quote)
    end = len(value) - len(quote) if closed else len(value)
    secret = value[start:end]
    if is_stand_in(secret) or not names.is_secret_in_prose(Secrecy.STRONG, ": ", secret):
        return value
    return value[:start] + stand_in(secret) + value[end:]


def rewrite_rows(match: str, stand_in: StandIn) -> str:
    """A match of `INSERT` with the values of the columns replaced that hold secrets."""
    found = _COLUMNS.match(match)
    if found is None:
        return match
    columns = [secrecy(name.strip(" \t\r\n`[]\"'\\")) for name in found[1].split(",")]
    out, column, depth = [match[: found.end()]], 0, 0
    for piece in _PIECE.findall(match[found.end() :]):
        depth += (piece == "(") - (piece == ")")
        if depth <= 1 and piece in ("(", ","):
            column = 0 if piece == "(" else column + 1
        secret = depth and column < len(columns) and columns[column] > Secrecy.MEASURE
        bare = piece.strip() if secret else ""
        fixed = bare in ("", "(", ")", ",") or _NAME.fullmatch(bare)
        out.append(piece if fixed else piece.replace(bare, _without(bare, stand_in)))
    return "".join(out)
