"""Landmarks of a recording that grew are those of the whole."""

from __future__ import annotations

from threading import Event

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_engine.context import Context
from traversion_tui.filters import filter_job
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


@settings(deadline=None, max_examples=25)
@given(st.sets(st.integers(0, 399)), st.lists(st.integers(0, 400), min_size=2, max_size=4))
def test_what_filters_keep_of_a_recording_that_grew_is_what_they_keep_of_the_whole(
    late: set[int], ends: list[int]
) -> None:
    events = incident(400, seed=3).sort("time", "seq")
    predicate, kept = "severity >= 'warn'", None
    for end in [*sorted(ends), 400]:
        early = np.array([at < end and (at not in late or end == 400) for at in range(400)])
        view = view_of(events.filter(early))
        kept = filter_job(view, predicate, Context(), kept)(Event())
        anew = filter_job(view, predicate, Context())(Event())
        assert kept.of is view
        assert kept.view.events.equals(anew.view.events)
        assert kept.view.seqs.seqs.tolist() == anew.view.seqs.seqs.tolist()
        assert kept.errors.positions.tolist() == anew.errors.positions.tolist()
        for made, whole in zip(kept.view.density.times, anew.view.density.times, strict=True):
            assert made.tolist() == whole.tolist()
