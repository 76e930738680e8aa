"""Local times that the clocks of a zone skipped."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from .loaded import SECOND, rows_of

GAP = "times that clocks of Europe/Berlin skipped are read as later"


def at(local, zone):
    naive = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone), fold=0)
    return int(naive.astimezone(UTC).timestamp()) * SECOND


@pytest.mark.parametrize(
    ("local", "zone"),
    [
        ("2024-03-31 02:30:00", "Europe/Berlin"),
        ("2024-03-31 02:00:00", "Europe/Berlin"),
        ("2024-03-31 02:59:59", "Europe/Berlin"),
        ("2024-03-10 02:30:00", "America/New_York"),
        ("2024-10-06 02:15:00", "Australia/Lord_Howe"),
        ("2011-12-30 12:00:00", "Pacific/Apia"),
    ],
)
@pytest.mark.parametrize("form", ["json", "text"])
def test_a_time_that_does_not_exist_is_read_by_the_offset_before(local, zone, form):
    said = json.dumps({"time": local, "msg": "x"}) if form == "json" else f"{local} INFO x"
    rows, info = rows_of(f"{said}\n{said}\n".encode(), tz=zone)
    assert [row["time"] for row in rows] == [at(local, zone)] * 2
    assert [row["flags"] for row in rows] == [0, 0]
    assert any(note.startswith(f"times that clocks of {zone} skipped") for note in info.notes)


def test_its_neighbours_keep_their_times_and_their_order():
    locals_ = ["2024-03-31 01:59:59", "2024-03-31 02:30:00", "2024-03-31 03:30:00"]
    rows, info = rows_of(
        "".join(f"{local} INFO x\n" for local in locals_).encode(), tz="Europe/Berlin"
    )
    assert [row["time"] for row in rows] == [at(local, "Europe/Berlin") for local in locals_]
    assert rows[1]["time"] == rows[2]["time"] == at("2024-03-31 03:30:00", "Europe/Berlin")
    assert any(note.startswith(GAP) for note in info.notes)


def test_nothing_is_noted_where_all_times_exist():
    _, info = rows_of(b"2024-03-31 01:59:59 INFO x\n2024-13-31 02:30:00 y\n", tz="Europe/Berlin")
    assert not any("skipped" in note for note in info.notes)
