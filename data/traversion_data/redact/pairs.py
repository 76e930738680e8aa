"""Secrets given by their key in the midst of a text: `password=…`, `"token": "…"`, headers.

Two patterns, so that a harmless key with a quoted text does not hide what that text holds: `KEY`
finds keys and parts harmless ones from their sign, `PAIR` then finds keys with their values.
"""

from __future__ import annotations

import re
from typing import Final

from traversion_data.redact import names
from traversion_data.redact.names import Secrecy, secrecy
from traversion_data.redact.pseudonym import IN_TEXT, StandIn, is_stand_in

_KEY: Final = rf"(?:/etc/)?[0-9A-Za-z_.\-\[\]%]*{names.IN_TEXT}[0-9A-Za-z_.\-\]%]*"
_SIGN: Final = r"[ \t]{0,3}(?::=|=>|=&gt;|={1,3}|:|%3[AaDd])(?:[ \t]|%20){0,3}"
_ESCAPED: Final = (
    r"(?:&(?:amp;)?(?:quot|apos|#0{0,4}3[49]|#[xX]0{0,4}2[27]);|\\+u002[27]|%(?:25)?2[27])"
)
"""Quotes as HTML, JSON and URLs write them."""
_QUOTE: Final = rf"(?:\\*[\"']|{_ESCAPED})?"

AHEAD: Final = (
    rf"""{names.IN_TEXT}[0-9A-Za-z_.\-\]%\\"'&#;]*[ \t]{{0,3}}(?:[:=]|,[ \t]?["']value|%3[AaDd])"""
)
"""A key that may be secret and a sign, or one given as the value of `key` or `name`."""

KEY: Final = rf"{_KEY}{_QUOTE}{_SIGN}"

EMPTY: Final = rf"{_KEY}[:=][ \t]{{1,3}}[0-9A-Za-z_.\-]+=[^=\s]"
"""A key without a value before the next pair (`password= user=bob`), or who says the pairs."""

_BARE: Final = r"""[^\s"']+"""
_WRAP: Final = r"(?:[A-Za-z.]{1,16}[(\[]|[bruBRU@$]{1,2})?"
"""What may stand before a quote: `Some("…")`, `b'…'`."""
_SCHEMES: Final = (
    "bearer|basic|token|apikey|api-key|negotiate|ntlm|hmac|jwt|key|dpop|aws|splunk|geniekey|ssws"
    "|sharedkey(?:lite)?|kerberos|privatetoken|zoho-oauthtoken|klaviyo-api-key|client-id"
)
_LISTS: Final = (
    "digest|oauth|hawk|signature|vapid|gnap|hoba|aws4-hmac-sha256|scram-sha-[0-9]+|googlelogin"
    "|sharedaccesssignature|discogs|snowflake"
)
"""Of the registry of IANA and of vendors; the rest of a line belongs to the latter."""
_LIST: Final = rf"(?i-u:(?:{_LISTS})[ \t]+(?:[a-z_\-]+=|\[redacted)|token[ \t]+token=)[^\r\n]+"
_SCHEME_IN_TEXT: Final = rf"(?i-u:{_SCHEMES})[ \t]+"
_VALUE: Final = (
    r"(?:"
    rf"{_ESCAPED}[^\r\n]*?{_ESCAPED}"
    r"""|\\"(?:[^"\\]|\\\\(?:\\["\\]|[^"\\]))*(?:\\")?"""
    r"""|\\{2,}"[^"]*"?"""
    rf"""|(?:{_SCHEME_IN_TEXT}|{_WRAP})(?:"(?:[^"\\]|\\[\s\S])*"?|'(?:[^'\\]|\\[\s\S])*'?)"""
    rf"""|(?:\[[^\[\]\r\n]*\]|\{{[^{{}}\r\n]*\}}|\([^()\r\n]*\)|<[^<>\r\n]*>)(?:{_BARE})?"""
    rf"|(?:{_SCHEME_IN_TEXT})?{_BARE}"
    r")"
)
_DATE: Final = "[0-9]{1,2}[ -][A-Za-z]{3}[ -][0-9]{2,4} [0-9:]{5,8}(?: GMT| UTC)?"
_CRUMB: Final = r"""[^\s;,="'&]+=[^\s;,"']*"""
_COOKIES: Final = (
    r"[0-9A-Za-z_.\-]*(?i-u:cookie)2?(?:\\*[\"'])?[ \t]{0,3}[:=][ \t]{0,3}"
    rf"""{_CRUMB}(?:[;,][ \t]?(?:{_CRUMB}|{_DATE}|[^\s;,="'&]+))*"""
)
_HEADER: Final = (
    r"[0-9A-Za-z_.\-]*(?i-u:authorization)[ \t]{0,3}[:=][ \t]{0,3}"
    r"""[A-Za-z][0-9A-Za-z_\-]*[ \t]+[^\s"']*[^\s"'A-Za-z:.,;)][^\s"']*"""
)
"""A scheme that is not known, and what is no word."""
PAIR: Final = (
    rf"(?:{_COOKIES}|{_KEY}{_QUOTE}{_SIGN}{_LIST}|{_HEADER}|{_KEY}{_QUOTE}{_SIGN}{_VALUE})"
)

_PARTS: Final = re.compile(
    rf"(?P<key>(?:/etc/)?[\w.\-\[\]% ]+?)(?P<quote>{_QUOTE})(?P<sign>{_SIGN})(?P<value>.*)",
    re.DOTALL | re.ASCII,
)
_QUOTED: Final = re.compile(
    rf"""((?:(?i:{_SCHEMES})[ \t]+|{_WRAP})\\*["']|{_ESCAPED})(.*?)({_QUOTE})""", re.DOTALL
)
_QUOTES: Final = re.compile(rf"[\"']|{_ESCAPED}")
_SCHEME: Final = re.compile(rf"(?:{_SCHEMES}|{_LISTS})[ \t]+(?=.)", re.IGNORECASE | re.DOTALL)
_NEXT: Final = {
    "=": re.compile(r"([,;&|])(?=[\w.\-\[\]%]+=)"),
    ":": re.compile(r"([,;&|])(?=[\w.\-\[\]%]+:)"),
    "%": re.compile(r"(%26)(?=[\w.\-\[\]]+%3[Dd])"),
}
"""Where the next pair starts that is written like the one before it."""
_NAMED: Final = re.compile(r"([\w.\-\[\]%]+?)([=:]|%3[Dd])(.*)", re.DOTALL)
_WITHIN: Final = re.compile(r"(?<![\w.\-])([\w.\-]+)([=:])([^,;?/]+)")
_CLOSING: Final = ".,;:)]}>\\"
_STOOD_IN: Final = "[redacted:"
_ENDING: Final = re.compile(rf"(.*{IN_TEXT})[{re.escape(_CLOSING)}]*", re.DOTALL)
_OPENING: Final = ("[", "{", "(", "<")


def part_harmless(match: str, gap: str) -> str:
    """A match of `KEY`; one that names no secret with a gap before its sign."""
    key, quote, sign, _ = _parts(match)
    return match if secrecy(key) > Secrecy.PLAIN else f"{key}{quote}{gap}{sign}"


def part_empty(match: str, gap: str) -> str:
    """A match of `EMPTY` with a gap before the first sign.

    After a colon only where the name (`token-broker: n=1`) is that of no header.
    """
    key, _, sign, _ = _parts(match)
    if ":" in sign and secrecy(key) != Secrecy.MEASURE:
        return match
    return f"{key}{gap}{match[len(key) :]}"


def rewrite(match: str, stand_in: StandIn, gap: str) -> str:
    """A match of `PAIR`, without the gaps, its value replaced where it is a secret."""
    match = match.replace(gap, "")
    key, quote, sign, value = _parts(match)
    if not value or (key == "PWD" and names.is_folder(value)):
        return match
    head, level = f"{key}{quote}{sign}", secrecy(key)
    quoted = _QUOTED.fullmatch(value) if _QUOTES.search(value) else None
    if quoted:
        before, inside, after = quoted.groups()
        if not names.is_secret(level, inside):
            return match
        return f"{head}{before}{replaced(inside, stand_in)}{after}"
    if quote and names.is_secret(level, _stripped(value)):
        if value[0] in "[{" and len(quote) == 1:
            return match
        body = _stripped(value)
        return f"{head}{quote}{replaced(body, stand_in)}{quote}{value[len(body) :]}"
    if key.lower().rstrip("2").endswith("cookie") and "=" in value:
        return head + replaced(value, stand_in)
    scheme, blank, credential = value.partition(" ")
    if blank and key.lower().endswith("authorization") and not _SCHEME.match(value):
        judged = _judged(level, sign, scheme, stand_in)
        return f"{head}{judged}{blank}{_judged(level, '=', credential, stand_in)}"
    return head + _bare(level, sign, value, stand_in)


def _bare(level: Secrecy, sign: str, value: str, stand_in: StandIn) -> str:
    """A value without quotes, and the further pairs that `,`, `;`, `&` or `|` adds to it."""
    if value[0] in _OPENING and not value.startswith(_STOOD_IN):
        return _judged(level, sign, value, stand_in)
    kind = "=" if "=" in sign else sign.strip()[0]
    first, *others = _NEXT[kind].split(value)
    out = [_judged(level, sign, first, stand_in)]
    for joint, pair in zip(others[::2], others[1::2], strict=True):
        out += [joint, _NAMED.sub(lambda found: _inner(found, stand_in), pair, count=1)]
    return "".join(out)


def _judged(level: Secrecy, sign: str, value: str, stand_in: StandIn) -> str:
    body = _stripped(value)
    if not names.is_secret_in_prose(level, sign, without_scheme(body)):
        return _WITHIN.sub(lambda found: _inner(found, stand_in), value)
    return replaced(body, stand_in) + value[len(body) :]


def _inner(found: re.Match[str], stand_in: StandIn) -> str:
    key, sign, value = found.groups()
    body = _stripped(value)
    if not names.is_secret_in_prose(secrecy(key), sign, body):
        return found[0]
    return f"{key}{sign}{replaced(body, stand_in)}{value[len(body) :]}"


def replaced(secret: str, stand_in: StandIn) -> str:
    """What stands in for a secret, after the scheme (`Bearer `) that it may follow."""
    bare = without_scheme(secret)
    return secret if is_stand_in(bare) else secret.removesuffix(bare) + stand_in(bare)


def without_scheme(secret: str) -> str:
    """What follows a scheme of HTTP authentication, or all where there is none."""
    scheme = _SCHEME.match(secret)
    return secret[scheme.end() :] if scheme else secret


def _stripped(value: str) -> str:
    """A bare value without the signs that end a clause or a bracket around it."""
    ending = _ENDING.fullmatch(value) if _STOOD_IN in value else None
    if ending:
        return ending[1]
    return value.rstrip(",;.:\\" if value.startswith(_OPENING) else _CLOSING)


def _parts(match: str) -> tuple[str, str, str, str]:
    found = _PARTS.fullmatch(match)
    assert found is not None, "the pattern's engine and this one agree on its parts"
    return found["key"], found["quote"], found["sign"], found["value"]
