"""Files that grow, and a follower beside them: for the tests of tailing."""

from __future__ import annotations

import ctypes
import json
import os
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition, Thread
from unittest import mock

from traversion_data import follow
from traversion_data.ingest import Progress
from traversion_data.intake import Intake, Wanted
from traversion_data.source import tail, watch
from traversion_data.source.notify import NoNotices, notices
from traversion_data.store.durable import open_reader
from traversion_data.store.head import Head
from traversion_data.store.view import StoreView

PATIENCE = 50.0


def line(number: int, **more: object) -> bytes:
    """One event; its number is its id and its second."""
    moment = 1_705_333_643 + number
    return (
        json.dumps({"ts": moment, "event_id": f"e{number}", "msg": f"m{number}", **more}).encode()
        + b"\n"
    )


def lines(first: int, last: int) -> bytes:
    """The events from `first` to before `last`."""
    return b"".join(line(number) for number in range(first, last))


def append(path: Path, data: bytes) -> None:
    """Write behind what is there."""
    with path.open("ab") as file:
        file.write(data)


def cut(path: Path, data: bytes = b"") -> None:
    """Truncate in place, then write."""
    with path.open("r+b") as file:
        file.truncate(0)
        file.write(data)


@dataclass
class Running:
    """A follower at work in a thread."""

    views: list[StoreView] = field(default_factory=list)
    failed: list[BaseException] = field(default_factory=list)
    trouble: tuple[str, ...] = ()
    changed: Condition = field(default_factory=Condition)

    @property
    def view(self) -> StoreView:
        """The newest snapshot."""
        return self.views[-1]

    def until(self, holds: Callable[[StoreView], bool]) -> StoreView:
        """Wait for a snapshot for which something holds."""
        with self.changed:
            done = self.changed.wait_for(
                lambda: self.failed or (self.views and holds(self.views[-1])), PATIENCE
            )
        if self.failed:
            raise self.failed[0]
        assert done, ids(self.view) if self.views else "no snapshot"
        return self.view

    def rows(self, count: int) -> StoreView:
        """Wait for so many events."""
        return self.until(lambda view: view.height >= count)

    def troubled(self, words: str) -> None:
        """Wait until something is said to be wrong just now in these words."""
        with self.changed:
            done = self.changed.wait_for(
                lambda: self.failed or any(words in it for it in self.trouble), PATIENCE
            )
        assert done, self.trouble
        assert not self.failed

    def report(self, progress: Progress) -> None:
        """Take a report."""
        with self.changed:
            self.trouble = progress.trouble
            self.changed.notify_all()

    def show(self, view: StoreView) -> None:
        """Take a snapshot."""
        with self.changed:
            self.views.append(view)
            self.changed.notify_all()


@contextmanager
def following(
    *words: Path | str,
    store: Path | None = None,
    first: Callable[[], None] = lambda: None,
    grace: float = 0.6,
    polls: bool = False,
):
    """A follower of files, with a store behind it where one is given; `first` in its thread.

    grace: seconds that copies are waited for. polls: whether nobody tells of changes.
    """
    running = Running()
    wanted = Wanted(paths=tuple(str(word) for word in words), grows=True, store=store)
    intake = Intake(wanted, Head(), None, running.report, running.show)

    def run() -> None:
        try:
            first()
            intake.run()
        except BaseException as error:  # noqa: BLE001 - raised again by the test
            with running.changed:
                running.failed.append(error)
                running.changed.notify_all()

    thread = Thread(target=run, daemon=True)
    with (
        mock.patch.object(watch, "GRACE", grace),
        mock.patch.object(tail, "LINGER", 1.5),
        mock.patch.object(follow, "notices", NoNotices if polls else notices),
    ):
        thread.start()
        try:
            yield running
        finally:
            intake.cancel()
            thread.join(PATIENCE)
            assert not thread.is_alive()
            if running.failed:
                raise running.failed[0]


def ids(view: StoreView) -> list[str]:
    """The ids of all events, in order."""
    return view.events["event_id"].to_list()


def expected(first: int, last: int) -> list[str]:
    """The ids of `lines(first, last)`."""
    return [f"e{number}" for number in range(first, last)]


def accounts(view: StoreView) -> None:
    """Every line read is somewhere."""
    for source in view.sources:
        assert source.read == source.stored + source.set_aside + source.blank, source


def places(view: StoreView, path: Path) -> None:
    """Every row's offset is where its line begins in the file it came from."""
    data = path.read_bytes()
    for row in view.events.select("offset", "length", "event_id").iter_rows(named=True):
        record = json.loads(data[row["offset"] : row["offset"] + row["length"]])
        assert record["event_id"] == row["event_id"]


def rename(path: Path, to: str) -> Path:
    """Move a file beside itself."""
    other = path.with_name(to)
    path.rename(other)
    return other


class Bench:
    """A file `app.log`, its follower, and a way to look away for a while."""

    def __init__(
        self,
        folder: Path,
        *words: str,
        restarts: bool,
        polls: bool,
        kept: bool = False,
        **more: object,
    ) -> None:
        """`kept`: whether there is a store though nothing restarts."""
        self.folder = folder
        self.path = folder / "app.log"
        self._words = [str(folder / word) for word in words or ("app.log",)]
        self.restarts = restarts
        self.store = folder / "store" if restarts or kept else None
        self._more = {"polls": polls, **more}
        self._open: ExitStack | None = None
        self.running: Running

    def start(self) -> None:
        """Begin to follow."""
        self._open = ExitStack()
        self.running = self._open.enter_context(
            following(*self._words, store=self.store, **self._more)
        )

    def begin(self, count: int) -> None:
        """Write so many lines, follow, and wait for them."""
        self.path.write_bytes(lines(0, count))
        self.start()
        self.running.rows(count)

    def away(self, happens: Callable[[], None]) -> None:
        """Let something happen: unseen where this bench restarts, else while it follows."""
        if self.restarts:
            self.stop()
            happens()
            self.start()
        else:
            happens()

    def stop(self) -> None:
        """Stop to follow."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def gaps(self) -> list[str]:
        """Why something may be missing."""
        return [gap.reason for gap in self.running.view.gaps]


def check(view: StoreView, wanted: list[str]) -> None:
    """Exactly these events are there, and every line is accounted for."""
    assert sorted(ids(view), key=lambda it: int(it[1:])) == wanted
    accounts(view)


def stored(folder: Path) -> list[str]:
    """The ids in a store, in order, read beside whoever writes it."""
    with open_reader(folder) as reader:
        frames = reader.read().frames
    return [it for frame in frames for it in frame["event_id"].to_list()]


_VERSION, _READS_ALL = 0x20080522, 0b110
"""Of the system's capabilities: the layout, and the two that let root pass permission bits."""


def bound_by_permissions() -> None:
    """Let permission bits bind this thread and those it starts, also where it is root's."""
    if os.geteuid():
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header, sets = (ctypes.c_uint32 * 2)(_VERSION, 0), (ctypes.c_uint32 * 6)()
    assert libc.capget(header, sets) == 0
    sets[0] &= ~_READS_ALL
    assert libc.capset(header, sets) == 0
