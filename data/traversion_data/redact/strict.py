"""Values that tell who somebody is: replaced with `--pii strict` only, for causality needs ids."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

from traversion_data.redact.pseudonym import StandIn
from traversion_data.redact.rules import Rule

_HOME: Final = re.compile(r"^.*[/\\]")


def _whole(match: str, stand_in: StandIn) -> str:
    return stand_in(match)


def _address(match: str, stand_in: StandIn) -> str:
    """An IPv4 or IPv6 address: after a name with a colon, with a port, at a sentence's end."""
    body = match if match.endswith("::") else match.rstrip(".:")
    name, _, after = body.partition(":")
    host, _, _ = body.rpartition(":")
    for address in (body, host, after):
        if _is_address(address):
            start = match.index(address) if address is not after else len(name) + 1
            return match[:start] + stand_in(address) + match[start + len(address) :]
    return match


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return any(sign.isdigit() for sign in text)


def _iban(match: str, stand_in: StandIn) -> str:
    """ISO 13616: two letters, two check digits, the rest; modulo 97 of the turned number is 1."""
    compact = match.replace(" ", "").upper()
    if not 15 <= len(compact) <= 34:
        return match
    turned = "".join(str(int(sign, 36)) for sign in compact[4:] + compact[:4])
    return stand_in(compact) if int(turned) % 97 == 1 else match


def _home(match: str, stand_in: StandIn) -> str:
    found = _HOME.match(match)
    start = found.end() if found else 0
    return match[:start] + stand_in(match[start:])


_B: Final = r"(?-u:\b)"

STRICT_RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "email",
        r"[0-9A-Za-z.!#$%*+^_~\-]+@[0-9A-Za-z](?:[0-9A-Za-z.\-]*[0-9A-Za-z])?"
        r"\.[A-Za-z]{2,}",
        _whole,
        ahead=r"[0-9A-Za-z]@[0-9A-Za-z]",
        marks=("@",),
    ),
    Rule(
        "mac",
        rf"{_B}[0-9A-Fa-f]{{2}}(?:(?::[0-9A-Fa-f]{{2}}){{5}}|(?:-[0-9A-Fa-f]{{2}}){{5}}){_B}",
        _whole,
    ),
    Rule(
        "ip",
        rf"(?:{_B}[0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{3}}(?::[0-9]{{1,5}})?{_B}"
        r"|[0-9A-Za-z_]*:[0-9A-Za-z_]*:[0-9A-Za-z_:.]*)",
        _address,
    ),
    Rule(
        "iban",
        rf"{_B}[A-Z]{{2}}[0-9]{{2}}(?: ?[0-9A-Z]{{4}}){{2,7}}(?: ?[0-9A-Z]{{1,3}})?{_B}",
        _iban,
    ),
    Rule(
        "home",
        r"""(?:/home/|/Users/|\\{1,2}Users\\{1,2})[^\s/\\:;,"'<>()\[\]]+""",
        _home,
        marks=("/home/", "/Users/", "\\Users\\"),
    ),
    Rule(
        "phone",
        r"\+[1-9](?:[ .\-]?\(?[0-9]\)?){7,14}(?-u:\b)",
        _whole,
        of_digits=True,
        marks=("+",),
    ),
)
