"""The word that is being typed, and the words before it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_TOKEN: Final = re.compile(
    r"""(?P<text>'(?:[^']|'')*+'?)
      | (?P<quoted>"(?:[^"]|"")*+"?)
      | (?P<comment>--[^\n]*+)
      | (?P<mark>[@\#][\w:\-]*+)
      | (?P<number>\d+(?:\.\d+)?)
      | (?P<word>[^\W\d]\w*+(?:[.\-]\w*+)*+)
      | (?P<blank>\s+)
      | (?P<sign>[=<>!~]+|->|.)""",
    re.VERBOSE | re.DOTALL,
)
_BEFORE_A_VALUE: Final = frozenset({"=", "==", "!=", "<>", "<", ">", "<=", ">=", "~", "!~"})
_BEFORE_A_VALUE_WORDS: Final = frozenset({"LIKE", "CONTAINS", "BETWEEN"})


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text; `kind` is text, quoted, number, word, mark, sign or comment."""

    kind: str
    text: str
    start: int

    @property
    def word(self) -> str:
        """In upper case, as keywords are compared."""
        return self.text.upper()

    @property
    def closed(self) -> bool:
        """Whether a quoted text or name has its second quote."""
        return len(self.text) > 1 and self.text.endswith(self.text[0])


@dataclass(frozen=True, slots=True)
class Typed:
    """The word at the caret, from `start` on ("" where none is being typed), and all before it."""

    word: str
    start: int
    before: tuple[Token, ...]
    in_comment: bool = False
    after_number: bool = False

    @property
    def is_compared(self) -> bool:
        """Whether the last word is what something is compared with."""
        return len(self.before) > 1 and _compares(self.before[-2])

    @property
    def compared(self) -> Token | None:
        """The field that the word is a value of: `service` in `service IN ('a', 'o`."""
        tokens = list(self.before)
        while tokens and (tokens[-1].kind in {"text", "number"} or tokens[-1].text == ","):
            tokens.pop()
        if [token.word for token in tokens[-2:]] == ["IN", "("]:
            tokens = tokens[:-2]
        elif tokens and tokens == list(self.before[: len(tokens)]) and _compares(tokens[-1]):
            if len(tokens) != len(self.before):
                return None
            tokens = tokens[:-1]
        else:
            return None
        if tokens and tokens[-1].word == "NOT":
            tokens.pop()
        return tokens[-1] if tokens and tokens[-1].kind in {"word", "quoted"} else None


def typed(text: str, caret: int) -> Typed:
    """What stands before a caret, taken apart."""
    tokens = [
        Token(str(found.lastgroup), found[0], found.start())
        for found in _TOKEN.finditer(text, 0, caret)
    ]
    last = tokens[-1] if tokens else None
    solid = tuple(token for token in tokens if token.kind not in {"blank", "comment"})
    if last is None or last.kind in {"blank", "sign", "number"}:
        return Typed("", caret, solid, after_number=last is not None and last.kind == "number")
    if last.kind == "comment":
        return Typed("", caret, solid, in_comment=True)
    if last.kind in {"text", "quoted"} and last.closed:
        return Typed("", caret, solid)
    return Typed(last.text, last.start, solid[:-1])


def _compares(token: Token) -> bool:
    return token.text in _BEFORE_A_VALUE or token.word in _BEFORE_A_VALUE_WORDS
