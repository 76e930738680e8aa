"""Which secrets become pseudonyms, and the key by which they do, where this user keeps it."""

from __future__ import annotations

from functools import cache
from typing import Literal, TypeAlias

from platformdirs import user_config_path

from traversion_data.redact.key import load_key
from traversion_data.redact.redaction import Redaction

Redacted: TypeAlias = Literal["standard", "strict", "nothing"]
"""`standard`: secrets. `strict`: also what tells who somebody is."""


def redaction(what: Redacted) -> Redaction | None:
    """The rules and the key, made at first use; one of this process where it must."""
    match what:
        case "standard":
            return Redaction.standard(_key())
        case "strict":
            return Redaction.strict(_key())
        case "nothing":
            return None


@cache
def _key() -> bytes:
    return load_key(user_config_path("traversion")).key
