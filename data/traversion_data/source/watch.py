"""Files that are followed: which lives begin, where they go on, and when something is missing."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final, TypeAlias

from traversion_data.source.file import FileSource
from traversion_data.source.identity import holds, peek, rest_of, same_inode
from traversion_data.source.inflate import COMPRESSED
from traversion_data.source.packed import Packed
from traversion_data.source.tail import Tail, opened
from traversion_data.store.position import Position

Life: TypeAlias = Tail | Packed

GRACE: Final = 2.0
"""Seconds in which the copy of a file that is cut short may turn up, before or after."""
REST: Final = 5.0
"""Seconds without a byte after which a descriptor may be given back."""
OPEN: Final = 64
"""Descriptors that are kept open whatever happens."""
_WILD: Final = "*?["


@dataclass(frozen=True, slots=True)
class Earlier:
    """Where reading of a life stopped in an earlier run; done: whether it had come to its end."""

    position: Position
    done: bool


@dataclass(frozen=True, slots=True)
class Missed:
    """Bytes of a life that were never read, and why; `ordinal` is that of the life."""

    ordinal: int
    reason: str


class Watch:
    """The lives of the files under paths and patterns. Nothing here waits."""

    def __init__(
        self, words: Sequence[str], ordinals: Callable[[], int], earlier: Mapping[int, Earlier]
    ) -> None:
        """`ordinals` gives the next free ordinal; `earlier` is by the ordinal of the life."""
        self._words = tuple(words)
        self._ordinals = ordinals
        self._earlier = dict(earlier)
        self._lives: list[Life] = []
        self._at: dict[Path, Life] = {}
        self._suspects: dict[Path, float] = {}
        self._refused: dict[Path, str] = {}
        self._missed: list[Missed] = []
        self._first = True

    @property
    def refused(self) -> Mapping[Path, str]:
        """Paths that cannot be read just now, and why."""
        return self._refused

    def missed(self) -> list[Missed]:
        """What was found missing since this was last asked."""
        missed, self._missed = self._missed, []
        return missed

    def scan(self) -> list[Life]:
        """The lives whose bytes are to be read from now on and were not before."""
        statuses = {
            path: status
            for path in dict.fromkeys(self._paths())
            if (status := self._status(path)) is not None
        }
        for path, life in list(self._at.items()):
            status = statuses.get(path)
            if status is None or _inode(status) != life.inode:
                self._gone(path, life, statuses)
        oldest_first = sorted(statuses.items(), key=lambda item: item[1].st_mtime_ns)
        begun = [it for path, status in oldest_first if (it := self._entered(path, status))]
        self._lives += begun
        self._give_up()
        self._save_descriptors()
        self._first = False
        return begun

    def _entered(self, path: Path, status: os.stat_result) -> Life | None:
        """The life that begins with what a path names now, if it is new."""
        known = self._at.get(path)
        if known is not None and not known.lost and (isinstance(known, Packed) or not known.over):
            return None
        for life in self._lives:
            if life.inode == _inode(status) and not life.lost and not life.over:
                life.path = path
                self._at[path] = life
                return None
        try:
            return self._opened(path, status)
        except OSError as error:
            self._refused[path] = f"cannot be read just now: {error.strerror or error}"
            return None

    def _opened(self, path: Path, status: os.stat_result) -> Life | None:
        descriptor = opened(path)
        try:
            packed = os.pread(descriptor, 8, 0).startswith(COMPRESSED)
            held = _inflated(path) if packed else _plain(descriptor, status)
            copied = self._copied(held)
            resumed = None if copied else self._resumed(status, held)
            if not (packed or copied or resumed) and self._suspect(path, held):
                return None
        finally:
            os.close(descriptor)
        self._refused.pop(path, None)
        self._suspects.pop(path, None)
        if copied is not None and not packed:
            copied.find(path)
            self._at[path] = copied
            return None
        if copied is not None:
            resumed = copied.ordinal, copied.here
            copied.finish()
        ordinal, start = resumed or (self._ordinals(), None)
        life = Packed(path, ordinal, start) if packed else Tail(path, ordinal, start)
        self._at[path] = life
        return life

    def _copied(self, held: Callable[[Position], bool]) -> Tail | None:
        """The life which is no longer where it was and whose bytes a file holds."""
        for life in self._lives:
            moved = isinstance(life, Tail) and (life.lost or life.leaving or life.over)
            if moved and life.here.offset and held(life.here):
                assert isinstance(life, Tail)
                return life
        return None

    def _resumed(
        self, status: os.stat_result, held: Callable[[Position], bool]
    ) -> tuple[int, Position] | None:
        """The life of an earlier run that a file goes on with, the same inode first."""
        order = sorted(
            self._earlier, key=lambda it: not same_inode(status, self._earlier[it].position)
        )
        for ordinal in order:
            position = self._earlier[ordinal].position
            if position.offset and held(position):
                del self._earlier[ordinal]
                return ordinal, position
        return None

    def _suspect(self, path: Path, held: Callable[[Position], bool]) -> bool:
        """Whether a file may be the copy of one that is about to be cut short."""
        for life in self._lives:
            here = isinstance(life, Tail) and not life.over and not life.lost
            if here and life.path != path and life.here.offset and held(life.here):
                return monotonic() - self._suspects.setdefault(path, monotonic()) < GRACE
        return False

    def _gone(self, path: Path, life: Life, now: Mapping[Path, os.stat_result]) -> None:
        """A path no longer names the file that is read under it."""
        del self._at[path]
        if isinstance(life, Packed):
            return
        life.leave()
        if path in now:
            between = self._between(path, life, {_inode(status) for status in now.values()})
            if between:
                names = ", ".join(between)
                why = f"rotated more than once between two looks: {names} was not followed"
                self._missed.append(Missed(life.ordinal, why))

    def _between(self, path: Path, life: Tail, watched: set[tuple[int, int]]) -> list[str]:
        """Names beside a path of files that were written after a life and are not read."""
        written = life.written
        known = watched | {other.inode for other in self._lives}
        found = []
        for beside in path.parent.glob(glob.escape(path.name) + "?*"):
            status = self._status(beside)
            later = status is not None and written is not None and status.st_mtime_ns > written
            if later and status is not None and _inode(status) not in known:
                found.append(beside.name)
        return sorted(found)

    def _give_up(self) -> None:
        """End lost lives that turned up nowhere, and earlier ones whose file is nowhere."""
        for life in self._lives:
            if isinstance(life, Tail) and life.lost and life.lost_for > GRACE:
                why = life.lost
                life.finish(why)
                self._missed.append(Missed(life.ordinal, why))
        if not self._first:
            for ordinal, earlier in self._earlier.items():
                if not earlier.done:
                    why = "its file was rotated, cut or removed while nobody looked"
                    self._missed.append(Missed(ordinal, why))
            self._earlier = {
                ordinal: Earlier(earlier.position, done=True)
                for ordinal, earlier in self._earlier.items()
            }

    def _save_descriptors(self) -> None:
        """Give descriptors of quiet files back where there are many."""
        tails = [life for life in self._lives if isinstance(life, Tail) and not life.over]
        for life in tails[: max(len(tails) - OPEN, 0)]:
            if life.idle > REST and life.caught_up:
                life.rest()

    def _paths(self) -> Iterator[Path]:
        for word in self._words:
            path = Path(word).expanduser()
            if path.is_dir():
                yield from sorted(
                    it for it in path.iterdir() if not it.name.startswith(".") and it.is_file()
                )
            elif not path.exists() and any(sign in word for sign in _WILD):
                yield from (Path(it) for it in sorted(glob.glob(str(path), recursive=True)))  # noqa: PTH207 - patterns may be absolute
            else:
                yield path

    def _status(self, path: Path) -> os.stat_result | None:
        """The status of a regular file; what else there is is refused, what is not there waits."""
        try:
            status = path.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            self._refused[path] = f"cannot be read just now: {error.strerror or error}"
            return None
        if stat.S_ISREG(status.st_mode):
            return status
        self._refused[path] = "is no file of events"
        return None


def _inode(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _plain(descriptor: int, status: os.stat_result) -> Callable[[Position], bool]:
    look = peek(descriptor)
    return lambda position: status.st_size >= position.offset and holds(look, position)


def _inflated(path: Path) -> Callable[[Position], bool]:
    return lambda position: rest_of(FileSource(path).pieces(), position) is not None
