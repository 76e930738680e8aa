"""Files that are followed: which lives begin, where they go on, and when something is missing."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, time_ns
from typing import Final

from traversion_data.errors import reason
from traversion_data.source.descriptors import Descriptors
from traversion_data.source.identity import HEAD
from traversion_data.source.kin import Earlier, Kin, Life, Past
from traversion_data.source.looked import LookedPacked, LookedPlain, look_at
from traversion_data.source.packed import Packed
from traversion_data.source.paths import Names
from traversion_data.source.tail import Tail, opened

GRACE: Final = 2.0
"""Seconds in which the copy of a file that is cut short may turn up, before or after."""
_KEPT: Final = 256
"""Lives that are over and may still turn up, under another name or compressed."""

_Inode = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Missed:
    """Bytes of a life that were never read, and why; `ordinal` is that of the life."""

    ordinal: int
    reason: str


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A file that may be a copy in the making: how it looked, and since when it looks so."""

    size: int
    changed: int
    since: float


class Watch:
    """The lives of the files under paths and patterns. Nothing here waits."""

    def __init__(
        self,
        words: Sequence[str],
        ordinals: Callable[[], int],
        earlier: Mapping[int, Earlier],
        *,
        now: Callable[[], float] = monotonic,
        descriptors: Descriptors | None = None,
    ) -> None:
        """`ordinals` gives the next free ordinal; `earlier` is by the ordinal of the life."""
        self._names = Names(words)
        self._ordinals = ordinals
        self._past = Past(earlier)
        self._now = now
        self._begun = now()
        self._descriptors = descriptors or Descriptors()
        self._lives: list[Life] = []
        self._at: dict[Path, Life] = {}
        self._waiting: dict[Path, _Waiting] = {}
        self._passed: dict[Path, tuple[_Inode, int]] = {}
        self._refused: dict[Path, str] = {}
        self._missed: list[Missed] = []
        self._first = True
        self._kin: Kin | None = None

    @property
    def refused(self) -> Mapping[Path, str]:
        """Paths that cannot be read just now, and why."""
        return self._refused

    @property
    def waits(self) -> bool:
        """Whether there are files of which it is not clear yet whose bytes they hold."""
        return bool(self._waiting)

    def missed(self) -> list[Missed]:
        """What was found missing since this was last asked."""
        missed, self._missed = self._missed, []
        return missed

    def scan(self, grace: float | None = None) -> list[Life]:
        """The lives whose bytes are to be read from now on and were not before.

        grace: seconds that copies in the making are waited for, `GRACE` where it is not said.
        """
        patience = GRACE if grace is None else grace
        named = self._names.now()
        refused = {**named.unclear, **named.refused}
        self._leave(named.files, named.unclear)
        self._name_again(named.files)
        self._kin = None
        begun = []
        for path, status in sorted(named.files.items(), key=lambda item: item[1].st_mtime_ns):
            try:
                life = self._entered(path, status, patience)
            except OSError as error:
                refused[path] = f"cannot be read just now: {reason(error)}"
                continue
            if life is not None:
                begun.append(life)
                self._lives.append(life)
        self._refused = refused
        self._waiting = {path: it for path, it in self._waiting.items() if path in named.files}
        self._give_up(patience)
        self._tell_of_past({*named.unclear, *refused}, named.files, patience)
        self._first = False
        return begun

    def _leave(self, now: Mapping[Path, os.stat_result], unclear: Mapping[Path, str]) -> None:
        """Paths that do not name the file any more that is read under them."""
        inodes = {_inode(status) for status in now.values()}
        for path, life in list(self._at.items()):
            status = now.get(path)
            if path in unclear or (status is not None and _inode(status) == life.inode):
                continue
            del self._at[path]
            if isinstance(life, Packed):
                continue
            life.leave()
            if status is not None and (names := self._between(path, life, inodes)):
                why = f"rotated more than once between two looks: {names} was not followed"
                self._missed.append(Missed(life.ordinal, why))

    def _name_again(self, now: Mapping[Path, os.stat_result]) -> None:
        """Paths that name a file which is read already, perhaps under another name."""
        read = {
            life.inode: life
            for life in self._lives
            if isinstance(life, Tail) and not (life.lost or life.over)
        }
        for path, status in now.items():
            life = read.get(_inode(status))
            if life is not None:
                self._at[path] = life
                if life.leaving:
                    life.stay(path)

    def _entered(self, path: Path, status: os.stat_result, patience: float) -> Life | None:
        """The life that begins with what a path names now, if it is new."""
        known = self._at.get(path)
        if known is not None and (known.packed or not (known.lost or known.over)):
            return None
        if self._passed.get(path) == (_inode(status), status.st_size):
            return None
        descriptor = opened(path)
        try:
            looked = look_at(path, status, descriptor)
            return self._told_apart(looked, patience)
        finally:
            os.close(descriptor)

    def _told_apart(self, looked: LookedPlain | LookedPacked, patience: float) -> Life | None:
        if self._kin is None:
            self._kin = Kin(self._lives)
        kin = list(self._kin.of(looked))
        path, packed = looked.path, isinstance(looked, LookedPacked)
        moved = [it for it in kin if it.lost or it.leaving or it.over]
        copied = next((it for it in moved if looked.holds(it.here)), None)
        if copied is not None and not copied.over:
            self._go_on(copied, looked)
            return None
        resumed = (copied.ordinal, copied.here) if copied else self._past.take(looked)
        if resumed is None and self._unsettled(looked, kin, patience):
            return None
        self._waiting.pop(path, None)
        if resumed is None and (old := self._older(looked, kin)):
            self._passed[path] = _inode(looked.status), looked.status.st_size
            why = f"{path.name} was passed over: it is a copy of what had been read before"
            self._missed.append(Missed(old.ordinal, why))
            return None
        ordinal, start = resumed or (self._ordinals(), None)
        life: Life
        if packed:
            life = Packed(path, ordinal, start)
        else:
            life = Tail(path, ordinal, start, now=self._now, descriptors=self._descriptors)
        self._at[path] = life
        self._kin.add(life)
        return life

    def _go_on(self, life: Tail, looked: LookedPlain | LookedPacked) -> None:
        """Read on in a copy of what was read."""
        self._waiting.pop(looked.path, None)
        if isinstance(looked, LookedPlain):
            life.find(looked.path)
        elif (rest := looked.rest(life.here)) is not None:
            life.unpack(looked.path, _inode(looked.status), rest)
        self._at = {path: it for path, it in self._at.items() if it is not life}
        self._at[looked.path] = life

    def _unsettled(
        self, looked: LookedPlain | LookedPacked, kin: Sequence[Tail], patience: float
    ) -> bool:
        """Whether a file may be a copy in the making, or of what is about to be cut short."""
        alike = isinstance(looked, LookedPacked) or any(
            it.path != looked.path
            and not it.over
            and (looked.begins(it.track) or (not it.lost and looked.holds(it.here)))
            for it in kin
        )
        status = looked.status
        if not alike or (time_ns() - status.st_ctime_ns > 1e9 * patience and self._first):
            return False
        last = self._waiting.get(looked.path)
        if last is None or (last.size, last.changed) != (status.st_size, status.st_ctime_ns):
            last = _Waiting(status.st_size, status.st_ctime_ns, self._now())
            self._waiting[looked.path] = last
        return self._now() - last.since < patience

    def _older(self, looked: LookedPlain | LookedPacked, kin: Sequence[Tail]) -> Tail | None:
        """The life that a file was copied from before the last of it was read and it was cut."""
        for life in kin:
            cut = (life.lost or life.over) and life.path != looked.path
            if cut and len(looked.head) == HEAD and looked.begins(life.track):
                return life
        return None

    def _between(self, path: Path, life: Tail, watched: set[_Inode]) -> str:
        """Names beside a path of files that were written after a life and are not read."""
        known = watched | {other.inode for other in self._lives}
        found = []
        for beside in path.parent.glob(glob.escape(path.name) + "?*"):
            try:
                status = beside.stat()
            except OSError:
                continue
            later = life.written is not None and status.st_mtime_ns > life.written
            if later and beside.is_file() and _inode(status) not in known:
                found.append(beside.name)
        return ", ".join(sorted(found))

    def _give_up(self, patience: float) -> None:
        """End lost lives that turned up nowhere, and forget the oldest of those that are over."""
        for life in self._lives:
            if isinstance(life, Tail) and life.lost and life.lost_for > patience:
                why = life.lost
                life.finish(why)
                life.lost = None
                self._missed.append(Missed(life.ordinal, why))
        over = [life for life in self._lives if life.over]
        if len(over) > 2 * _KEPT:
            gone = {id(life) for life in over[:-_KEPT]}
            self._lives = [life for life in self._lives if id(life) not in gone]

    def _tell_of_past(
        self, unread: set[Path], now: Mapping[Path, os.stat_result], patience: float
    ) -> None:
        """Tell of earlier lives whose file is nowhere, unless it may be one that cannot be read."""
        if self._first or self._waiting or self._now() - self._begun < patience:
            return
        names = {str(path) for path in unread}
        inodes = {_inode(now[path]) for path in unread if path in now}
        for ordinal, earlier in self._past.open():
            place = earlier.position.device, earlier.position.inode
            if earlier.name in names or place in inodes:
                continue
            self._past.tell(ordinal)
            why = "its file was rotated, cut or removed while nobody looked"
            self._missed.append(Missed(ordinal, why))


def _inode(status: os.stat_result) -> _Inode:
    return status.st_dev, status.st_ino
