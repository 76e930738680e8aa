"""The page about the language is the registry's, and each of its examples runs as shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from traversion_engine import Context, NotAvailableError, Recording, open_recording
from traversion_engine.timeql.page import page
from traversion_engine.timeql.registry import STATEMENTS

PAGE = Path(__file__).parents[2] / "docs" / "timeql.md"
EXAMPLES = [(info, example) for info in STATEMENTS.values() for example in info.examples]


@pytest.fixture(scope="module")
def recording() -> Recording:
    return open_recording("scenario:checkout-cascade")


def test_the_page_is_what_the_registry_says() -> None:
    told = "python -m traversion_engine.timeql.page > docs/timeql.md makes it anew"
    assert PAGE.read_text(encoding="utf-8") == page(), told


@pytest.mark.parametrize(
    ("info", "example"), EXAMPLES, ids=[" ".join(example.split()) for _, example in EXAMPLES]
)
def test_every_example_runs_and_gives_the_columns_shown(info, example, recording) -> None:
    if not info.available:
        with pytest.raises(NotAvailableError):
            recording.query(example)
        return
    answer = recording.query(example, Context(playhead=recording.view.bounds.end))
    if info.columns:
        assert [column.name for column in answer.columns] == [c.name for c in info.columns]
    assert answer.frame.columns == [column.name for column in answer.columns]
    assert answer.total or answer.notes
