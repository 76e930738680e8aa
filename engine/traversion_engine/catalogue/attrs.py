"""Keys that only stand in the JSON text of `attrs`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import orjson
import polars as pl

from traversion_data import schema

MAX_KEYS: Final = 1024
MAX_SHAPES: Final = 4096
MAX_DEPTH: Final = 8

_STRING_VALUE: Final = r'"(?:[^"\\]|\\.)*"\s*([,}\]])'
_SCALAR_VALUE: Final = r":\s*(?:-?[0-9][^,}\]]*|true|false|null)"
_FLAT_ARRAY: Final = r'\[[^\[\]{}"]*\]'


@dataclass(frozen=True, slots=True)
class AttrKey:
    """A key path inside `attrs` and the type its values have where they were looked at."""

    path: tuple[str, ...]
    dtype: pl.DataType

    @property
    def name(self) -> str:
        """The dotted path."""
        return ".".join(self.path)

    def joined(self, other: AttrKey) -> AttrKey:
        """The same path with a type that holds the values of both."""
        return self if self.dtype == other.dtype else AttrKey(self.path, pl.String())


def scan_keys(events: pl.DataFrame) -> tuple[AttrKey, ...]:
    """All key paths in `attrs`, to objects `MAX_DEPTH` deep, at most `MAX_KEYS`.

    The texts are grouped by shape (values cut away) in columns; one text a shape is parsed.
    """
    shape = (
        pl.col(schema.ATTRS)
        .str.replace_all(_STRING_VALUE, '""$1')
        .str.replace_all(_SCALAR_VALUE, ":")
        .str.replace_all(_FLAT_ARRAY, "[]")
    )
    texts = (
        events.select(schema.ATTRS)
        .drop_nulls()
        .group_by(shape.alias("shape"), maintain_order=True)
        .agg(pl.col(schema.ATTRS).first())
        .head(MAX_SHAPES)[schema.ATTRS]
    )
    found: dict[tuple[str, ...], pl.DataType] = {}
    for text in texts:
        for path, dtype in _leaves(text):
            known = found.get(path)
            if known is None and len(found) >= MAX_KEYS:
                continue
            found[path] = dtype if known in (None, dtype) else pl.String()
    return tuple(AttrKey(path, dtype) for path, dtype in found.items())


def _leaves(text: str) -> list[tuple[tuple[str, ...], pl.DataType]]:
    try:
        parsed = orjson.loads(text)
    except orjson.JSONDecodeError:
        return []
    leaves: list[tuple[tuple[str, ...], pl.DataType]] = []
    open_objects: list[tuple[tuple[str, ...], Any]] = [((), parsed)]
    while open_objects:
        path, value = open_objects.pop()
        if isinstance(value, dict) and len(path) < MAX_DEPTH:
            open_objects += [((*path, key), inner) for key, inner in reversed(value.items())]
        elif path and value is not None:
            leaves.append((path, _dtype(value)))
    return leaves


def _dtype(value: object) -> pl.DataType:
    if isinstance(value, bool):
        return pl.Boolean()
    return pl.Float64() if isinstance(value, (int, float)) else pl.String()
