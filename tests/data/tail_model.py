"""A model of log files and of those who write, turn, cut, copy and pack them, beside a watch.

A world does what a seed says to real files and looks at them with `Watch` and `Tail`, without a
thread or a pause: the clock is the world's own. What a look gave is kept in the world with the
places it was given at, as a store keeps it, so that a restart goes on from there.

What the rules promise: a line that was written whole is there exactly once. It may be missing only
where something was taken away before it was looked at (and then a gap is told), and no bytes are
there that nobody wrote.
"""

from __future__ import annotations

import gzip
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from unittest import mock

from traversion_data.source import tail
from traversion_data.source.base import Chunk
from traversion_data.source.blocks import cut
from traversion_data.source.kin import Earlier, Life
from traversion_data.source.watch import Watch
from traversion_data.store.position import Position

PATTERN = "app.log*"
ALIKE = 20
"""First bytes that lines may share: a file of fewer cannot be told from one filled anew."""


@dataclass
class Kept:
    """What was taken of one life."""

    lines: list[bytes] = field(default_factory=list)
    position: Position | None = None
    before: int = 0
    """Lines before the first that was taken: they were taken of another life."""
    done: bool = False


class World:
    """Files in a folder, those who change them, and what a watch has given of them."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.path = folder / "app.log"
        self.random = Random(seed)
        self.time = 0.0
        self.numbers = count()
        self.written: list[bytes] = []
        self.exposed: set[bytes] = set()
        """Lines that were taken away, or may have been, before anybody looked."""
        self.unknowable: set[bytes] = set()
        """Those of them that left no trace: nothing was known of their file."""
        self.seen = b""
        """What `app.log` held when it was last looked at."""
        self.weak: set[bytes] = set()
        """Lines whose file was known by a line that was begun: no store knows of it."""
        self.short: set[bytes] = set()
        """Lines in copies that lack lines which had been read when the file was cut."""
        self.doubtful: set[bytes] = set()
        """Those which may be there twice: a restart leaves too little to know such a copy by."""
        self.torn: set[bytes] = set()
        self.unseen: list[bytes] = []
        """Lines written to `app.log` since it was last looked at."""
        self.partial = b""
        self.rotated: list[Path] = []
        self.done: list[str] = []
        self.kept: dict[int, Kept] = {}
        self.gaps: list[str] = []
        self.ordinals = count()
        self.begin()

    def begin(self) -> None:
        """Begin to watch, from what was kept."""
        earlier = {
            ordinal: Earlier(it.position, it.done)
            for ordinal, it in self.kept.items()
            if it.position is not None
        }
        word = str(self.folder / PATTERN)
        self.watch = Watch([word], lambda: next(self.ordinals), earlier, now=lambda: self.time)
        self.reading: list[tuple[Life, object]] = []

    def look(self) -> None:
        """Look until a file that was found cut has been found again: twice, that is."""
        self._look()
        self._look()
        if not self.waits:
            self.unseen.clear()
            self.short.clear()
        self.weak.clear()
        self.seen = self.path.read_bytes() if self.path.exists() else b""

    @property
    def waits(self) -> bool:
        """Whether there are files that are not read yet on purpose."""
        return self.watch.waits

    def _look(self) -> None:
        """Look at the paths, then at every file until it gives nothing more."""
        self.time += 0.25
        for life in self.watch.scan():
            kept = self.kept.setdefault(life.ordinal, Kept())
            if life.copy_of is not None:
                kept.position, kept.before = life.here, life.track.start.line
            self.reading.append((life, _chunks(life)))
        self._miss()
        for life, chunks in list(self.reading):
            kept = self.kept[life.ordinal]
            chunk = True
            while chunk:
                chunk = False if life.abandoned else next(chunks, False)
                if chunk:
                    assert chunk.offset == (kept.position.offset if kept.position else 0)
                    assert chunk.first_line == kept.before + len(kept.lines)
                    kept.lines += chunk.data.splitlines(keepends=True)
                    kept.position = life.behind(chunk)
            if chunk is False:
                kept.done = True
                self.reading.remove((life, chunks))
        self._miss()

    def _miss(self) -> None:
        for missed in self.watch.missed():
            self.gaps.append(missed.reason)
            self.kept.setdefault(missed.ordinal, Kept()).done = True

    def line(self) -> bytes:
        """A line nobody has written before."""
        filler = "x" * self.random.choice((0, 3, 40, 300))
        return b'{"event_id":"e%d","ts":1705333643,"f":"%s"}\n' % (
            next(self.numbers),
            filler.encode(),
        )

    def _append(self, data: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(data)

    # what may happen

    def write(self) -> None:
        """A few whole lines; the first may end one that was begun."""
        for _ in range(self.random.choice((1, 1, 3, 12))):
            data = self.partial or self.line()
            rest = data[self.begun :] if self.partial else data
            self._append(rest)
            self.partial = b""
            self.written.append(data)
            self.unseen.append(data)

    begun = 0

    def begin_line(self) -> None:
        """The first bytes of a line."""
        if not self.partial:
            self.partial = self.line()
            self.begun = self.random.randrange(1, len(self.partial))
            self._append(self.partial[: self.begun])

    def end_line(self) -> None:
        """The last bytes of a line that was begun."""
        if self.partial:
            self._append(self.partial[self.begun :])
            self.written.append(self.partial)
            self.unseen.append(self.partial)
            self.partial = b""

    def _expose(self, *, traced: bool = True) -> None:
        self._tear()
        self.exposed.update(self.unseen)
        if len(self.seen) < ALIKE or not traced:
            self.unknowable.update(self.unseen)
        elif b"\n" not in self.seen:
            self.weak.update(self.unseen)
        self.unseen.clear()
        self.seen = b""

    def _tear(self) -> None:
        """What was begun is never ended where it began."""
        if self.partial:
            self.torn.add(self.partial[: self.begun])
            self.partial = b""

    def turn(self) -> None:
        """Rename all, the newest to `.1`; what was begun is ended first."""
        if not self.path.exists():
            return
        self.end_line()
        self._shift()
        self.path.rename(self.folder / "app.log.1")
        self.rotated.insert(0, self.folder / "app.log.1")
        self.unseen.clear()
        self.seen = b""

    def _shift(self) -> None:
        for number, path in reversed(list(enumerate(self.rotated, start=2))):
            ending = ".gz" if path.suffix == ".gz" else ""
            self.rotated[number - 2] = path.rename(self.folder / f"app.log.{number}{ending}")

    def cut(self) -> None:
        """Truncate in place; what was not looked at is gone."""
        if self.path.exists():
            self._expose()
            with self.path.open("r+b") as file:
                file.truncate(0)

    def copy_and_cut(self) -> None:
        """Copy to `.1`, then truncate."""
        if self.path.exists():
            self._shift()
            shutil.copyfile(self.path, self.folder / "app.log.1")
            self.rotated.insert(0, self.folder / "app.log.1")
            self.unseen.clear()
            if self.random.random() < 0.3:
                self.look()
            if self.random.random() < 0.2 and not self.partial:
                self.short.update(self.path.read_bytes().splitlines(keepends=True))
                self.write()
                if self.random.random() < 0.5:
                    self.look()
            self._expose(traced=False)
            self.cut()

    def delete(self) -> None:
        """Remove the file; what was not looked at is gone."""
        if self.path.exists():
            self._expose()
            self.path.unlink()

    def replace(self) -> None:
        """Remove the file and write another of the name at once, larger often."""
        self.delete()
        self.write()

    def refill(self) -> None:
        """Truncate, and write until the file is larger than it was."""
        if self.path.exists():
            size = self.path.stat().st_size
            self.cut()
            while self.path.stat().st_size <= size:
                self.write()

    def pack(self) -> None:
        """Compress a file that was turned; it may be met half written."""
        plain = [path for path in self.rotated if path.suffix != ".gz"]
        if not plain:
            return
        path = self.random.choice(plain)
        packed = path.with_name(path.name + ".gz")
        data = gzip.compress(path.read_bytes())
        if self.random.random() < 0.3:
            for part in (0, len(data) // 2):
                packed.write_bytes(data[:part])
                self.look()
        packed.write_bytes(data)
        if self.random.random() < 0.3:
            self.look()
        path.unlink()
        self.rotated[self.rotated.index(path)] = packed

    def pause(self) -> None:
        """Let time go by, looking now and then."""
        for _ in range(self.random.choice((1, 6, 24))):
            self.time += 0.25
            self.look()

    def restart(self) -> None:
        """The program ends and begins again."""
        if b"\n" not in self.seen:
            self.seen = b""
        self.doubtful |= self.short
        self.unknowable |= self.weak
        self.end()
        self.begin()

    def settle(self) -> None:
        """Look until nothing can change any more."""
        self.end_line()
        for _ in range(10):
            self.look()
            self.time += 0.5
        self.time += 15
        self.look()

    def taken(self) -> Counter[bytes]:
        """How often each line was given."""
        return Counter(line for kept in self.kept.values() for line in kept.lines)

    def end(self) -> None:
        """Nothing is looked at any more."""
        self.watch.close()

    def check(self) -> None:
        """Every promise, by name."""
        times = self.taken()
        known = Counter(self.written)
        missing = [line for line in self.written if not times[line]]
        lost = [line for line in missing if line not in self.exposed]
        assert not lost, f"lost {lost[:3]}"
        known_missing = [line for line in missing if line not in self.unknowable]
        assert not known_missing or self.gaps, f"missing without a gap: {missing[:3]}"
        strange = [
            line
            for line in times
            if line not in known and not any(it == line.rstrip(b"\n") for it in self.torn)
        ]
        assert not strange, f"torn {strange[:3]}"
        whole = (line for line in times if line.endswith(b"\n"))
        twice = [line for line in whole if times[line] > 1]
        clear = [line for line in twice if line not in self.doubtful]
        assert not clear, f"twice {clear[:3]}"
        assert not twice or self.gaps, f"twice without a gap {twice[:3]}"


def _chunks(life: Life) -> Iterator[Chunk | None]:
    place = life.track.start
    for chunk in cut(life.pieces(), life.ordinal, life.hold):
        yield place.of(chunk) if chunk else None


ACTIONS = (
    *[World.look] * 6,
    *[World.write] * 5,
    World.begin_line,
    World.end_line,
    *[World.turn] * 2,
    World.cut,
    World.copy_and_cut,
    World.copy_and_cut,
    World.delete,
    World.replace,
    World.refill,
    World.pack,
    World.pause,
    World.restart,
)


def trial(
    folder: Path, seed: int, actions: int = 14, make: Callable[[Path, int], World] = World
) -> World:
    """One sequence of actions that a seed chooses, then what was promised."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with mock.patch.object(tail, "HOLD", 0.0):
        world = make(folder, seed)
        for _ in range(actions):
            action = world.random.choice(ACTIONS)
            world.done.append(action.__name__)
            action(world)
        world.settle()
        world.end()
        world.check()
    return world
