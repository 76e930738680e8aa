"""Power that goes at any moment takes nothing that was acknowledged."""

from __future__ import annotations

import pytest

from traversion_data.store.errors import StoreError

from .store_faults.power import SloppyDisk
from .store_faults.trials import power_trial


@pytest.mark.parametrize("block", range(3))
def test_acknowledged_rows_survive_power_cuts(tmp_path, block):
    for seed in range(block * 20, block * 20 + 20):
        power_trial(tmp_path / str(seed), seed)


def test_without_syncs_they_do_not(tmp_path):
    lost = 0
    for seed in range(40):
        try:
            power_trial(tmp_path / str(seed), seed, SloppyDisk)
        except (AssertionError, StoreError):
            lost += 1
    assert lost > 20
