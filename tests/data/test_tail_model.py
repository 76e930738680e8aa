"""Sequences of what happens to log files, chosen by seeds; `tests.soak.tail` runs many more."""

from __future__ import annotations

import pytest

from .tail_model import World, trial
from .tail_model_stored import StoreWorld


@pytest.mark.parametrize("first", range(0, 240, 60))
def test_lines_are_given_once_whatever_happens_to_their_files(tmp_path, first):
    gaps = 0
    for seed in range(first, first + 60):
        gaps += len(trial(tmp_path / "logs", seed).gaps)
    assert gaps


@pytest.mark.parametrize("first", range(0, 24, 8))
def test_a_store_holds_lines_once_whatever_happens_to_their_files(tmp_path, first):
    for seed in range(first, first + 8):
        trial(tmp_path / "logs", seed, make=StoreWorld)


def test_the_model_can_fail(tmp_path):
    class Forgetful(World):
        def _look(self) -> None:
            super()._look()
            for kept in self.kept.values():
                del kept.lines[:1]
                kept.before += 1

    with pytest.raises(AssertionError):
        trial(tmp_path / "logs", 7, make=Forgetful)
