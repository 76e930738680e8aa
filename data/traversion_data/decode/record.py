"""One line of JSON to flat, typed cells: the exact path, for any line there is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from traversion_data.model import Flag

MAX_DEPTH: Final = 128
"""Levels of nesting beyond which a line is set aside."""
FLATTEN_DEPTH: Final = 16
"""Levels of objects that become dotted columns; deeper ones are kept as JSON text."""

_INT64: Final = range(-(2**63), 2**63)
_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*"')


class NotAnEvent(Exception):  # noqa: N818 - says what the line is, not that something broke
    """A line that is set aside; the message is the reason."""


class FloatText(str):
    """A JSON number with a fraction or an exponent, as written."""

    __slots__ = ()


class OddNumber(str):
    """A JSON number that no column can hold: out of range, NaN, infinite."""

    __slots__ = ()


@dataclass(slots=True)
class Cells:
    """One line's values: cells by kind and key path, the rest as an object, and flags.

    lists: the keys that lead to each array of plain values among the rest.
    """

    values: dict[str, Any] = field(default_factory=dict)
    rest: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    flags: int = 0


def parse(line: bytes) -> tuple[dict[str, Any], int]:
    """The JSON object on a line and its flags.

    Control characters inside strings are let through, of equal keys the last that says
    something wins, and bytes that are not UTF-8 become U+FFFD with `Flag.BAD_TEXT`.

    Raises:
        NotAnEvent: with the reason, where the line holds no JSON object.
    """
    flags = 0
    if line.startswith(b"\0"):
        bare = line.lstrip(b"\0")
        if not bare.strip():
            raise NotAnEvent(f"a run of {len(line) - len(bare)} NUL bytes")
        line, flags = bare, int(Flag.BAD_TEXT)
    if not line.lstrip().startswith((b"{", b"[")):
        raise NotAnEvent("text, not a JSON object")
    if depth(line) > MAX_DEPTH:
        raise NotAnEvent(f"nested deeper than {MAX_DEPTH} levels")
    try:
        text = line.decode()
    except UnicodeDecodeError:
        text = line.decode(errors="replace")
        flags |= Flag.BAD_TEXT
    try:
        decode = _decode_hollow if b"null" in line or b"{}" in line else _decode
        found = decode(text.strip(" \t\r\n"))
    except json.JSONDecodeError as error:
        raise NotAnEvent(f"not valid JSON: {error.msg} at character {error.pos + 1}") from None
    except (ValueError, RecursionError, OverflowError) as error:
        raise NotAnEvent(f"not readable JSON: {error}") from None
    if not isinstance(found, dict):
        raise NotAnEvent("a JSON array, not an object")
    return found, flags


def depth(line: bytes) -> int:
    """Levels of brackets, counted outside strings; cheap where there are few brackets."""
    if line.count(b"{") + line.count(b"[") <= MAX_DEPTH:
        return 1
    level = deepest = 0
    for octet in _STRING.sub(b"", line):
        if octet in b"{[":
            level += 1
            deepest = max(deepest, level)
        elif octet in b"}]":
            level -= 1
    return deepest


Admit = Callable[[str, tuple[str, ...], str], bool]
"""Whether a path may be a column, given it, the keys of the objects around it and its own key."""


def flatten(record: dict[str, Any], admit: Admit, exact: Callable[[str], bool]) -> Cells:
    """Cells of a record, named by kind and dotted path.

    Kinds: `b` boolean, `i` int64, `f` float64, `s` text, `h` text of a number out of range, `x` the
    text of a fraction (beside `f`, for paths that `exact` asks for). NULLs and empty objects say
    nothing and take no part. Arrays, objects below `FLATTEN_DEPTH`, a path met twice, and paths
    that `admit` refuses go to `rest`.
    """
    cells = Cells()
    stack: list[tuple[str, tuple[str, ...], Iterator[tuple[str, Any]]]] = [
        ("", (), iter(record.items()))
    ]
    seen: set[str] = set()
    while stack:
        prefix, around, items = stack[-1]
        for key, value in items:
            path = f"{prefix}{_text(key, cells)}"
            if value is None:
                continue
            if type(value) is dict:
                if not value:
                    continue
                if len(stack) < FLATTEN_DEPTH:
                    stack.append((f"{path}.", (*around, key), iter(value.items())))
                    break
            if type(value) in (dict, list) or path in seen or not admit(path, around, key):
                if type(value) is list and not any(type(item) in (dict, list) for item in value):
                    cells.lists[path] = (*around, key)
                cells.rest[path] = plain(value, cells)
                continue
            seen.add(path)
            _put(cells, path, value, exact)
        else:
            stack.pop()
    return cells


def plain(value: Any, cells: Cells) -> Any:
    """The value with numbers as numbers again, as JSON writes it; recursion ends at MAX_DEPTH."""
    if isinstance(value, OddNumber):
        cells.flags |= Flag.DRIFTED
        return str(value)
    if isinstance(value, FloatText):
        return float(value)
    if isinstance(value, str):
        return _text(value, cells)
    if isinstance(value, list):
        return [plain(item, cells) for item in value]
    if isinstance(value, dict):
        return {_text(key, cells): plain(item, cells) for key, item in value.items()}
    return value


def _put(cells: Cells, path: str, value: Any, exact: Callable[[str], bool]) -> None:
    if value is True or value is False:
        cells.values[f"b:{path}"] = value
    elif isinstance(value, OddNumber):
        cells.values[f"h:{path}"] = str(value)
    elif isinstance(value, FloatText):
        cells.values[f"f:{path}"] = float(value)
        if exact(path):
            spelled = format(Decimal(value), "f") if "e" in value.lower() else str(value)
            cells.values[f"x:{path}"] = spelled
    elif isinstance(value, int):
        cells.values[f"i:{path}"] = value
    else:
        cells.values[f"s:{path}"] = _text(value, cells)


def _text(text: str, cells: Cells) -> str:
    """Text that is valid Unicode: lone surrogates become U+FFFD."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        cells.flags |= Flag.BAD_TEXT
        return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
    return text


def _integer(text: str) -> int | OddNumber:
    if len(text) < 19:
        return int(text)
    if len(text) > 20 or int(text) not in _INT64:
        return OddNumber(text)
    return int(text)


def _fraction(text: str) -> FloatText | OddNumber:
    return FloatText(text) if abs(float(text)) != float("inf") else OddNumber(text)


def _last_said(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which neither null nor an empty object takes a value's place."""
    found = dict(pairs)
    if len(found) < len(pairs):
        found |= {key: value for key, value in pairs if value not in (None, {})}
    return found


def _decoder(pairs: Callable[[list[tuple[str, Any]]], Any] | None) -> Callable[[str], Any]:
    return json.JSONDecoder(
        parse_int=_integer,
        parse_float=_fraction,
        parse_constant=OddNumber,
        strict=False,
        object_pairs_hook=pairs,
    ).decode


_decode: Final = _decoder(None)
_decode_hollow: Final = _decoder(_last_said)
