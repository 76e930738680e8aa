"""Synonyms for which nothing is recorded: a note, never an error, whatever stands beside them."""

from __future__ import annotations

import pytest

ROW = {"timestamp": "2024-01-15T10:00:00Z", "service": "db", "message": "m", "cpu_pct": 1.5}


@pytest.fixture(scope="module")
def recordings(record):
    return {count: record([ROW] * count) for count in (3, 5_000)}


@pytest.mark.parametrize(
    "predicate",
    [
        "disk > 5",
        "NOT disk > 5",
        "disk IN (1, 2)",
        "disk BETWEEN 1 AND 2",
        "disk LIKE 'a%'",
        "disk CONTAINS 'a'",
        "disk IS NOT NULL",
        "disk",
        "5 < disk",
        "disk > cpu",
        "disk > 80%",
        "disk + 1 > 5",
        "disk > 5 AND service = 'db'",
    ],
)
@pytest.mark.parametrize("events", [3, 5_000])
def test_a_predicate_is_unknown_of_every_event(recordings, predicate, events):
    table = recordings[events].query(f"TIMELINE WHERE {predicate}")
    assert table.total == 0
    assert table.notes[0] == "No field of this recording says disk."
    assert len(table.notes) == 2


def test_the_absence_of_a_field_that_is_not_recorded_is_true(shop):
    assert shop.query("TIMELINE WHERE disk IS NULL").total == 6
