"""Writers in processes of their own, killed while they write.

`serve` is the program of a process that has everything imported and makes writers by fork, for an
import takes far longer than a writer lives. It runs no query itself: Polars' threads would not come
through a fork.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from random import Random

from traversion_data.store.durable import open_writer
from traversion_data.store.files import DISK

from .disks import FailingDisk
from .lines import START, batch_of, lines_of, mark_at

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

    def __exit__(self, kind, error, trace):
        if kind is not None:
            self._process.kill()  # its writer ends with the pipe it talks into
        self._process.communicate()

    def write(self, folder, seed, fate="live"):
        """Start a writer with one of `FATES`; its process number."""
        self._process.stdin.write(f"{seed} {fate} {folder}\n")
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
    """Read `SEED FATE FOLDER` lines, and write to each folder in a process of its own."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what shells ignore for jobs
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    for line in sys.stdin:
        seed, fate, folder = line.rstrip("\n").split(" ", 2)
        child = os.fork()
        if not child:
            _say("pid", os.getpid())
            status = 1
            try:
                FATES[fate](Path(folder), int(seed))
                status = 0
            finally:
                os._exit(status)
        _, status = os.waitpid(child, 0)
        _say("ended", status)


def _live(folder, seed):
    """Write until killed."""
    _write(folder, Random(seed), DISK)


def _die(folder, at):
    """Be killed by the system at file operation number `at`."""

    def kill(number, operation):
        if number == at:
            os.kill(os.getpid(), signal.SIGKILL)

    _write(folder, Random(1), FailingDisk(DISK, kill))


def _starve(folder, megabytes):
    """Write batches that grow, with so much memory beyond what is in use."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    limit = used + megabytes * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    with open_writer(folder) as store:
        line, step = lines_of(store.sources), 1000
        while True:
            store.append(batch_of(line, step), mark_at(line + step))
            store.commit()
            line, step = line + step, 2 * step
            _say("acked", line)


FATES = {"live": _live, "die": _die, "starve": _starve}


def _write(folder, random, disk):
    with open_writer(folder, disk) as store:
        line = lines_of(store.sources)
        _say("acked", line)
        for _ in range(3000):
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
