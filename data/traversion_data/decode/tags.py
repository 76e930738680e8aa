"""Arrays of keys with values, as tracers write tags and fields."""

from __future__ import annotations

from typing import Any

from traversion_data.decode.unfolding import Json


def tagged(pairs: Any, into: Json, reserved: frozenset[str], prefix: str = "") -> None:
    """Put tags into a record; one whose name the record has of itself stands under `tags.`."""
    if not pairs:
        return
    for pair in pairs:
        key, value = pair["key"], pair.get("value")
        if type(value) is str and pair.get("type") == "int64":
            value = int(value)
        if prefix:
            key = prefix + key
        if key in reserved or not key:
            key = named(key, reserved)
        into[key] = value


def named(key: str, reserved: frozenset[str]) -> str:
    """The key that a tag has in a record."""
    return f"tags.{key}" if key in reserved or not key else key
