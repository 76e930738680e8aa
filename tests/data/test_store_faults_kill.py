"""Writers killed at any moment: what they acknowledged is there, and the next one goes on."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from traversion_data.store.durable import open_writer
from traversion_data.store.errors import StoreBusyError

from .store_faults.kills import Nursery, kill_trial
from .store_faults.lines import lines_of, verify
from .store_faults.trials import Acknowledged, finish

KILLS = 20


def test_kills_lose_nothing_acknowledged(tmp_path):
    folder, reached = tmp_path / "store", Acknowledged()
    with Nursery() as nursery:
        for seed in range(KILLS):
            reached(kill_trial(nursery, folder, seed))
            assert verify(folder) >= reached.line
    assert reached.line > 100
    finish(folder, reached)


def test_readers_beside_a_writer_see_whole_generations_only(tmp_path):
    folder, seen = tmp_path / "store", set()
    with Nursery() as nursery:
        pid = nursery.write(folder, 3)
        for _, line in nursery.told():
            at_least, there = int(line), verify(folder)
            assert there >= at_least
            seen.add(there)
            if len(seen) == 25:
                os.kill(pid, signal.SIGKILL)
                break
        list(nursery.told())
    assert len(seen) == 25


def test_kills_at_operations_of_the_disk(tmp_path):
    with Nursery() as nursery:
        for at in range(1, 60, 4):
            folder, reached = tmp_path / str(at), Acknowledged()
            nursery.write(folder, at, "die")
            for _, line in nursery.told():
                reached(int(line))
            finish(folder, reached)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads its size in /proc")
def test_a_writer_that_runs_out_of_memory_leaves_a_whole_store(tmp_path):
    folder, reached = tmp_path / "store", Acknowledged()
    with Nursery() as nursery:
        nursery.write(folder, 200, "starve")
        for _, line in nursery.told():
            reached(int(line))
    assert reached.line > 0
    finish(folder, reached)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_other_signals_end_a_writer_as_well_as_a_kill(tmp_path, name):
    folder, reached = tmp_path / "store", Acknowledged()
    with Nursery() as nursery:
        pid = nursery.write(folder, 1)
        for _, line in nursery.told():
            if reached.line <= 50 < int(line):
                os.kill(pid, getattr(signal, name))
            reached(int(line))
    assert reached.line > 50
    finish(folder, reached)


def test_a_lock_ends_with_its_process(tmp_path):
    folder = tmp_path / "store"
    with Nursery() as nursery:
        pid = nursery.write(folder, 1)
        told = nursery.told()
        next(told)
        with pytest.raises(StoreBusyError, match=f"process {pid} "):
            open_writer(folder)
        os.kill(pid, signal.SIGKILL)
        list(told)
    with open_writer(folder) as store:
        assert lines_of(store.sources) == verify(folder)
