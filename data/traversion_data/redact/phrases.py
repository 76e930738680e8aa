"""The rest of a password of several words: `password: correct horse battery`.

Without quotes nothing says where it ends, so what follows the first word goes too, to the line's
end, the next key, or a sign that parts clauses. The first word keeps a pseudonym of its own, so
that a password of one word is the same wherever it stands and whatever is said after it.
"""

from __future__ import annotations

import re
from typing import Final

from traversion_data.redact.pseudonym import IN_TEXT as STOOD_IN
from traversion_data.redact.pseudonym import StandIn

_WORD: Final = r"(?i-u:pass[-_ ]?(?:word|wd|phrase|code)s?|(?-u:\b)(?:pwd|pass))"
_SIGN: Final = r"[ \t]{0,3}(?::=|=>|={1,3}|:)[ \t]{0,3}"
_END: Final = r"""\s"',;|&<>\\()\[\]{}="""
_MORE: Final = rf"(?:'[A-Za-z]|[^{_END}])"

PATTERN: Final = (
    rf"{_WORD}[0-9A-Za-z_.\-]*{_SIGN}{STOOD_IN}"
    rf"(?:'[A-Za-z]{_MORE}*)?(?:[ ]{{1,3}}{_MORE}+)*=?"
)
"""A password of which the first word was replaced, with the words after it."""

_PARTS: Final = re.compile(rf"(.*?{STOOD_IN})(.*)", re.DOTALL)
_NEXT_KEY: Final = re.compile(r" +[A-Za-z_][\w.\-]*:.*", re.DOTALL | re.ASCII)
_LAST_WORD: Final = re.compile(r" *[^ ]*=")
_PROSE: Final = re.compile(
    r"(?: +(?:for|from|at|by|and|or|in|on|with|to|as|after|before|because|but|not|is|was|has|via|of"
    r"|failed|rejected|denied|accepted|expired|succeeded|ok)(?= |$)| +[-\u2013\u2014] )"
)
"""What goes on with a sentence; after `=` no more is replaced then."""


def rewrite(match: str, stand_in: StandIn) -> str:
    """A match of `PATTERN` with the words after the first replaced as one."""
    found = _PARTS.fullmatch(match)
    assert found is not None, "what stands in has one form"
    head, tail = found.groups()
    kept = ""
    if tail.endswith("="):
        last = _LAST_WORD.search(tail)
        assert last is not None, "the sign is a part of it"
        tail, kept = tail[: last.start()], tail[last.start() :]
    following = _NEXT_KEY.search(tail)
    if following:
        tail, kept = tail[: following.start()], tail[following.start() :] + kept
    words = tail.strip(" .:!?")
    if not words or ("=" in head and _PROSE.match(tail)):
        return match
    start = tail.index(words)
    gap = tail[:start] or " "
    return head + gap + stand_in(words) + tail[start + len(words) :] + kept
