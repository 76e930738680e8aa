"""A writer at a steady pace, files that turn, and a follower that keeps every row in a store.

From the project's folder:

    python -m tests.soak.load --seconds 600 --rate 50000 --turn 10 --max-memory 512

The events have `--size` bytes, a number and the moment they were written. Prints how many were
written and stored (the sets of numbers must be equal), the time from writing to the snapshot that
has the row (p50, p99, worst; to the millisecond) and the follower's peaks of memory: what it alone
holds, and with maps of files. What measures them takes the same memory however long it runs. Ends
with 1 where a row is lost or twice.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep, time_ns

import numpy as np
import polars as pl

from traversion_data.intake import Intake, Wanted
from traversion_data.store.durable import open_reader
from traversion_data.store.head import Head
from traversion_data.store.room import Room
from traversion_data.store.spill import Spill, in_memory
from traversion_data.store.view import StoreView

TICK = 0.01
PATIENCE = 120.0


def write(path: Path, seconds: float, rate: int, turn: float, size: int) -> int:
    """Write events at a pace, renaming the file now and then; how many."""
    began, turned, count, turns = monotonic(), monotonic(), 0, 0
    log = path.open("ab", buffering=0)
    while (now := monotonic()) - began < seconds:
        if now - turned >= turn:
            turned, turns = now, turns + 1
            log.close()
            path.rename(path.with_name(f"{path.name}.{turns}"))
            log = path.open("ab", buffering=0)
        due = min(int((now - began) * rate), count + rate) - count
        moment = time_ns()
        lines = (b'{"ts":%d,"event_id":"e%d","msg":"' % (moment, count + n) for n in range(due))
        log.write(b"".join(it.ljust(size - 3, b"x") + b'"}\n' for it in lines))
        count += due
        sleep(TICK)
    log.close()
    return count


class Latency:
    """How long rows take from being written until a snapshot has them, counted by milliseconds."""

    def __init__(self) -> None:
        self.height = 0
        self._counts = np.zeros(int(PATIENCE * 1000) + 1, dtype=np.int64)

    def __call__(self, view: StoreView) -> None:
        """Take a snapshot."""
        new = view.height - self.height
        self.height = view.height
        if new > 0:
            written = view.events["time"].tail(new).to_numpy()
            waited = (time_ns() - written) // 1_000_000
            self._counts += np.bincount(
                waited.clip(0, len(self._counts) - 1), minlength=len(self._counts)
            )

    def within(self, share: float) -> float:
        """The seconds in which such a share of the rows were there."""
        passed = np.cumsum(self._counts)
        return int(np.searchsorted(passed, share * passed[-1])) / 1000


class Held:
    """The most memory that this process has held, in bytes: what it alone does, and all."""

    def __init__(self) -> None:
        self.alone = 0
        self.all = 0

    def weigh(self, ended: Event) -> None:
        """Look now and then, until it has ended."""
        while not ended.wait(0.1):
            self.alone = max(self.alone, in_memory())
            resident = int(Path("/proc/self/statm").read_text().split()[1])
            self.all = max(self.all, resident * resource.getpagesize())


def stored(store: Path, written: int) -> tuple[int, int]:
    """How many rows a store holds, and how many different ones of those that were written."""
    rows, seen = 0, np.zeros(written, dtype=bool)
    with open_reader(store) as reader:
        for piece in reader.pieces():
            for frame in piece.frames:
                ids = frame["event_id"].cast(pl.String)
                seen[ids.str.strip_prefix("e").cast(pl.Int64).to_numpy()] = True
                rows += frame.height
    return rows, int(seen.sum())


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--rate", type=int, default=50_000, help="events a second")
    parser.add_argument("--size", type=int, default=265, help="bytes of an event")
    parser.add_argument("--turn", type=float, default=10, help="seconds between two turns")
    parser.add_argument("--max-memory", type=int, default=512, help="MiB")
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.write is not None:
        print(write(asked.write, asked.seconds, asked.rate, asked.turn, asked.size))
        return 0
    with tempfile.TemporaryDirectory() as name:
        return follow(Path(name), asked)


def follow(folder: Path, asked: argparse.Namespace) -> int:
    """Follow a writer in another process; 1 where a row is lost or twice."""
    path, latency = folder / "app.log", Latency()
    words = (str(folder / "app.log*"),)
    room = Room(asked.max_memory * 1024 * 1024, Spill(folder / "spilled"))
    wanted = Wanted(paths=words, grows=True, store=folder / "store", room=room)
    intake = Intake(wanted, Head(), on_snapshot=latency)
    thread = Thread(target=intake.run)
    thread.start()
    over, held = Event(), Held()
    weighing = Thread(target=held.weigh, args=(over,))
    weighing.start()
    command = [sys.executable, "-m", "tests.soak.load", "--write", str(path)]
    command += ["--seconds", str(asked.seconds), "--rate", str(asked.rate)]
    command += ["--turn", str(asked.turn), "--size", str(asked.size)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    written, ended = int(done.stdout), monotonic()
    while latency.height < written and monotonic() - ended < PATIENCE:
        sleep(0.1)
    behind = monotonic() - ended
    intake.cancel()
    thread.join()
    over.set()
    weighing.join()
    rows, different = stored(folder / "store", written)
    twice, lost = rows - different, written - different
    print(
        f"{written:,} written in {asked.seconds:.0f} s ({written / asked.seconds:,.0f} a second), "
        f"{rows:,} stored, {lost:,} lost, {twice:,} twice; caught up {behind:.1f} s after "
        f"the last; event to row p50 {latency.within(0.5):.2f} s, p99 {latency.within(0.99):.2f} "
        f"s, worst {latency.within(1.0):.2f} s; peak memory {held.alone / 1024**2:,.0f} MiB its "
        f"own, {held.all / 1024**2:,.0f} MiB with maps of files"
    )
    return 1 if lost or twice else 0


if __name__ == "__main__":
    sys.exit(main())
