"""When which of the followed files is looked at.

A file that something was said of is looked at at once, one that had news lately every `PACE`
seconds, and all of them now and then: rarely where the kernel tells of changes, since what it does
not tell of has to be found that way too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import thread_time
from typing import Final

from traversion_data.errors import InputError
from traversion_data.reading import Decoded, Pause, Reading
from traversion_data.source.hints import Hints
from traversion_data.source.kin import Life
from traversion_data.source.notify import EVERYTHING, Hint, Notices
from traversion_data.source.tail import HOLD, Tail
from traversion_data.source.watch import Watch

POLL: Final = 0.03
"""Seconds between two looks at files that have nothing to give, where nobody tells of changes."""
PACE: Final = 0.1
"""Seconds between two looks at files of which something came lately: for many lines at once."""
_NAMED: Final = 0.05
"""Seconds between two looks at what words name, where somebody tells that it has changed."""
SCAN: Final = 0.25
"""Seconds between two looks at what words name, where nobody tells of changes."""
NET: Final = 1.0
"""Seconds between two looks at everything, where somebody does."""
_WARM: Final = 0.5
"""Seconds for which a file counts as one of which something came lately."""
_DEARER: Final = 10
"""A pause lasts at least so many times the processor time of the look before it. The time on the
clock would count what others did meanwhile: on a busy machine a pause lasted seconds."""
_NET_DEARER: Final = 50
"""The same, of looks at everything where somebody tells of changes."""


@dataclass
class Followed:
    """A life that is read.

    warm: until when something more may come of it soon, in seconds. reached: bytes read of it when
    it was last looked at. failed: what is wrong with it, so that nothing more is read.
    """

    life: Life
    reading: Reading
    steps: Iterator[Decoded | Pause]
    failed: InputError | None = None
    warm: float = -math.inf
    reached: int = -1

    @property
    def unsteady(self) -> bool:
        """Whether time alone may change what is to be done with it."""
        life = self.life
        return isinstance(life, Tail) and bool(life.leaving or life.lost or life.trouble)


class Rounds:
    """The files to look at next, and the pause before that; for one thread, but for `stop`."""

    def __init__(self, hints: Hints, now: Callable[[], float]) -> None:
        self._hints = hints
        self._now = now
        self._stopped = Event()
        self._at: dict[Path, list[Followed]] = {}
        self._warm: dict[int, Followed] = {}
        self._names = self._waiting = True
        self._scanned = self._all = -math.inf
        self._scan_cost = self._cost = 0.0
        self._pause = PACE
        self._came = False
        """Whether bytes came since the last pause."""

    @property
    def stopped(self) -> Event:
        """Whether there is to be no further round."""
        return self._stopped

    def listen(self, notices: Notices) -> None:
        """Hear from these what changes."""
        self._hints.listen(notices)
        if self._stopped.is_set():
            notices.wake()

    def stop(self) -> None:
        """End the pause, and every later one, at once; any thread may call this."""
        self._stopped.set()
        self._hints.wake()

    def close(self) -> None:
        """Hear of no more changes."""
        self._hints.close()

    def scan_due(self, hint: Hint) -> bool:
        """Whether to look now at what words name; if so, `scanned` is to be called then."""
        self._names = self._names or hint.names or not hint.written <= self._at.keys()
        return self._now() >= self._next_scan

    @property
    def _next_scan(self) -> float:
        if not self._hints.complete:
            return self._scanned + SCAN
        least = _DEARER * self._scan_cost
        if self._names:
            return self._scanned + max(_NAMED, least)
        if self._waiting or any(it.unsteady for it in self._warm.values()):
            return self._scanned + max(SCAN, least)
        return math.inf

    @property
    def _next_all(self) -> float:
        return self._all + max(NET, _NET_DEARER * self._cost)

    def scanned(self, active: Mapping[int, Followed], watch: Watch, began: float) -> None:
        """Note what words were found to name, and when that began by `thread_time`."""
        self._names, self._waiting = False, watch.waits or watch.unread
        self._at = {}
        for followed in active.values():
            self._at.setdefault(followed.life.path, []).append(followed)
            if followed.unsteady:
                self._warm[followed.life.ordinal] = followed
        self._hints.cover(watch.named)
        self._scanned = self._now()
        self._scan_cost = thread_time() - began

    def begin(self, followed: Followed) -> None:
        """A file is read from now on."""
        self._at.setdefault(followed.life.path, []).append(followed)
        self._heat(followed)

    def due(self, active: Mapping[int, Followed], hint: Hint) -> list[Followed]:
        """The files to look at now."""
        if hint.everything:
            return list(active.values())
        for path in hint.written:
            for followed in self._at.get(path, ()):
                self._heat(followed)
        return list(self._warm.values())

    def looked(self, followed: Followed, step: Decoded | Pause) -> None:
        """Note what a look at a file brought."""
        life = followed.life
        came = life.position != followed.reached
        followed.reached = life.position
        self._came = self._came or came
        if step is Pause.END:
            self._warm.pop(life.ordinal, None)
            others = [it for it in self._at.pop(life.path, ()) if it is not followed]
            if others:
                self._at[life.path] = others
        elif came or followed.unsteady:
            self._heat(followed)
        elif self._now() >= followed.warm:
            self._warm.pop(life.ordinal, None)

    def _heat(self, followed: Followed) -> None:
        now = self._now()
        if followed.warm < now:  # the first lines after silence are not to wait for many
            self._pause = HOLD
        followed.warm = now + _WARM
        self._warm[followed.life.ordinal] = followed

    def at_once(self) -> Hint:
        """What to look at next where there is more to be read."""
        return self._hints.wait(0.0) if self._hints.complete else EVERYTHING

    def pause(self, last: Hint, began: float, *, waiting: bool) -> Hint:
        """What to look at next, when it is time to.

        last: what was looked at, from `began` on by `thread_time`, and gave nothing. waiting:
        whether there are lives that are to begin soon.
        """
        now = self._now()
        cost = thread_time() - began
        if not self._hints.complete:
            self._hints.wait(max(POLL, _DEARER * cost))
            return EVERYTHING
        if last.everything:
            self._all, self._cost = now, cost
        until = min(self._next_all, max(self._next_scan, now))
        if self._warm or waiting:
            self._stopped.wait(self._pause if self._came else max(self._pause, _DEARER * cost))
            self._pause, self._came = PACE, False
            hint = self._hints.wait(0.0)
        else:
            hint = self._hints.wait(until - now)
        return EVERYTHING if self._now() >= self._next_all else hint
