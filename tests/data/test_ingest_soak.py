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


@pytest.mark.parametrize("record", [r'"\ud83d":1', r'"http":{"\udc00":{"a":1}}'])
def test_a_key_that_is_half_a_character_is_read_exactly(record):
    block = f'{{"ts":1705333643,"n":7,{record}}}\n'.encode() * 100
    first, second = paths.decode([block, block])
    assert first.events.height == second.events.height == 100
    assert first.events["n"].equals(second.events["n"])
