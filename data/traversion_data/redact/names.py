"""Which names of keys stand for secrets: `password`, `x-api-key`, `auth.token`, not `token_count`.

The words are those of Sentry's and Relay's published deny lists, found anywhere in a name once it
is lower-case and without `-`, `_`, `.` and blanks.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache
from typing import Final


class Secrecy(IntEnum):
    """What a name says of its values."""

    PLAIN = 0
    """Nothing secret."""
    MEASURE = 1
    """A number or a yes/no about secrets (`token_count`); a text may be one."""
    WEAK = 2
    """A secret in a field; in prose the word may just be talked about (`token: expired`)."""
    STRONG = 3
    """A secret wherever it stands."""


def _words(*texts: str) -> frozenset[str]:
    return frozenset(" ".join(texts).split())


STRONG_WORDS: Final = _words(
    "password passwd passphrase passcode secret apikey privatekey accesskey accountkey signingkey",
    "encryptionkey mysqlpwd credential cardnumber creditcard",
)
WEAK_WORDS: Final = _words("auth token bearer cookie session sessid csrf xsrf")
WHOLE_NAMES: Final = _words("otp pwd twofactor cvv cvc ssn connectsid symfony")
"""Names too short or too common to be looked for inside others."""

IN_TEXT: Final = (
    r"(?i-u:pass[-_ ]?(?:word|wd|phrase|code)|secret|mysql[-_. ]?pwd"
    r"|(?:api|private|access|account|signing|encryption)[-_. ]?key"
    r"|credential|card[-_. ]?number|credit[-_. ]?card|auth|token|bearer|cookie|sess(?:ion|id)"
    r"|[cx]srf|(?:\b|_)(?:otp|pwd|pass|two[-_. ]?factor|cvv|cvc|ssn|connect\.sid)\b)"
)
"""The same words as a pattern, to find keys in the midst of a text."""

LITERALS: Final = (
    *("pass", "pwd", "secret", "credential", "auth", "token", "bearer", "cookie", "sess", "srf"),
    *("otp", "cvv", "cvc", "ssn", "connect.sid", "key", "card", "factor"),
)
"""Of these each match of `IN_TEXT` holds one, in any case."""

_SHORT: Final = re.compile(r"(?:^|[^A-Za-z])(?:pass|Pass|(?<=[^A-Za-z])PASS)$")
"""`smtp_pass`, `DB_PASS`; that of `pass: 12` is a number, `PASS: …` the outcome of a test."""
_JOINTS: Final = re.compile(r"[-_. \[\]]|%5[bd]")
_HARMLESS: Final = re.compile(
    r"author(?!i[sz])|tokeni[sz]|secretar|secretsmanager|passwordless|sessioni[sz]"
)
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PLURALS: Final = _words("tokens sessions cookies")
_ABOUT: Final = _words(
    """
    type method mode kind name provider url uri endpoint host hostname port path file dir service
    server worker gateway proxy client module handler controller middleware plugin queue cache pool
    status state result outcome scope scopes domain policy role realm issuer audience algorithm alg
    expiry expires expired error errors exception failure failed failures reason user username
    authenticate message msg description note action event operation step stage version format
    length size
    ref refs reused chain manager factory filter store repository config settings authenticated
    unauthenticated authorized unauthorized py go rs js ts java rb php cs kt
    """
)
"""Last words of a name that tell something about a secret instead of holding it."""
_AMOUNTS: Final = _words(
    """
    count total used usage max min limit num number sum avg mean rate ratio percent pct budget cost
    remaining left len bytes ns us ms s sec secs seconds min mins minutes hours days duration
    latency time timeout ttl age at since until iat exp nbf attempts retries active open closed
    valid invalid required enabled disabled present missing changed is has p50 p90 p95 p99 level
    index created updated
    """
)

_HOLDS: Final = (*WEAK_WORDS, "id", "key", "code", "value", "data", "hash")
"""How a name ends whose numbers may be secrets too: `auth_code`, not `auth_requests`."""

_ID: Final = re.compile(
    r"(?:.*[_.\-])?(?:[A-Za-z0-9]*[a-z]I[Dd]s?|(?i:(?:order|request|req|trace|span|event|user|msg"
    r"|session|message|job|tx|txn|uu|gu|u|p)?ids?))"
)
_REFERENCE: Final = re.compile(
    r"(?:.*[_.\-])?(?:order|request|txn|transaction|trace|span|seq|sequence|offset|build|job|ref"
    r"|reference|event|message|msg|serial|version|partition|lsn|xid|port|bytes|ns|nanos|timestamp|ts)",
    re.IGNORECASE,
)

_FILE: Final = re.compile(
    r".*\.(?:c|h|cc|cpp|hpp|cxx|m|mm|sh|pl|pm|lua|scala|ex|exs|erl|hs|swift|ya?ml|toml|xml|html?|css|txt"
    r"|md|rst|patch|diff|asc|log|cfg|ini|service|socket|symbols|install|master|in|\d)",
    re.IGNORECASE,
)
"""Files, of which a line may say something: `auth.c: fix a leak`."""
_FOLDER: Final = re.compile(r"[/\\~`$]\S*|[A-Za-z]:\\\S*")
"""What the shell's own PWD holds."""

_SURE: Final = re.compile(
    r"true|false|null|none|nil|undefined|n/?a|\?|\$\d+|%s|\{\}|\*+|\$\{\w+\}?"
    r"|[\[<(]?(?:filtered|redacted|masked|hidden)[\])>]?",
    re.I,
)
_NUMBER: Final = re.compile(
    r"[-+]?\d[\d,_]*(?:\.\d+)?(?:e[-+]?\d+)?\s*(?:%|[nuµm]?s|min|[mhd]|[kmg]?i?b)?", re.I
)
_AMONG_PROSE: Final = re.compile(r"[A-Za-z]{1,15}(?:['-][a-z]{1,10})?[.,;:!?)]*|#?\d{1,5}[.,;:)]*")
_ADDRESS: Final = re.compile(r"\d{1,5}|\d{2,5}[/:,;)\]].*", re.S)
_BUILD: Final = re.compile(
    r"amd64|i[36]86|all|any|native|arm(?:64|hf|el)|x86_64|aarch64|ppc64el|s390x|riscv64|noarch"
    r"|\d+(?:\.\d+)+[~+\-_].*",
    re.DOTALL,
)
"""What follows the colon in the names of packages and images: an architecture, a version."""
_OUTCOME: Final = re.compile(
    r"(?:ok|yes|success|succeeded|fail(?:ed|ure)?|expired|(?:in)?valid|missing|required|(?:en|dis)abled"
    r"|incorrect|wrong|denied|mismatch|rejected|granted|allowed|forbidden|present|absent|found"
    r"|set|unset|loaded|unable|timeout|not|no|too|the|is|must|cannot|should|may|will|was|has|changed"
    r"|reset|updated|rotated|minimum|maximum|please|authentication|check|needs)[.,;:!?]*",
    re.I,
)


@lru_cache(maxsize=8192)
def secrecy(name: str) -> Secrecy:
    """What a key or a dotted path of keys says of its values."""
    bare = _HARMLESS.sub(" ", _JOINTS.sub("", name.lower()))
    strong = any(word in bare for word in STRONG_WORDS)
    whole = bare in WHOLE_NAMES or any(
        _JOINTS.sub("", part.lower()) in WHOLE_NAMES for part in re.split(r"[.\[\]]", name)
    )
    word = strong or whole or any(word in bare for word in WEAK_WORDS)
    if not word and not _SHORT.search(name):
        return Secrecy.PLAIN
    if tells_about(name):
        return Secrecy.PLAIN
    if not word:
        return Secrecy.MEASURE
    words = _parted(name)
    if not _AMOUNTS.isdisjoint(words) or not _PLURALS.isdisjoint(words):
        return Secrecy.MEASURE
    if strong or whole or bare.endswith("authorization"):
        return Secrecy.STRONG
    return Secrecy.WEAK if bare.endswith(_HOLDS) else Secrecy.MEASURE


def tells_about(name: str) -> bool:
    """Whether a key tells something about a secret instead of holding it: `auth.method`."""
    words = _parted(name)
    return bool(words) and (
        words[-1] in _ABOUT
        or "status" in words
        or name.startswith("/etc/")
        or _FILE.fullmatch(name) is not None
    )


def _parted(name: str) -> list[str]:
    """The words of a name: `dbPassword_2` is `db`, `password`, `2`."""
    return [word for word in re.split(r"[^a-z0-9]+", _CAMEL.sub("_", name).lower()) if word]


def names_id(name: str) -> bool:
    """Whether a key names an id, whose digits may look like a card by chance: `order_id`."""
    return _ID.fullmatch(name) is not None and "card" not in name.lower()


def tells_amount(name: str) -> bool:
    """Whether a key names an amount, a place or a time: `bytes_total`, `offset`, `lastSeenNs`."""
    return not _AMOUNTS.isdisjoint(_parted(name)) or _REFERENCE.fullmatch(name) is not None


def precedes_id(word: str) -> bool:
    """Whether the number after a word in a text is an id or an amount: `order 4539…`."""
    return names_id(word) or _REFERENCE.fullmatch(word) is not None


def is_folder(value: str) -> bool:
    """Whether a value is what the shell's own PWD holds."""
    return _FOLDER.fullmatch(value) is not None


def is_secret(level: Secrecy, value: str) -> bool:
    """Whether a value in a field of that level is one: not where it is no text, or an amount."""
    return (
        level > Secrecy.PLAIN
        and bool(value)
        and not _SURE.fullmatch(value)
        and not (level == Secrecy.MEASURE and _NUMBER.fullmatch(value))
    )


def is_secret_in_prose(level: Secrecy, sign: str, value: str) -> bool:
    """The same for a value without quotes after a sign (`=`, `: `) in a text.

    A weak name may be a host or a place in a file (`auth:8080`), or the subject of a sentence
    (`token: expired at noon`); what a sentence says of a password is none either.
    """
    if not is_secret(level, value):
        return False
    if sign.lower() in (":", "%3a") and _BUILD.fullmatch(value):
        return False
    spaced = sign[-1:].isspace()
    if level == Secrecy.STRONG:
        return not (":" in sign and spaced and _OUTCOME.fullmatch(value))
    if ":" not in sign:
        return not _OUTCOME.fullmatch(value)
    if spaced:
        return not _AMONG_PROSE.fullmatch(value)
    return sign != ":" or not _ADDRESS.fullmatch(value)
