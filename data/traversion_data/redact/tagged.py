"""Secrets named by an XML element or by an option of a command: `<password>…<`, `--token …`."""

from __future__ import annotations

import re
from typing import Final

from traversion_data.redact import names
from traversion_data.redact.names import Secrecy, secrecy
from traversion_data.redact.pseudonym import StandIn, is_stand_in

_NAME: Final = rf"[0-9A-Za-z_.:\-]*{names.IN_TEXT}[0-9A-Za-z_.\-]*"
TAGGED: Final = (
    rf"(?:<{_NAME}(?:[ \t\r\n][^<>]*)?>[ \t\r\n]*(?:<!\[CDATA\[)?[^<]+"
    rf"|&lt;{_NAME}&gt;[ \t]*[^<&]+"
    rf"|(?:--|(?:^|[ \t\"'])-)[0-9A-Za-z_\-]*{names.IN_TEXT}[0-9A-Za-z_\-]*"
    r"""(?:["'],[ \t]{0,2}|[ \t]{1,3})(?:"[^"]*"?|'[^']*'?|[^\s"'\-][^\s"']*))"""
)
"""An element with its text, or an option with its value."""

AHEAD: Final = rf"(?:<|&lt;|--|[ \t\"']-|^-)[0-9A-Za-z_.:\-]*{names.IN_TEXT}"
"""The start of such an element or option."""

_ELEMENT: Final = re.compile(
    r"(?:<|&lt;)(?:[\w.\-]*:)?([\w.:\-]+?)(?:[^\w.:\-&][^<>]*>|>|&gt;)", re.ASCII
)
_OPTION: Final = re.compile(r"""[ \t"']?(--?)([\w\-]+)(?:["'],[ \t]*|[ \t]+)["']?""", re.ASCII)


def rewrite(match: str, stand_in: StandIn) -> str:
    """A match of `TAGGED` with its value replaced where its name is that of a secret."""
    return (_element if match.startswith(("<", "&")) else _option)(match, stand_in)


def _element(match: str, stand_in: StandIn) -> str:
    found = _ELEMENT.match(match)
    assert found is not None, "the pattern's engine and this one agree on its parts"
    secret = match[found.end() :].strip(" \t\r\n")
    secret = secret.removeprefix("<![CDATA[").removesuffix("]]>")
    if is_stand_in(secret) or not names.is_secret(secrecy(found[1]), secret):
        return match
    return _put(match, found.end(), secret, stand_in)


def _option(match: str, stand_in: StandIn) -> str:
    """One dash may also be that of a list, so only what is surely a secret counts behind it.

    After two, names such as `--exit-with-session` take words that are none.
    """
    found = _OPTION.match(match)
    assert found is not None, "the pattern's engine and this one agree on its parts"
    secret = match[found.end() :].rstrip("\"'")
    level = secrecy(found[2])
    least = Secrecy.MEASURE if found[1] == "--" else Secrecy.STRONG
    plain = level < least or not names.is_secret_in_prose(level, ": ", secret)
    if is_stand_in(secret) or plain:
        return match
    return _put(match, found.end(), secret, stand_in)


def _put(match: str, start: int, secret: str, stand_in: StandIn) -> str:
    at = match.index(secret, start)
    return match[:at] + stand_in(secret) + match[at + len(secret) :]
