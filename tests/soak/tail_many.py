"""Ten thousand followed files, and few descriptors to do it with.

From the project's folder:

    python -m tests.soak.tail_many [--files 10000] [--descriptors 256] [--idle 20] [--folder DIR]

Writes a line to every file, follows them by a pattern under that limit, leaves them alone for a
while, then writes another line to each and turns every hundredth. Prints how soon the first and the
last row came, and the share of one processor while nothing happened. Ends with 1 where a line is
missing or there twice.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
from pathlib import Path
from threading import Condition, Thread
from time import monotonic, process_time, sleep

from traversion_data.follow import Follower
from traversion_data.store.head import Head
from traversion_data.store.view import StoreView

PATIENCE = 600.0


def line(number: int) -> bytes:
    """An event that no other file has."""
    return b'{"ts":%d,"event_id":"e%d","msg":"x"}\n' % (1_705_333_643 + number, number)


class Shown:
    """How many rows were shown, and when the first was."""

    def __init__(self) -> None:
        self.began = monotonic()
        self.first = 0.0
        self.view: StoreView | None = None
        self._changed = Condition()

    def show(self, view: StoreView) -> None:
        """Take a snapshot."""
        with self._changed:
            if view.height and not self.first:
                self.first = monotonic() - self.began
            self.view = view
            self._changed.notify_all()

    def rows(self, count: int) -> float:
        """Wait for so many; seconds since the beginning."""
        with self._changed:
            self._changed.wait_for(
                lambda: self.view is not None and self.view.height >= count, PATIENCE
            )
        return monotonic() - self.began


def share(seconds: float) -> float:
    """This process's share of one processor for so long."""
    before, began = process_time(), monotonic()
    sleep(seconds)
    return (process_time() - before) / (monotonic() - began)


def run(folder: Path, files: int, idle: float) -> int:
    """Follow, and say what it took; how many events are missing or there twice."""
    paths = [folder / f"{number:05}.log" for number in range(files)]
    for number, path in enumerate(paths):
        path.write_bytes(line(number))
    shown = Shown()
    follower = Follower([str(folder / "*.log*")], Head(), on_snapshot=shown.show)
    thread = Thread(target=follower.run, daemon=True)
    thread.start()
    whole = shown.rows(files)
    print(
        f"{files:,} files: first rows after {shown.first:.2f} s, all after {whole:.1f} s",
        flush=True,
    )
    sleep(3)
    held = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - names are counted
    print(
        f"idle: {share(idle):.1%} of one processor over {idle:.0f} s, {held} descriptors",
        flush=True,
    )
    began = monotonic()
    for number, path in enumerate(paths):
        with path.open("ab") as log:
            log.write(line(files + number))
        if number % 100 == 0:
            path.rename(path.with_name(path.name + ".1"))
            path.write_bytes(line(2 * files + number))
    wanted = 2 * files + len(paths[::100])
    written = monotonic() - began
    seconds = shown.rows(wanted) - (began - shown.began)
    print(
        f"a line more in each, written in {written:.1f} s: all rows after {seconds:.1f} s",
        flush=True,
    )
    follower.stop()
    thread.join(PATIENCE)
    assert shown.view is not None
    found = shown.view.events["event_id"]
    twice = found.len() - found.n_unique()
    print(
        f"{found.n_unique():,} of {wanted:,} events, {twice} twice, {len(shown.view.gaps)} gaps",
        flush=True,
    )
    return wanted - found.n_unique() + twice


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--descriptors", type=int, default=256)
    parser.add_argument("--idle", type=float, default=20, help="seconds")
    parser.add_argument("--folder", type=Path, help="where the files are made")
    asked = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (asked.descriptors, hard))
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        return 1 if run(Path(name), asked.files, asked.idle) else 0


if __name__ == "__main__":
    sys.exit(main())
