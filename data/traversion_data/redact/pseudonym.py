"""What stands in the place of a secret: `[redacted:rule:1a2b3c4d]`, the same for equal secrets."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias

StandIn: TypeAlias = Callable[[str], str]
"""From a secret to what is written instead."""

IN_TEXT: Final = r"\[redacted:[a-z0-9-]+:[0-9a-f]{8}\]"
"""A pattern of what stands in."""

_WHOLE: Final = re.compile(IN_TEXT)


def keyed_digest(data: bytes, key: bytes) -> str:
    """64 hexadecimal digits (HMAC-SHA256) that name some bytes without giving them away."""
    digest = _begun(key).copy()
    digest.update(data)
    return digest.hexdigest()


@lru_cache(maxsize=4)
def _begun(key: bytes) -> hmac.HMAC:
    """The part of a digest that depends on the key alone: most of its cost."""
    return hmac.new(key, digestmod="sha256")


def stand_in(rule: str, secret: str, key: bytes) -> str:
    """The text to write instead of a secret: equal secrets have equal last eight digits."""
    return f"[redacted:{rule}:{keyed_digest(secret.encode(errors='replace'), key)[:8]}]"


def is_stand_in(text: str) -> bool:
    """Whether a text is nothing but what stands in for a secret."""
    return _WHOLE.fullmatch(text) is not None


def rules_in(text: str) -> set[str]:
    """The rules whose pseudonyms stand in a text."""
    return {whole.split(":")[1] for whole in _WHOLE.findall(text)}
