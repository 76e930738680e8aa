"""Values that are secrets whatever their key is called, by the published forms of credentials.

A rule finds texts with a pattern of Polars' engine (linear, without look-around), then says of each
distinct text found how it is to be written; what turns out not to be a secret is left as it is.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from traversion_data.redact import cards, commands, providers, statements
from traversion_data.redact.pseudonym import IN_TEXT as STOOD_IN
from traversion_data.redact.pseudonym import StandIn, is_stand_in


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of secret.

    pattern: matches the secret and what must be seen of its surroundings. rewrite: from a match to
    what is written instead. of_digits: the secret is all digits, so ids may look like one by chance
    and fields that are named as ids are spared. ahead: matches wherever the pattern does, sooner.
    marks, words: literals of which each match holds one, as it stands or in any case (here lower);
    none of both where there is no such literal.
    """

    name: str
    pattern: str
    rewrite: Callable[[str, StandIn], str]
    of_digits: bool = False
    ahead: str = ""
    marks: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def sign(self) -> str:
        """A pattern, cheap to search, without which the rule finds nothing."""
        return self.ahead or self.pattern


_B: Final = r"(?-u:\b)"


def _whole(match: str, stand_in: StandIn) -> str:
    return stand_in(match)


def _after(parts: str) -> Callable[[str, StandIn], str]:
    """Keep what the pattern's only group matches at the start, replace what follows."""
    head = re.compile(parts, re.I)

    def rewrite(match: str, stand_in: StandIn) -> str:
        found = head.match(match)
        end = found.end() if found else 0
        return match[:end] + stand_in(match[end:])

    return rewrite


_PEM_BLANKS: Final = re.compile(r"\s|\\+[nrt]")


def _pem(match: str, stand_in: StandIn) -> str:
    return stand_in(_PEM_BLANKS.sub("", match))


_PORT: Final = re.compile(r"[^:]*:\d{1,5}/")
_USER_PASSWORD: Final = re.compile(rf"((?:{STOOD_IN}|[^:])*)(:?)(.*)", re.DOTALL)


def _userinfo(match: str, stand_in: StandIn) -> str:
    if "://" not in match:
        head, _, password = match[:-1].partition("/")
        return match if is_stand_in(password) else f"{head}/{stand_in(password)}@"
    scheme, _, rest = match[:-1].partition("://")
    if _PORT.match(rest) or (scheme.lower() in ("http", "https") and not {*"/?#"}.isdisjoint(rest)):
        return match
    parts = _USER_PASSWORD.fullmatch(rest)
    if parts is None or (not parts[2] and scheme.lower() not in ("http", "https")):
        return match
    user, password = (
        part if not part or is_stand_in(part) else stand_in(part) for part in parts.group(1, 3)
    )
    return f"{scheme}://{user}{parts[2]}{password}@"


_PROSE: Final = re.compile(r"[A-Za-z]?[a-z_]{0,19}=?")
"""What follows `Bearer` where that is a word of a sentence or of a challenge (`realm=`)."""


def _bearer(match: str, stand_in: StandIn) -> str:
    end = match.split(maxsplit=1)[1]
    token = end.rstrip(".")
    if _PROSE.fullmatch(token):
        return match
    return match[: -len(end)] + stand_in(token) + end[len(token) :]


def _basic(match: str, stand_in: StandIn) -> str:
    credentials = match.split(maxsplit=1)[1]
    try:
        plain = base64.b64decode(credentials + "=" * (-len(credentials) % 4), validate=True)
    except binascii.Error:
        return match
    if b":" not in plain:
        return match
    return match[: -len(credentials)] + stand_in(credentials)


def _query(match: str, stand_in: StandIn) -> str:
    head, sign, value = match.partition("=")
    if head == "sig" and len(value) < 16:
        return match
    return f"{head}{sign}{stand_in(value)}"


def _ssn(match: str, stand_in: StandIn) -> str:
    """Not the numbers that were never given out (area 000, 666, 9xx, group 00, serial 0000)."""
    given = re.fullmatch(r"(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}", match)
    return stand_in(match) if given else match


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "pem",
        r"-----BEGIN [A-Z0-9 ]{0,40}KEY(?: BLOCK)?-----"
        r'(?:[^"]*?-----END [A-Z0-9 ]{0,40}KEY(?: BLOCK)?-----|[^"]*)'
        r"|(?:[A-Za-z0-9+/=]{4,}(?:[ \t\r\n]|\\+[nrt])+)+"
        "-----END [A-Z0-9 ]{0,40}KEY(?: BLOCK)?-----",
        _pem,
        ahead="-----(?:BEGIN|END) ",
        marks=("-----BEGIN ", "-----END "),
    ),
    Rule("bearer", rf"{_B}(?i-u:bearer)[ \t]+[A-Za-z0-9._~+/\-]+=*", _bearer, words=("bearer",)),
    Rule("basic", rf"{_B}(?i-u:basic)[ \t]+[A-Za-z0-9+/]{{4,}}={{0,2}}", _basic, words=("basic",)),
    Rule(
        "jwt",
        rf"{_B}eyJ[A-Za-z0-9_\-]{{8,}}\.[A-Za-z0-9_\-]*\.[A-Za-z0-9_\-]*"
        r"(?:\.[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]+)?"
        rf"|{_B}eyJ[A-Za-z0-9_\-]{{8,}}\.(?:eyJ[A-Za-z0-9_\-]*|[A-Za-z0-9_\-]*$)"
        rf"|{_B}eyJ(?:hbGciO|0eXAiO|raWQiO|jdHkiO|4NWMiO|lbmMiO)[A-Za-z0-9_\-]*$",
        _whole,
        ahead=rf"{_B}eyJ[A-Za-z0-9_\-]",
        marks=("eyJ",),
    ),
    Rule("aws", r"A[KS]IA[A-Z0-9]{16,}", _whole, ahead="A[KS]IA[A-Z0-9]", marks=("AKIA", "ASIA")),
    Rule(
        "github",
        rf"{_B}(?:gh[pousr]_[A-Za-z0-9]{{36,}}|github_pat_[A-Za-z0-9_]{{22,}})",
        _whole,
        ahead=rf"{_B}(?:gh[pousr]_|github_pat_)",
        marks=("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
    ),
    Rule(
        "slack",
        rf"{_B}(?:xox[abceoprs]-(?:[0-9]-)?[A-Za-z0-9\-]{{10,}}|xapp-[0-9]-[A-Za-z0-9\-]{{10,}})"
        r"|hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_\-]{10,}",
        _after(r"hooks\.slack\.com/\w+/|"),
        ahead=r"xox[a-z]-|xapp-|hooks\.slack\.com/",
        marks=("xox", "xapp-", "hooks.slack.com/"),
    ),
    Rule(
        "provider",
        providers.PATTERN,
        providers.rewrite,
        ahead=providers.AHEAD,
        marks=providers.MARKS,
    ),
    Rule(
        "stripe",
        rf"{_B}(?:[sr]k_(?:live|test)_[A-Za-z0-9]{{10,}}|whsec_[A-Za-z0-9+/=]{{16,}})",
        _whole,
        ahead=rf"{_B}(?:[sr]k_(?:live|test)_|whsec_)",
        marks=("k_live_", "k_test_", "whsec_"),
    ),
    Rule(
        "query",
        r"""(?:(?:[?&;]|\\u0026)(?:AWSAccessKeyId|Signature|sig|X-Goog-Signature|X-Amz-Signature)"""
        r"""|^sig|[\s,](?:Signature|X-Goog-Signature|X-Amz-Signature))=[^&\s"'#<>\\\[\]]+""",
        _query,
        marks=("AWSAccessKeyId=", "Signature=", "sig="),
    ),
    Rule(
        "userinfo",
        r"""[A-Za-z][A-Za-z0-9+.\-]*://(?:[^\s/?#"'<>]+@|[^\s/?#"'<>:@]*:[^\s"'<>@]+@)"""
        r"""|(?i-u:oracle:(?:thin|oci8?)):[^\s/"'@]+/[^\s"'@]+@""",
        _userinfo,
        ahead=r"""://[^\s"'<>]+@|(?i-u:oracle:(?:thin|oci8?)):[^\s"'@]+@""",
        marks=("@",),
    ),
    Rule(
        "sql",
        statements.INSERT,
        statements.rewrite_rows,
        ahead=statements.INSERT_AHEAD,
        words=("insert",),
    ),
    *(
        Rule("sql", it, statements.rewrite, ahead=near, words=words)
        for it, near, words in statements.PATTERNS
    ),
    *(
        Rule("command", it, commands.rewrite, ahead=near, marks=marks)
        for it, near, marks in commands.PATTERNS
    ),
    Rule("card", cards.PATTERN, cards.rewrite, of_digits=True, ahead=cards.AHEAD),
    Rule(
        "ssn",
        r"[0-9A-Za-z_.\-]*[0-9]{3}-[0-9]{2}-[0-9]{4}[0-9A-Za-z_\-]*",
        _ssn,
        of_digits=True,
        ahead="[0-9]{3}-[0-9]{2}-[0-9]{4}",
    ),
)
"""What is always replaced, in the order in which it is looked for."""
