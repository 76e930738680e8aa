"""One trial of each kind of fault, drawn from a seed; the suite runs some, the soak many."""

from __future__ import annotations

import errno
from contextlib import suppress
from random import Random

from traversion_data.store.durable import open_writer
from traversion_data.store.errors import StoreError

from .disks import QUICK, FailingDisk, Stopped, from_then_on, once, stop_at
from .lines import START, batch_of, fill, lines_of, mark_at, verify
from .power import VolatileDisk

OPERATIONS_OF_A_RUN = 120
"""More than `run` does to a disk, so that some trials end without a fault."""


class Acknowledged:
    """The lines a store has said are durable."""

    def __init__(self, line=0):
        self.line = line

    def __call__(self, line):
        self.line = max(self.line, line)


def run(folder, disk, acknowledged, random):
    """Open a store, go on from where it is, commit, lay together and let go, at random."""
    with open_writer(folder, disk) as store:
        line = lines_of(store.sources)
        for _ in range(random.randrange(2, 5)):
            after = line + random.randrange(1, 25)
            store.append(batch_of(line, after - line), mark_at(after))
            store.commit()
            acknowledged(after)
            line = after
            luck = random.random()
            if luck < 0.3:
                store.compact()
            elif luck < 0.4:
                store.retain(max(store.bytes - 1, 0), None, START)


WAYS = (once, from_then_on, stop_at)
"""An operation fails and the next one does not; all fail from it on; the process ends there."""


def work(folder, disk, acknowledged):
    """Everything a store does with files, the same every time."""
    with open_writer(folder, disk) as store:
        fill(store, lines_of(store.sources), 30, committed=acknowledged)
        store.compact()
        fill(store, 30, 40, committed=acknowledged)


def operations(folder):
    """How many operations `work` takes where none fails."""
    disk = FailingDisk(QUICK)
    work(folder, disk, Acknowledged())
    return len(disk.done)


def operation_trial(folder, at, way):
    """`work` with one operation failing."""
    acknowledged = Acknowledged()
    with suppress(StoreError, Stopped):
        work(folder, FailingDisk(QUICK, way(at)), acknowledged)
    return finish(folder, acknowledged)


def fault_trial(folder, seed):
    """Two runs with a failing disk, the second one over what the first has left."""
    random, acknowledged = Random(seed), Acknowledged()
    for _ in range(2):
        at = random.randrange(1, OPERATIONS_OF_A_RUN)
        code = random.choice([errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EROFS])
        fails = random.choice([once(at, code), from_then_on(at, code), stop_at(at)])
        with suppress(StoreError, Stopped):
            run(folder, FailingDisk(QUICK, fails), acknowledged, random)
    return finish(folder, acknowledged)


def power_trial(folder, seed, kind=VolatileDisk):
    """Two runs that end in a power cut, the second one recovering from the first."""
    random, acknowledged = Random(seed), Acknowledged()
    folder.mkdir(mode=0o700)
    for _ in range(2):
        disk = kind(folder)
        at = random.randrange(1, OPERATIONS_OF_A_RUN)
        with suppress(Stopped):
            run(folder, FailingDisk(disk, stop_at(at)), acknowledged, random)
        disk.cut_power(random)
    return finish(folder, acknowledged)


def finish(folder, acknowledged):
    """Assert that nothing acknowledged is lost and that the store goes on; its lines."""
    with open_writer(folder, QUICK) as store:
        line = lines_of(store.sources)
        assert line >= acknowledged.line, f"{acknowledged.line} acknowledged, {line} there"
    assert verify(folder) == line
    with open_writer(folder, QUICK) as store:
        fill(store, line, line + 20)
        store.compact()
    return verify(folder)
