"""Secrets named by an XML element or by an option of a command: `<password>…<`, `--token …`."""

from __future__ import annotations

import re
from typing import Final

from traversion_data.redact import names
from traversion_data.redact.names import secrecy
from traversion_data.redact.pseudonym import StandIn, is_stand_in

TAGGED: Final = (
    rf"(?:<[0-9A-Za-z_.:\-]*{names.IN_TEXT}[0-9A-Za-z_.\-]*(?:[ \t\r\n][^<>]*)?>"
    r"[ \t\r\n]*(?:<!\[CDATA\[)?[^<]+"
    rf"|--[0-9A-Za-z_\-]*{names.IN_TEXT}[0-9A-Za-z_\-]*(?:[\"'],[ \t]{{0,2}}|[ \t]{{1,3}})"
    r"""(?:"[^"]*"?|'[^']*'?|[^\s"'\-][^\s"']*))"""
)
"""An element with its text, or an option with its value."""

AHEAD: Final = rf"(?:<|--)[0-9A-Za-z_.:\-]*{names.IN_TEXT}"
"""The start of such an element or option."""

_ELEMENT: Final = re.compile(r"<(?:[\w.\-]*:)?([\w.:\-]+)[^<>]*>", re.ASCII)
_OPTION: Final = re.compile(r"""--([\w\-]+)(?:["'],[ \t]*|[ \t]+)["']?""", re.ASCII)


def rewrite(match: str, stand_in: StandIn) -> str:
    """A match of `TAGGED` with its value replaced where its name is that of a secret."""
    found = (_ELEMENT if match.startswith("<") else _OPTION).match(match)
    assert found is not None, "the pattern's engine and this one agree on its parts"
    secret = match[found.end() :].strip(" \t\r\n")
    if match.startswith("<"):
        secret = secret.removeprefix("<![CDATA[").removesuffix("]]>")
    else:
        secret = secret.rstrip("\"'")
    if is_stand_in(secret) or not names.is_secret(secrecy(found[1]), secret):
        return match
    start = match.index(secret, found.end())
    return match[:start] + stand_in(secret) + match[start + len(secret) :]
