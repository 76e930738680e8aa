"""Writers in processes of their own, killed while they write.

`serve` is the program of a process that has everything imported and makes writers by fork, for an
import takes far longer than a writer lives. It runs no query itself: Polars' threads would not come
through a fork.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[3]


class Nursery:
    """Starts writers on a folder; each says `pid N`, then `acked LINE` after each commit."""

    def __init__(self):
        program = "from tests.data.store_faults.kills import serve; serve()"
        self._process = subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.communicate()

    def write(self, folder, seed):
        """Start a writer; its process number."""
        self._process.stdin.write(f"{seed} {folder}\n")
        self._process.stdin.flush()
        word, number = self._line()
        assert word == "pid"
        return int(number)

    def told(self):
        """What the writer says, until it has ended."""
        while (line := self._line())[0] != "ended":
            yield line

    def _line(self):
        line = self._process.stdout.readline().split()
        assert line, "the nursery has died"
        return line


def serve():
    """Read `SEED FOLDER` lines, and write to each folder in a process of its own until killed."""
    from . import trials  # noqa: F401 - imported before the first fork

    for line in sys.stdin:
        seed, folder = line.rstrip("\n").split(" ", 1)
        child = os.fork()
        if not child:
            _say("pid", os.getpid())
            status = 1
            try:
                _write(Path(folder), Random(int(seed)))
                status = 0
            finally:
                os._exit(status)
        _, status = os.waitpid(child, 0)
        _say("ended", status)


def _write(folder, random):
    from traversion_data.store.durable import open_writer

    from .lines import START, batch_of, lines_of, mark_at

    with open_writer(folder) as store:
        line = lines_of(store.sources)
        _say("acked", line)
        for _ in range(60):
            after = line + random.randrange(1, 40)
            store.append(batch_of(line, after - line), mark_at(after))
            store.commit()
            line = after
            _say("acked", line)
            luck = random.random()
            if luck < 0.2:
                store.compact()
            elif luck < 0.25:
                store.retain(store.bytes * 3 // 4, None, START)


def _say(word, number):
    os.write(1, f"{word} {number}\n".encode())


def kill_trial(nursery, folder, seed):
    """Kill a writer after some commits and a moment more; what it had acknowledged."""
    random = Random(seed)
    pid, left = nursery.write(folder, seed), random.randrange(1, 8)
    acknowledged, killed = 0, False
    for word, number in nursery.told():
        assert word == "acked"
        acknowledged = int(number)
        left -= 1
        if left <= 0 and not killed:
            for _ in range(random.randrange(20_000)):
                pass  # some moment inside the next commit, or after it
            os.kill(pid, signal.SIGKILL)
            killed = True
    assert killed
    return acknowledged
