"""The soaks of ingestion in small numbers; `tests.soak.paths` and `tests.soak.fuzz` do more."""

from __future__ import annotations

import pytest

from ..soak import fuzz, paths


@pytest.mark.parametrize("seed", range(6))
def test_quick_and_exact_path_agree_on_generated_lines(seed):
    paths.trial(seed, 400)


@pytest.mark.parametrize("seed", range(12))
def test_mutated_lines_are_all_accounted_for(seed):
    fuzz.trial(seed, 300)
