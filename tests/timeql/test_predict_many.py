"""PREDICT of many services, of units that only the range tells, and of long histories."""

from __future__ import annotations

import numpy as np
import pytest

START = 1_705_312_800  # 2024-01-15T10:00:00Z


def rows(values, every, **more):
    return [
        {"timestamp": START + at * every, "type": "metric", **more, "cpu": float(value)}
        for at, value in enumerate(values)
    ]


def test_a_service_is_forecast_as_if_it_were_alone(record):
    random = np.random.default_rng(1)
    values = 50 + np.cumsum(random.normal(0, 1, (130, 40)), axis=1)
    alone = record(rows(values[117], 10, service="s117"))
    every = [row for at in range(130) for row in rows(values[at], 10, service=f"s{at:03}")]
    together = record(sorted(every, key=lambda row: row["timestamp"]))
    asked = "PREDICT NEXT 1m FOR cpu EVERY 10s"
    found = together.query(asked).frame
    assert found["service"].n_unique() == 130
    assert found.filter(found["service"] == "s117").equals(alone.query(asked).frame)


@pytest.mark.parametrize("clauses", ["", " FOR cpu"])
def test_a_range_seen_later_gives_no_unit_earlier(record, clauses):
    random = np.random.default_rng(2)
    before = rows(60 + 30 * random.random(40), 10, service="db")
    later = {"timestamp": START + 401, "type": "metric", "service": "db", "cpu": 1e9}
    asked = f"PREDICT NEXT 1m FROM '10:06:30'{clauses}"
    known = record(before).query(asked).frame
    assert known["field"].to_list().count("cpu") == 10
    assert record([*before, later]).query(asked).frame.equals(known)


def test_a_day_is_a_season_where_steps_could_be_finer(record):
    random = np.random.default_rng(3)
    minutes = np.arange(0, 4 * 1440, 5)
    load = 50 + 20 * np.sin(2 * np.pi * minutes / 1440) + random.normal(0, 1, len(minutes))
    frame = record(rows(load, 300, service="db")).query("PREDICT NEXT 12h FOR cpu EVERY 1h").frame
    hours = 4 * 24 - 1 / 12 + np.arange(1, 13)
    expected = 50 + 20 * np.sin(2 * np.pi * hours / 24)
    assert np.abs(frame["p50"].to_numpy() - expected).mean() < 2
