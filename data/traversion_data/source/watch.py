"""Files that are followed: which lives begin, where they go on, and when something is missing."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, time_ns
from typing import Final

from traversion_data.errors import InputError, reason
from traversion_data.source.descriptors import Descriptors
from traversion_data.source.identity import HEAD, Inode, inode_of, stamp_of
from traversion_data.source.kin import Earlier, Kin, Life, Past
from traversion_data.source.looked import LookedPacked, LookedPlain, look_at
from traversion_data.source.packed import Packed
from traversion_data.source.paths import Names
from traversion_data.source.settling import Settling
from traversion_data.source.tail import Tail, opened
from traversion_data.source.unicode import UTF_16

GRACE: Final = 2.0
"""Seconds in which the copy of a file that is cut short may turn up, before or after."""
_SLACK: Final = 1.0
_UTF_16: Final = (
    "is UTF-16 text, which cannot be followed or read on from where it was left: read it without "
    "--follow and --store, or turn it into UTF-8 first"
)
_KEPT: Final = 256
"""Lives that are over and may still turn up, under another name or compressed."""


@dataclass(frozen=True, slots=True)
class Missed:
    """Bytes of a life that were never read, and why; `ordinal` is that of the life.

    name: that of a file nothing is read of, which is no life so far.
    """

    ordinal: int
    reason: str
    name: str = ""


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
        self._settling = Settling(now)
        self._refused: dict[Path, str] = {}
        self._unread = False
        self._spoiled: dict[Path, tuple[tuple[int, ...], str]] = {}
        """Files that cannot be followed, how they looked, and why."""
        self._named: Mapping[Path, os.stat_result] = {}
        self._missed: list[Missed] = []
        self._first = True
        self._kin: Kin | None = None

    @property
    def refused(self) -> Mapping[Path, str]:
        """Paths that cannot be read just now, and why."""
        return self._refused

    @property
    def named(self) -> Mapping[Path, os.stat_result]:
        """The files that words were last found to name."""
        return self._named

    @property
    def unread(self) -> bool:
        """Whether there is something that could not be read, and may be at any time."""
        return self._unread

    @property
    def waits(self) -> bool:
        """Whether there are files of which it is not clear yet whose bytes they hold."""
        return bool(self._settling)

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
        self._named = named.files
        refused = {**named.unclear, **named.refused}
        self._unread = bool(named.unclear)
        self._leave(named.files, named.unclear)
        self._name_again(named.files)
        for path, like in self._settling.gone(named.files):
            self._miss_unsettled(path, like)
        self._kin = None
        begun = []
        for path, status in sorted(named.files.items(), key=self._turn):
            try:
                life = self._entered(path, status, patience)
            except OSError as error:
                refused[path] = f"cannot be read just now: {reason(error)}"
                self._unread = True
                continue
            except InputError as error:
                refused[path] = self._refuse(path, status, str(error))
                continue
            if life is not None:
                begun.append(life)
                self._lives.append(life)
        self._refused = refused
        self._give_up(patience)
        self._tell_of_past({*named.unclear, *refused}, named.files, patience)
        self._first = False
        return begun

    def close(self) -> None:
        """Give all descriptors back; nothing can be read on."""
        for life in self._lives:
            if isinstance(life, Tail):
                life.rest()

    def _turn(self, named: tuple[Path, os.stat_result]) -> tuple[bool, int]:
        """Which of the files is met first: what was read before copies of it, then the oldest."""
        status = named[1]
        return not (self._first and self._past.knows(status)), status.st_mtime_ns

    def _leave(self, now: Mapping[Path, os.stat_result], unclear: Mapping[Path, str]) -> None:
        """Paths that do not name the file any more that is read under them."""
        inodes = {inode_of(status) for status in now.values()}
        for path, life in list(self._at.items()):
            status = now.get(path)
            if path in unclear or (status is not None and inode_of(status) == life.inode):
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
        packed = {life.stamp: life for life in self._lives if life.stamp is not None}
        for path, status in now.items():
            if path not in self._at and (whole := packed.get(stamp_of(status))) is not None:
                self._at[path] = whole
                continue
            life = read.get(inode_of(status))
            if life is not None:
                self._at[path] = life
                if life.leaving:
                    life.stay(path)

    def _entered(self, path: Path, status: os.stat_result, patience: float) -> Life | None:
        """The life that begins with what a path names now, if it is new."""
        known = self._at.get(path)
        if known is not None and (known.packed or not (known.lost or known.over)):
            return None
        stamp, why = self._spoiled.get(path, ((), ""))
        if stamp == stamp_of(status):
            raise InputError(why)
        descriptor = opened(path)
        try:
            looked = look_at(path, status, descriptor)
            if looked.head.startswith(UTF_16):
                raise InputError(_UTF_16)
            return self._told_apart(looked, patience)
        finally:
            os.close(descriptor)

    def _refuse(self, path: Path, status: os.stat_result, why: str) -> str:
        """Note that nothing is read of a file before it is another one, and tell of it once."""
        if path not in self._spoiled or self._spoiled[path][1] != why:
            self._missed.append(Missed(self._ordinals(), why, str(path)))
        self._spoiled[path] = (stamp_of(status), why)
        return why

    def _told_apart(self, looked: LookedPlain | LookedPacked, patience: float) -> Life | None:
        if self._kin is None:
            self._kin = Kin(self._lives)
        kin = list(self._kin.of(looked))
        if (like := self._settling.refilled(looked)) is not None:
            self._miss_unsettled(looked.path, like)
        if self._begins_to_settle(looked, patience):
            return None
        moved = [it for it in kin if it.track.whole and (it.lost or it.leaving or it.over)]
        copied = next((it for it in moved if looked.holds(it.here)), None)
        if copied is not None and not copied.over:
            self._go_on(copied, looked)
            return None
        resumed = (copied.ordinal, copied.here) if copied else self._past.take(looked)
        if resumed is None and self._unsettled(looked, kin, patience):
            return None
        self._settling.done(looked.path)
        old = self._older(looked, kin, patience) if resumed is None else None
        if old is not None:
            resumed = self._ordinals(), looked.end()
        ordinal, start = resumed or (self._ordinals(), None)
        life: Life
        if isinstance(looked, LookedPacked):
            life = Packed(looked.path, ordinal, start, looked.head)
        else:
            now, descriptors = self._now, self._descriptors
            life = Tail(looked.path, ordinal, start, now=now, descriptors=descriptors)
        life.copy_of = old.name if old else None
        self._at[looked.path] = life
        self._kin.add(life, looked.head)
        return life

    def _go_on(self, life: Tail, looked: LookedPlain | LookedPacked) -> None:
        """Read on in a copy of what was read."""
        self._settling.done(looked.path)
        if isinstance(looked, LookedPlain):
            life.find(looked.path)
        elif (rest := looked.rest(life.here)) is not None:
            life.unpack(looked.path, looked.status, rest)
        self._at = {path: it for path, it in self._at.items() if it is not life}
        self._at[looked.path] = life

    def _miss_unsettled(self, path: Path, like: int) -> None:
        why = f"{path.name} was cut or removed before it was clear if it was a copy"
        self._missed.append(Missed(like, why))

    def _old(self, looked: LookedPlain | LookedPacked, patience: float) -> bool:
        """Whether a file was there, as it is, before anybody looked."""
        return self._first and time_ns() - looked.status.st_ctime_ns > 1e9 * patience

    def _begins_to_settle(self, looked: LookedPlain | LookedPacked, patience: float) -> bool:
        """Whether a compressed file changes still: then it is not worth to be inflated."""
        if not patience or isinstance(looked, LookedPlain) or self._old(looked, patience):
            return False
        return not self._settling.seconds(looked, None)

    def _unsettled(
        self, looked: LookedPlain | LookedPacked, kin: Sequence[Tail], patience: float
    ) -> bool:
        """Whether a file may be a copy in the making, or of what is about to be cut short."""
        if isinstance(looked, LookedPacked) and self._old(looked, patience):
            return False
        like = None
        for it in kin:
            if it.path != looked.path and not it.over and _alike(looked, it):
                like = it.ordinal
        if like is None and isinstance(looked, LookedPlain):
            return False
        return self._settling.seconds(looked, like) < patience

    def _older(
        self, looked: LookedPlain | LookedPacked, kin: Sequence[Tail], patience: float
    ) -> Tail | None:
        """The life that a file was copied from before the last of it was read and it was cut."""
        for life in kin:
            recent = life.lost_for is not None and life.lost_for <= 2 * patience + _SLACK
            if recent and life.path != looked.path and looked.begins(life.track):
                return life
        return None

    def _between(self, path: Path, life: Tail, watched: set[Inode]) -> str:
        """Names beside a path of files that were written after a life and are not read."""
        known = watched | {other.inode for other in self._lives}
        found = []
        for beside in path.parent.glob(glob.escape(path.name) + "?*"):
            try:
                status = beside.stat()
            except OSError:
                continue
            later = life.written is not None and status.st_mtime_ns > life.written
            if later and beside.is_file() and inode_of(status) not in known:
                found.append(beside.name)
        return ", ".join(sorted(found))

    def _give_up(self, patience: float) -> None:
        """End lost lives that turned up nowhere, and forget the oldest of those that are over."""
        for life in self._lives:
            if life.over or not isinstance(life, Tail) or life.lost is None:
                continue
            waited = life.lost_for is not None and life.lost_for > patience
            if waited or not life.track.whole:
                life.finish(life.lost)
                self._missed.append(Missed(life.ordinal, life.lost))
        named = {id(life) for life in self._at.values()}
        over = [life for life in self._lives if life.over and id(life) not in named]
        if len(over) > 2 * _KEPT:
            gone = {id(life) for life in over[:-_KEPT]}
            self._lives = [life for life in self._lives if id(life) not in gone]

    def _tell_of_past(
        self, unread: set[Path], now: Mapping[Path, os.stat_result], patience: float
    ) -> None:
        """Tell of earlier lives whose file is nowhere, unless it may be one that cannot be read."""
        if self._first or self._settling or self._now() - self._begun < patience:
            return
        names = {str(path) for path in unread}
        inodes = {inode_of(now[path]) for path in unread if path in now}
        for ordinal, earlier in self._past.open():
            place = earlier.position.device, earlier.position.inode
            if earlier.name in names or place in inodes:
                continue
            self._past.tell(ordinal)
            why = "its file was rotated, cut or removed while nobody looked"
            self._missed.append(Missed(ordinal, why))


def _alike(looked: LookedPlain | LookedPacked, life: Tail) -> bool:
    """Whether a file holds what a life read, the beginning of it, or what it is about to read."""
    if isinstance(looked, LookedPacked):
        return True
    if not life.track.whole:
        return len(life.begun) == HEAD or b"\n" in life.begun
    return looked.begins(life.track) or (not life.lost and looked.holds(life.here))
