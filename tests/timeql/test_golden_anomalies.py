"""ANOMALIES word for word, from the files in `golden/anomalies`."""

from __future__ import annotations

import pytest

from .golden_cases import cases, given


@pytest.mark.parametrize("case", cases("anomalies"), ids=lambda case: case.name)
def test_the_answer_is_the_golden_one(case, tmp_path):
    assert given(case, tmp_path) == case.gives
