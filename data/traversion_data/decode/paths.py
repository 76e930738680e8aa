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
_EXACT: Final = 2**53 - 1
_MOST_LISTS: Final = 32


@dataclass
class Paths:
    """Paths met so far, at most `schema.MAX_LEARNED` beside those whose name gives them a role."""

    mapping: Mapping
    _keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _kinds: dict[str, str] = field(default_factory=dict)
    _exact: dict[str, bool] = field(default_factory=dict)
    _lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _tree: Tree | None = None
    """What `tree` gave last, until something new is met."""

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
        """Note each path's kind in a raw frame: the first seen, but whole numbers may widen."""
        for name in raw.columns:
            kind, _, path = name.partition(":")
            if kind not in _PLAIN or not path:
                continue
            known = self._kinds.get(path)
            if known is None:
                self._kinds[path] = kind
                self._tree = None
            elif known == kind:
                continue
            if {known, kind} == {"i", "s"}:
                self._kinds[path], self._tree = "m", None
            elif {known, kind} == {"i", "f"} and (self.exact(path) or not Mapping.names_text(path)):
                self._kinds[path], self._tree = "f", None

    def observe_lists(self, lists: dict[str, tuple[str, ...]]) -> None:
        """Note the paths of arrays of plain values, each with its keys, at most a few."""
        for path, keys in lists.items():
            if len(self._lists) < _MOST_LISTS:
                self._lists.setdefault(path, keys)
                self._tree = None

    def widen(self, raw: pl.DataFrame) -> pl.DataFrame:
        """Whole numbers under paths known to hold fractions become fractions, where exact.

        The column reader can do no other, so the exact path does the same.
        """
        for name in raw.columns:
            path = name[2:]
            if not name.startswith("i:") or self._read_as(path) != "f":
                continue
            near = pl.col(name).is_between(-_EXACT, _EXACT)
            parts = [pl.col(f"f:{path}")] if f"f:{path}" in raw.columns else []
            parts.append(pl.when(near).then(pl.col(name).cast(pl.Float64)))
            raw = raw.with_columns(
                pl.coalesce(parts).alias(f"f:{path}"), pl.when(~near).then(name).alias(name)
            )
            if raw[name].null_count() == raw.height:
                raw = raw.drop(name)
        return raw

    def ordered(self, raw: pl.DataFrame) -> list[str]:
        """The cell columns of a raw frame, by path in the order met."""
        held = set(raw.columns)
        names = (f"{kind}:{path}" for path in self._keys for kind in "bifshx")
        return [name for name in names if name in held]

    def arranged(self, raw: pl.DataFrame) -> pl.DataFrame:
        """A raw frame with its cell columns as `ordered`, behind those that are no cells."""
        fixed = (name for name in raw.columns if name.startswith("#"))
        return pl.DataFrame([raw[name] for name in (*fixed, *self.ordered(raw))])

    def tree(self) -> Tree:
        """How paths may be read column by column: a cell kind (see `record.flatten`) for each.

        Here `m` stands for a mixture of `i` and `s`, `x` for fractions kept as written, and `a` for
        arrays of plain values.
        """
        if self._tree is None:
            self._tree = self._planted()
        return self._tree

    def _planted(self) -> Tree:
        tree: Tree = {}
        read = [(self._keys[path], self._read_as(path)) for path in self._kinds]
        read += [(keys, "a") for path, keys in self._lists.items() if path not in self._kinds]
        for keys, kind in read:
            if kind is None:
                continue
            *around, last = keys
            level = tree
            for key in around:
                inner = level.setdefault(key, {})
                if isinstance(inner, str):
                    break
                level = inner
            else:
                level.setdefault(last, kind)
        return tree

    def _read_as(self, path: str) -> str | None:
        kind = self._kinds.get(path)
        if kind != "f":
            return kind
        if self.exact(path):
            return "x"
        return None if Mapping.names_text(path) else "f"


def leaves(tree: Tree) -> Iterator[tuple[tuple[str, ...], str]]:
    """Key tuples of a tree with their kinds, depth first; as deep as records are flattened."""
    for key, value in tree.items():
        if isinstance(value, str):
            yield (key,), value
        else:
            for inner, kind in leaves(value):
                yield (key, *inner), kind
