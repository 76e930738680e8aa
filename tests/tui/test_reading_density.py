"""Counts per cell of the scrubber's track."""

from __future__ import annotations

import gc
from weakref import ref

from traversion_data.model import TimeRange
from traversion_tui.landmarks import Landmarks
from traversion_tui.reading.density import track

from .tui_incident import incident, view_of


def test_every_event_of_the_window_is_in_one_cell() -> None:
    marks = Landmarks(view_of(incident()))
    counted = track(marks, marks.view.bounds, 96)
    assert int(counted.totals.sum()) == 18_204
    assert len(counted.totals) == 96


def test_a_window_that_stays_is_counted_once() -> None:
    marks = Landmarks(view_of(incident(500)))
    whole = marks.view.bounds
    first = track(marks, whole, 96)
    for shift in range(1, 3):
        track(marks, TimeRange(whole.start + shift, whole.end), 96)
    assert track(marks, whole, 96) is first


def test_counts_do_not_keep_an_outdated_snapshot_alive() -> None:
    marks = Landmarks(view_of(incident(500)))
    counted = track(marks, marks.view.bounds, 96)
    gone = ref(marks)
    del marks
    gc.collect()
    assert gone() is None
    assert counted.peak > 1
