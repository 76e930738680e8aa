"""Landmarks of a recording that grew are those of the whole."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_tui.landmarks import Landmarks
from traversion_tui.loading import warmed

from .tui_incident import incident, view_of


@settings(deadline=None, max_examples=40)
@given(st.sets(st.integers(0, 399)), st.integers(0, 400))
def test_trails_and_services_are_those_of_the_whole(late: set[int], end: int) -> None:
    events = incident(400, seed=3).sort("time", "seq")
    early = np.array([at < end and at not in late for at in range(400)])
    before, view = view_of(events.filter(early)), view_of(events)
    grown, anew = warmed(view, warmed(before)), Landmarks(view)
    for made, whole in ((grown.errors, anew.errors), (grown.warnings, anew.warnings)):
        assert np.array_equal(made.known, whole.known)
        assert np.array_equal(made.positions, whole.positions)
    assert grown.services == anew.services
    assert grown.view.bounds == view.bounds
