"""What the kernel says of files that change: a hint to look at them, never what they hold.

inotify tells of changes below a folder that go through this machine. It says nothing of those that
another machine makes on a shared file system, of writes to mapped memory, or of writes through a
name in a folder that is not watched: https://man7.org/linux/man-pages/man7/inotify.7.html
"""

from __future__ import annotations

import os
import select
import sys
from collections import defaultdict
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock
from typing import Final, Protocol

from traversion_data.source.mounts import shared


@dataclass(frozen=True, slots=True)
class Hint:
    """What may have changed. written: files. names: whether files came, went or were renamed.

    everything: whether nothing is known, so that all has to be looked at.
    """

    written: frozenset[Path] = frozenset()
    names: bool = False
    everything: bool = False


NOTHING: Final = Hint()
EVERYTHING: Final = Hint(names=True, everything=True)


class Notices(Protocol):
    """Says when something changes in folders; for one thread, but for `wake`."""

    @property
    def complete(self) -> bool:
        """Whether every change in the folders made on this machine is told of."""
        ...

    def cover(self, folders: AbstractSet[Path]) -> bool:
        """Watch these folders and no others; whether there are such as were not watched before."""
        ...

    def wait(self, seconds: float) -> Hint:
        """What changed since this was last asked; waits for something so long at most."""
        ...

    def wake(self) -> None:
        """End a wait, and all later ones, at once; any thread may call this."""
        ...

    def close(self) -> None:
        """Watch nothing any more."""
        ...


class NoNotices:
    """Where nobody says what changes: waits only, and whoever asks has to look at everything."""

    complete = False

    def __init__(self) -> None:
        self._woken = Event()

    def cover(self, folders: AbstractSet[Path]) -> bool:  # noqa: ARG002 - as the protocol has it
        """See `Notices.cover`."""
        return False

    def wait(self, seconds: float) -> Hint:
        """See `Notices.wait`."""
        self._woken.wait(seconds)
        return NOTHING

    def wake(self) -> None:
        """See `Notices.wake`."""
        self._woken.set()

    def close(self) -> None:
        """See `Notices.close`."""


if sys.platform == "linux":
    from inotify_simple import INotify, flags

    _WRITTEN: Final = flags.MODIFY | flags.ATTRIB
    _NAMES: Final = flags.CREATE | flags.DELETE | flags.MOVED_FROM | flags.MOVED_TO
    _SELF: Final = flags.DELETE_SELF | flags.MOVE_SELF
    _ASKED: Final = _WRITTEN | _NAMES | _SELF | flags.ONLYDIR

    class Inotify:
        """Notices of the Linux kernel."""

        def __init__(self) -> None:
            """Begin to watch nothing.

            Raises:
                OSError: this user has as many of these as the system allows, or no descriptor is
                    left.
            """
            self._kernel = INotify()
            try:
                self._alarm = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
            except OSError:
                self._kernel.close()
                raise
            self._poll = select.poll()
            for descriptor in (self._kernel.fileno(), self._alarm):
                self._poll.register(descriptor, select.POLLIN)
            self._lock = Lock()
            self._open = True
            self._watched: dict[Path, int] = {}
            self._folders: dict[int, list[Path]] = {}
            self._shared: set[Path] = set()
            self.complete = False

        def cover(self, folders: AbstractSet[Path]) -> bool:
            """See `Notices.cover`. Folders are watched again by name, which may name another."""
            before, self._watched, self._folders = self._watched, {}, defaultdict(list)
            self.complete = True
            for folder in folders:
                try:
                    number = self._kernel.add_watch(folder, _ASKED)
                except OSError:
                    self.complete = False
                    continue
                self._watched[folder] = number
                self._folders[number].append(folder)
            for number in set(before.values()) - set(self._folders):
                self._forget(number)
            fresh = self._watched.items() - before.items()
            if fresh or not self._watched:
                self._shared &= self._watched.keys()
                self._shared |= shared(folder for folder, _ in fresh)
            self.complete = self.complete and not self._shared
            return bool(fresh)

        def wait(self, seconds: float) -> Hint:
            """See `Notices.wait`."""
            self._poll.poll(max(seconds, 0.0) * 1_000)
            written, names = set[Path](), False
            for number, mask, _, name in self._kernel.read(timeout=0):
                if mask & flags.Q_OVERFLOW:
                    return EVERYTHING
                if number not in self._folders:
                    continue
                if mask & _WRITTEN and name:
                    written.update(folder / name for folder in self._folders[number])
                else:
                    names = True
            return Hint(frozenset(written), names) if written or names else NOTHING

        def wake(self) -> None:
            """See `Notices.wake`."""
            with self._lock:
                if self._open:
                    os.eventfd_write(self._alarm, 1)

        def close(self) -> None:
            """See `Notices.close`."""
            with self._lock:
                if self._open:
                    self._open = False
                    self._kernel.close()
                    os.close(self._alarm)

        def _forget(self, number: int) -> None:
            with suppress(OSError):  # the folder was removed, and its watch with it
                self._kernel.rm_watch(number)


def notices() -> Notices:
    """Those of the kernel where it has any to give, else none."""
    if sys.platform == "linux":
        with suppress(OSError):
            return Inotify()
    return NoNotices()
