"""Whose bytes a file may hold: lives and positions by the bytes they began with.

A file is compared only with those that began as it does, so that many files cost little.
"""

from __future__ import annotations

import os
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from traversion_data.source.identity import HEAD, inode_of, same_inode
from traversion_data.source.looked import Looked
from traversion_data.source.packed import Packed
from traversion_data.source.tail import Tail
from traversion_data.store.position import Position

Life = Tail | Packed


@dataclass(frozen=True, slots=True)
class Earlier:
    """Where reading of a life stopped in an earlier run, of a file that was called `name`.

    done: whether it had come to its end.
    """

    position: Position
    done: bool
    name: str = ""


class Kin:
    """Lives by how they began, as of one moment."""

    def __init__(self, lives: Iterable[Life]) -> None:
        self._by_head: dict[bytes, list[Tail]] = defaultdict(list)
        self._lengths: set[int] = set()
        for life in lives:
            self.add(life, life.begun)

    def add(self, life: Life, head: bytes) -> None:
        """Note a life and how its file begins."""
        if isinstance(life, Tail) and head:
            self._by_head[head].append(life)
            self._lengths.add(len(head))

    def of(self, looked: Looked) -> Iterator[Tail]:
        """The lives that began with the first bytes of a file, or with more than it has."""
        head = looked.head
        for length in sorted(self._lengths, reverse=True):
            if length <= len(head):
                yield from self._by_head.get(head[:length], ())
            elif head and len(head) < HEAD:
                for known, lives in self._by_head.items():
                    if len(known) == length and known.startswith(head):
                        yield from lives


class Past:
    """Positions of an earlier run that no file has been found for."""

    def __init__(self, earlier: Mapping[int, Earlier]) -> None:
        self._earlier = {
            ordinal: it for ordinal, it in earlier.items() if it.position.offset or not it.done
        }
        self._by_head: dict[tuple[int, int], list[int]] = defaultdict(list)
        for ordinal, it in self._earlier.items():
            self._by_head[it.position.head_length, it.position.head_crc].append(ordinal)
        self._lengths = sorted({length for length, _ in self._by_head}, reverse=True)
        places = (it.position for it in self._earlier.values())
        self._inodes = {(it.device, it.inode) for it in places}

    def knows(self, status: os.stat_result) -> bool:
        """Whether a file has the inode of one that was read."""
        return inode_of(status) in self._inodes

    def take(self, looked: Looked) -> tuple[int, Position] | None:
        """The ordinal and place that a file goes on from, the same inode first."""
        found = [
            ordinal
            for length in self._lengths
            if length <= len(looked.head)
            for ordinal in self._by_head.get((length, zlib.crc32(looked.head[:length])), ())
            if ordinal in self._earlier
        ]
        found.sort(key=lambda it: not same_inode(looked.status, self._earlier[it].position))
        for ordinal in found:
            position = self._earlier[ordinal].position
            if position.offset and _knows(looked, position):
                del self._earlier[ordinal]
                return ordinal, position
        return None

    def open(self) -> Iterator[tuple[int, Earlier]]:
        """Those that had not come to their end and are not told of yet."""
        return ((ordinal, it) for ordinal, it in list(self._earlier.items()) if not it.done)

    def tell(self, ordinal: int) -> None:
        """Note that one has been told of; its file may still turn up."""
        it = self._earlier[ordinal]
        self._earlier[ordinal] = Earlier(it.position, done=True, name=it.name)


def _knows(looked: Looked, position: Position) -> bool:
    """Whether a file is the one that was read up to a position.

    The beginning of a line tells no file from another: it is that one if nothing follows, only.
    """
    marker = position.marker  # none is behind a line too long to be kept
    whole = position.line > 1 or not marker or b"\n" in marker
    return looked.holds(position) if whole else looked.ends_at(position)
