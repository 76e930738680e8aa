"""The key paths of one source: in what order met, how nested, and of what kind their values are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import polars as pl

from traversion_data import schema
from traversion_data.decode.mapping import Mapping

Tree: TypeAlias = "dict[str, Tree | str]"
"""Keys to the kind of their value, or to the keys of the object they hold."""

_PLAIN: Final = "bifs"


@dataclass
class Paths:
    """Paths met so far, at most `schema.MAX_LEARNED` beside those whose name gives them a role."""

    mapping: Mapping
    _keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _kinds: dict[str, str] = field(default_factory=dict)
    _exact: dict[str, bool] = field(default_factory=dict)

    def admit(self, path: str, around: tuple[str, ...], key: str) -> bool:
        """Whether a path may be a column; see `record.flatten`."""
        if path in self._keys:
            return True
        if len(self._keys) >= schema.MAX_LEARNED and not Mapping.named(path):
            return False
        self._keys[path] = (*around, key)
        return True

    def exact(self, path: str) -> bool:
        """Whether fractions under the path must be kept as written."""
        found = self._exact.get(path)
        if found is None:
            found = self._exact[path] = self.mapping.exact(path)
        return found

    def observe(self, raw: pl.DataFrame) -> None:
        """Note each path's kind in a raw frame: the first seen, whole numbers may widen once."""
        for name in raw.columns:
            kind, _, path = name.partition(":")
            if kind not in _PLAIN or not path:
                continue
            known = self._kinds.setdefault(path, kind)
            if (
                {known, kind} == {"i", "f"}
                and not self.exact(path)
                and not Mapping.names_text(path)
            ):
                self._kinds[path] = "f"

    def ordered(self, raw: pl.DataFrame) -> list[str]:
        """The cell columns of a raw frame, by path in the order met."""
        return [
            f"{kind}:{path}"
            for path in self._keys
            for kind in "bifshx"
            if f"{kind}:{path}" in raw.columns
        ]

    def tree(self) -> Tree:
        """What can be read column by column: every path of one kind that a column holds exactly."""
        tree: Tree = {}
        for path, kind in self._kinds.items():
            if kind == "f" and self.exact(path):
                continue
            *around, last = self._keys[path]
            level = tree
            for key in around:
                inner = level.setdefault(key, {})
                if isinstance(inner, str):
                    break
                level = inner
            else:
                level.setdefault(last, kind)
        return tree


def leaves(tree: Tree) -> Iterator[tuple[tuple[str, ...], str]]:
    """Key tuples of a tree with their kinds, depth first; as deep as records are flattened."""
    for key, value in tree.items():
        if isinstance(value, str):
            yield (key,), value
        else:
            for inner, kind in leaves(value):
                yield (key, *inner), kind
