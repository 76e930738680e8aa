"""Statements word for word, from the files in `golden`, a folder a statement."""

from __future__ import annotations

import pytest

from .golden_cases import cases, given

FOLDERS = (
    *("select", "timeline", "state", "history", "traverse", "path"),
    *("trace", "calls", "stack", "edges", "show", "patterns"),
)
CASES = [(folder, case) for folder in FOLDERS for case in cases(folder)]


@pytest.mark.parametrize(
    "case", [case for _, case in CASES], ids=[f"{folder}-{case.name}" for folder, case in CASES]
)
def test_the_answer_is_the_golden_one(case, tmp_path):
    assert given(case, tmp_path) == case.gives
