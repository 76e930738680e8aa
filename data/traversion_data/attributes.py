"""Values inside `attrs`, the JSON text of what has no column of its own."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import polars as pl


def value_at(attrs: pl.Expr, keys: tuple[str, ...]) -> pl.Expr:
    """The text of what nested object keys lead to, whatever characters they have; NULL if nothing.

    Texts are given as they are, numbers and booleans as they are written, the rest as JSON.
    """
    path = _path(keys)
    if path is not None:
        return attrs.str.json_path_match(path)
    return attrs.map_batches(partial(_walked, keys), return_dtype=pl.String())


def _path(keys: tuple[str, ...]) -> str | None:
    """The JSONPath, or None: Polars' has no way to write a backslash, nor both kinds of quotes."""
    parts = []
    for key in keys:
        quote = '"' if "'" in key else "'"
        if quote in key or "\\" in key:
            return None
        parts.append(f"[{quote}{key}{quote}]")
    return "".join(("$", *parts))


def _walked(keys: tuple[str, ...], attrs: pl.Series) -> pl.Series:
    """The exact way, a text at a time, for the rare keys that no path can spell."""
    texts = [None if text is None else _text(text, keys) for text in attrs]
    return pl.Series(attrs.name, texts, dtype=pl.String())


def _text(text: str, keys: tuple[str, ...]) -> str | None:
    found: Any = json.loads(text)
    for key in keys:
        if not isinstance(found, dict) or key not in found:
            return None
        found = found[key]
    if found is None or isinstance(found, str):
        return found
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))
