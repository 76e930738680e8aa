"""Values as OpenTelemetry's JSON writes them, to plain ones."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterator
from math import isfinite
from typing import Any, Final

import orjson

from traversion_data.decode.record import MAX_DEPTH, NotAnEvent
from traversion_data.decode.unfolding import Json

RESERVED: Final = frozenset(
    [
        "type",
        "traceId",
        "spanId",
        "parentSpanId",
        "name",
        "kind",
        "startTimeUnixNano",
        "endTimeUnixNano",
        "timeUnixNano",
        "observedTimeUnixNano",
        "severityNumber",
        "severityText",
        "body",
        "eventName",
        "links",
        "status",
        "status.code",
        "status.message",
        "value",
        "unit",
        "temporality",
        "bucketCounts",
        "explicitBounds",
    ]
) | {""}
"""Keys that an event has of itself: an attribute of such a name stands under `attributes.`."""

STATUS: Final = {
    1: "ok",
    2: "error",
    "STATUS_CODE_OK": "ok",
    "STATUS_CODE_ERROR": "error",
}

_ABOUT: Final = ("name", "version", "droppedAttributesCount")
_DEEPEST: Final = (MAX_DEPTH - 10) // 3
"""Each level of values is three of JSON, the first of which stands ten deep."""
_WORDS: Final = ("message", "msg", "log", "text")
_RANGE: Final = range(-(2**63), 2**64)


def listed(record: Json, key: str) -> list[Json]:
    """The objects in an array, none where there is no array."""
    found = record.get(key)
    if not found:
        return []
    if type(found) is not list:
        raise TypeError(f"{key} is no array")
    return found


def scopes(item: Json, key: str) -> Iterator[tuple[Json, Json]]:
    """Each scope of a resource, with what both say of all that is in it."""
    found = listed(item, key)
    if not found:
        return
    resource = _about(item.get("resource") or {}, item, "resource.")
    for scope in found:
        yield {**resource, **_about(scope.get("scope") or {}, scope, "scope.")}, scope


def _about(named: Json, item: Json, prefix: str) -> Json:
    """What a resource or scope says of itself, and by which schema that is named."""
    around = {prefix + word: named[word] for word in _ABOUT if named.get(word)}
    if item.get("schemaUrl"):
        around[f"{prefix}schemaUrl"] = item["schemaUrl"]
    attributes(named.get("attributes"), around, prefix)
    return around


def attributes(pairs: Any, into: Json, prefix: str = "") -> None:
    """Put the attributes of an array of keys and values into a record."""
    if not pairs:
        return
    for pair in pairs:
        key = pair["key"]
        value = pair.get("value")
        if not value:
            continue
        if "stringValue" in value:
            plain = value["stringValue"]
        elif "intValue" in value:
            plain = whole(value["intValue"])
        else:
            plain = any_value(value)
        if not prefix and key in RESERVED:
            key = f"attributes.{key}"
        into[prefix + key] = plain


def any_value(value: Json, depth: int = 0) -> Any:
    """An AnyValue as plain JSON; bytes stay base64, recursion ends where nesting does."""
    if depth > _DEEPEST:
        raise NotAnEvent(f"nested deeper than {MAX_DEPTH} levels")
    for kind, it in value.items():
        if kind in ("stringValue", "boolValue", "bytesValue"):
            return it
        if kind == "intValue":
            return whole(it)
        if kind == "doubleValue":
            return fraction(it)
        if kind == "arrayValue":
            return [any_value(item, depth + 1) for item in listed(it, "values")]
        if kind == "kvlistValue":
            return {
                pair["key"]: any_value(pair.get("value") or {}, depth + 1)
                for pair in listed(it, "values")
            }
    return None


def whole(it: Any) -> int | str:
    """A 64-bit number that may be written as text."""
    number = int(it)
    return number if number in _RANGE else str(it)


def fraction(it: Any) -> float | str:
    """A number that may be written as text; text where it is none that JSON has."""
    number = float(it)
    return number if isfinite(number) else str(it)


def stamp(it: Any) -> int | None:
    """Nanoseconds since 1970; 0 says nothing."""
    return int(it) or None if it is not None else None


def identity(it: Any) -> str | None:
    """An id in hexadecimal digits, which some writers give as base64 instead."""
    if not it:
        return None
    if type(it) is not str:
        raise TypeError("an id is no text")
    if it.endswith("=") and len(it) in (12, 24):
        try:
            return b64decode(it, validate=True).hex()
        except binascii.Error:
            return it
    return it.lower()


def linked(link: Json) -> Json:
    """A link with ids as spans have them, and its attributes as plain values."""
    found = {
        **link,
        "traceId": identity(link.get("traceId")),
        "spanId": identity(link.get("spanId")),
    }
    if link.get("attributes"):
        found["attributes"] = {}
        attributes(link["attributes"], found["attributes"])
    return found


def said(body: Json | None, row: Json) -> None:
    """Put a log's body into its record: text as `body`, an object's keys beside it."""
    if not body:
        return
    value = any_value(body)
    if isinstance(value, dict):
        row |= {f"body.{key}": inner for key, inner in value.items()}
        words = (value[word] for word in _WORDS if isinstance(value.get(word), str))
        row["body"] = next(words, None) or orjson.dumps(value).decode()
    elif value is not None:
        row["body"] = value if isinstance(value, str) else orjson.dumps(value).decode()
