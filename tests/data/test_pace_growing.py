"""How often a recording that grows is shown."""

from __future__ import annotations

from unittest import mock

from traversion_data import pace
from traversion_data.pace import Pace


def shown_at(cost: float, seconds: float, step: float = 0.01) -> list[float]:
    """When snapshots are made of rows that come all the time, each taking `cost` seconds."""
    now = [0.0]
    times: list[float] = []
    with mock.patch.object(pace, "monotonic", side_effect=lambda: now[0]):
        kept = Pace(0.0)
        rows = 0
        while now[0] < seconds:
            now[0] += step
            rows += 1
            if kept.behind(rows):
                times.append(now[0])
                now[0] += cost
                kept.shown(rows)
    return times


def test_cheap_snapshots_are_a_frame_or_two_apart() -> None:
    times = shown_at(cost=0.0, seconds=10)
    assert 100 <= len(times) <= 170


def test_dear_snapshots_take_a_small_part_of_the_time() -> None:
    times = shown_at(cost=0.2, seconds=60)
    assert len(times) >= 5
    assert len(times) * 0.2 <= 60 / 5


def test_what_comes_after_a_silence_is_shown_at_once() -> None:
    now = [0.0]
    with mock.patch.object(pace, "monotonic", side_effect=lambda: now[0]):
        kept = Pace(0.0)
        now[0] = 5.0
        assert not kept.behind(0)
        assert kept.behind(1)
