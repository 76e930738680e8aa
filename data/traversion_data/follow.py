"""Files that grow, followed into a head: read what is there, then what comes, for as long as asked.

One thread looks at all files in turn and reads; the caller's thread shapes, appends and publishes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from time import monotonic, thread_time
from typing import Final, TypeAlias

from traversion_data import schema
from traversion_data.ahead import ahead
from traversion_data.decode.base import Batch
from traversion_data.errors import InputError
from traversion_data.ingest import Progress
from traversion_data.keep import Keep, KeepNothing
from traversion_data.model import Gap, Nanos, SourceInfo
from traversion_data.options import LoadOptions
from traversion_data.pace import Pace
from traversion_data.reading import Decoded, Pause, Reading
from traversion_data.rounds import POLL, Followed, Rounds
from traversion_data.safe import printable
from traversion_data.source.hints import Hints
from traversion_data.source.kin import Earlier, Life
from traversion_data.source.notify import EVERYTHING, Hint, notices
from traversion_data.source.tail import Tail
from traversion_data.source.watch import Missed, Watch
from traversion_data.store.head import Head
from traversion_data.store.position import Position, SourceMark
from traversion_data.store.view import StoreView

_BEGUN: Final = 64
"""Lives that begin in one look: rows of the first are shown before the last is opened."""
_REPORT: Final = 0.25
"""Seconds between two reports at least."""


@dataclass(frozen=True, slots=True)
class Before:
    """What is known of a source from an earlier run."""

    info: SourceInfo
    position: Position


_News: TypeAlias = tuple[Followed, Decoded | Pause] | Missed
"""What a look brings: a chunk or the end of a life, or bytes found missing."""


class Follower:
    """Follows the files under words (paths, folders, patterns) until it is stopped."""

    def __init__(
        self,
        words: Sequence[str],
        head: Head,
        options: LoadOptions | None = None,
        *,
        on_progress: Callable[[Progress], None] | None = None,
        on_snapshot: Callable[[StoreView], None] | None = None,
        keep: Keep | None = None,
        before: Mapping[int, Before] | None = None,
        now: Callable[[], float] = monotonic,
    ) -> None:
        """`before` is by ordinal; its rows are in the head already. `now`: seconds."""
        self._head = head
        self._options = options or LoadOptions()
        self._on_progress = on_progress or (lambda _: None)
        self._on_snapshot = on_snapshot or (lambda _: None)
        self._keep: Keep = keep or KeepNothing()
        self._before = dict(before or {})
        taken = (*self._before, *(it.ordinal for it in head.sources))
        ordinals = count(max(taken, default=-1) + 1)
        earlier = {
            ordinal: Earlier(known.position, known.info.complete, known.info.name)
            for ordinal, known in self._before.items()
        }
        self._now = now
        self._watch = Watch(words, lambda: next(ordinals), earlier, now=now)
        self._rounds = Rounds(Hints(words), now)
        self._active: dict[int, Followed] = {}
        self._pending: list[Life] = []
        self._more = False
        """Whether there are lives that may begin at once."""
        self._open: set[int] = set()
        """Ordinals of which not all that was read has been taken."""
        self._gaps: list[Gap] = list(self._keep.missed)
        self._damage = [gap for gap in head.gaps if gap not in self._gaps]
        self._started = monotonic()
        self._pace = Pace(self._started)
        self._failed: InputError | None = None
        """The first that was wrong with a source of which nothing more is read."""
        self._news = 0
        self._rows = 0
        self._caught_up = self._told_caught_up = False
        self._reported = -math.inf
        self._last: dict[int, Nanos] = {}

    def stop(self) -> None:
        """Stop after the chunk in work, keeping what was read; any thread may call this."""
        self._rounds.stop()

    def run(self) -> StoreView:
        """Follow until stopped; the last snapshot."""
        return self._take_all(self._looks())

    def catch_up(self) -> StoreView:
        """Read all there is now, and no more; the last snapshot.

        Raises:
            InputError: a source cannot be read, and there is nothing of any other.
        """
        view = self._take_all(self._once())
        if self._failed is not None and not view.height:
            raise self._failed
        return view

    def look(self) -> bool:
        """Look at every file once and take what there is, in this thread; whether there was."""
        busy = False
        for news in self._look(EVERYTHING):
            busy = True
            self._handle(news)
        self._catch_up()
        return busy

    def close(self) -> None:
        """Give the files back, after looks in the caller's own thread."""
        self._rounds.close()
        self._watch.close()

    @property
    def waits(self) -> bool:
        """Whether there are files that are not read yet since they may be copies in the making."""
        return self._watch.waits

    def _take_all(self, looks: Iterator[_News | None]) -> StoreView:
        self._publish()
        for news in ahead(looks, self._rounds.stopped.is_set, self._catch_up):
            if news is not None:
                self._handle(news)
            self._caught_up = self._caught_up or news is None
            self._catch_up()
            self._report()
            self._wait_for_room()
        return self._publish()

    def _handle(self, news: _News) -> None:
        if isinstance(news, Missed):
            self._miss(news)
        else:
            self._take(*news)

    def _once(self) -> Iterator[_News]:
        """One look at every file, to its end."""
        try:
            yield from self._whole()
        finally:
            self._watch.close()

    def _whole(self) -> Iterator[_News]:
        for _ in range(2):
            self._pending += self._watch.scan(0.0)
        self._begin_pending(len(self._pending))
        for followed in list(self._active.values()):
            while (step := _next(followed)) is not Pause.END:
                if step is Pause.IDLE and followed.life.caught_up:
                    if (why := followed.life.lost) is not None:
                        yield Missed(followed.life.ordinal, why)
                    followed.life.finish(why)
                elif step is not Pause.IDLE:
                    yield followed, step
            yield followed, step
        self._watch.scan(0.0)
        yield from self._watch.missed()

    def _looks(self) -> Iterator[_News | None]:
        """Look at files again and again; pauses when all of them are idle."""
        self._rounds.listen(notices())
        hint = EVERYTHING
        try:
            while not self._rounds.stopped.is_set():
                began = thread_time()
                busy = False
                for news in self._look(hint):
                    busy = True
                    yield news
                if busy or self._more:
                    hint = self._rounds.at_once()
                else:
                    yield None
                    hint = self._rounds.pause(hint, began, waiting=bool(self._pending))
        finally:
            self.close()

    def _look(self, hint: Hint) -> Iterator[_News]:
        """What one look at the files brings that are due; a look at the paths where that is due."""
        if self._rounds.scan_due(hint):
            began = thread_time()
            self._pending += self._watch.scan()
            self._rounds.scanned(self._active, self._watch, began)
            yield from self._watch.missed()
        self._more = self._begin_pending(_BEGUN)
        for followed in self._rounds.due(self._active, hint):
            step = Pause.END if followed.life.abandoned else _next(followed)
            if step is Pause.END:
                del self._active[followed.life.ordinal]
            self._rounds.looked(followed, step)
            if step is not Pause.IDLE:
                yield followed, step

    def _begin_pending(self, most: int) -> bool:
        """Begin to read, but of what goes on with a life only when that has been taken whole.

        Whether `most` were begun, so that there may be more.
        """
        waiting, begun = list[Life](), 0
        for life in self._pending:
            if life.ordinal in self._open or begun == most:
                waiting.append(life)
            else:
                begun += 1
                self._open.add(life.ordinal)
                followed = self._active[life.ordinal] = self._begin(life)
                self._rounds.begin(followed)
        self._pending = waiting
        return begun == most

    def _begin(self, life: Life) -> Followed:
        known = self._before.get(life.ordinal)
        info = (
            replace(known.info, complete=False)
            if known
            else SourceInfo(life.ordinal, life.name, "")
        )
        if life.copy_of is not None:
            note = f"its first {life.track.end:,} bytes were read as those of {life.copy_of}"
            info = replace(info, notes=(*info.notes, printable(note)))
            self._head.describe(info)
            self._keep.describe(SourceMark(info, life.here))
        reading = Reading(
            life,
            info,
            self._head,
            self._options,
            at=life.track.start,
            keep=self._keep,
            behind=life.behind,
        )
        return Followed(life, reading, reading.steps())

    def _take(self, followed: Followed, step: Decoded | Pause) -> None:
        self._news += 1
        life, reading = followed.life, followed.reading
        if isinstance(step, Decoded):
            batch = reading.store(step)
            self._rows += batch.events.height
            self._bound_gaps(life.ordinal, batch)
            return
        if followed.failed is not None:
            self._failed = self._failed or followed.failed
            self._miss(Missed(life.ordinal, str(followed.failed)))
            reading.fail(followed.failed)
        reading.finish(complete=True)
        self._before[life.ordinal] = Before(reading.info, life.here)
        self._open.discard(life.ordinal)

    def _miss(self, missed: Missed) -> None:
        self._news += 1
        if missed.name and not self._introduce(missed):
            return
        last = self._last.get(missed.ordinal)
        self._gaps.append(Gap(missed.ordinal, last, None, missed.reason))
        self._tell_gaps()
        known = self._before.get(missed.ordinal)
        if known is not None and missed.ordinal not in self._open:
            told = replace(known.info, complete=True)
            self._head.describe(told)
            self._keep.describe(SourceMark(told, known.position))

    def _introduce(self, missed: Missed) -> bool:
        """Say of a file that nothing is read of it; False where that was said in an earlier run."""
        sentence = f"{printable(missed.name)} {missed.reason}"
        self._failed = self._failed or InputError(sentence)
        if any(it.name == missed.name and missed.reason in it.notes for it in self._head.sources):
            return False
        info = SourceInfo(missed.ordinal, missed.name, "", complete=True, notes=(missed.reason,))
        self._head.describe(info)
        self._keep.describe(SourceMark(info))
        return True

    def _tell_gaps(self) -> None:
        self._head.set_gaps([*self._gaps, *self._damage])
        self._keep.miss(self._gaps)

    def _bound_gaps(self, ordinal: int, batch: Batch) -> None:
        """What comes after a gap says until when it lasts."""
        if not batch.events.height:
            return
        first = int(batch.events[schema.TIME].min())  # type: ignore[arg-type]
        self._last[ordinal] = int(batch.events[schema.TIME].max())  # type: ignore[arg-type]
        if any(gap.end is None for gap in self._gaps):
            self._gaps = [
                replace(gap, end=max(first, gap.start or first)) if gap.end is None else gap
                for gap in self._gaps
            ]
            self._tell_gaps()

    def _wait_for_room(self) -> None:
        """While nothing can be kept, nothing is read on: what is not read is not lost."""
        while self._keep.full and not self._rounds.stopped.wait(POLL):
            self._report()
            self._keep.settle()

    def _report(self) -> None:
        """Say how far reading is, and what stands in its way; not for every chunk."""
        now = monotonic()
        if now - self._reported < _REPORT and self._caught_up == self._told_caught_up:
            return
        self._reported, self._told_caught_up = now, self._caught_up
        lives = [followed.life for followed in list(self._active.values())]
        read = sum(life.position for life in lives)
        total = sum(max(life.size or 0, life.position) for life in lives)
        refused = [f"{printable(str(path))} {why}" for path, why in self._watch.refused.items()]
        held = [
            f"{printable(life.name)} {life.trouble}"
            for life in lives
            if isinstance(life, Tail) and life.trouble
        ]
        trouble = tuple(filter(None, (self._keep.full, *refused, *held)))
        seconds = now - self._started
        self._on_progress(Progress(read, total, self._rows, seconds, self._caught_up, trouble))

    def _catch_up(self) -> None:
        self._keep.settle()
        if self._pace.behind(self._told):
            self._publish()

    @property
    def _told(self) -> int:
        """How often there was something to show, also by what keeps rows beside this."""
        return self._news + self._head.remarked

    def _publish(self) -> StoreView:
        told = self._told
        view = self._head.snapshot()
        self._on_snapshot(view)
        self._pace.shown(told)
        return view


def _next(followed: Followed) -> Decoded | Pause:
    """What comes next of a source; what is wrong with it is its end, and no other's."""
    try:
        return next(followed.steps, Pause.END)
    except InputError as error:
        followed.failed = error
        return Pause.END
