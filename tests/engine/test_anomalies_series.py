"""The kernels of ANOMALIES beside slow references, and how seldom quiet series alarm."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_engine.diagnose.anomalies.detect import detect
from traversion_engine.diagnose.anomalies.grid import MOST_STEPS, Grid, all_steps, whole_steps
from traversion_engine.diagnose.anomalies.rolling import Sums, quantile, running_median
from traversion_engine.diagnose.anomalies.series import gauge, rate
from traversion_engine.diagnose.anomalies.silences import silences

CELLS = st.one_of(st.just(float("nan")), st.integers(-9, 9).map(float))
MATRICES = st.integers(1, 12).flatmap(
    lambda steps: st.lists(
        st.lists(CELLS, min_size=steps, max_size=steps), min_size=1, max_size=3
    ).map(np.array)
)
FEW = settings(max_examples=60, deadline=None)
SERIES, STEPS = 40, 600


@FEW
@given(MATRICES, st.integers(1, 3))
def test_running_medians_are_those_of_each_window(values, half):
    found = running_median(values, 2 * half + 1)
    for row, step in np.ndindex(*values.shape):
        window = values[row, max(step - half, 0) : step + half + 1]
        there = window[np.isfinite(window)]
        expected = np.median(there) if len(there) else np.nan
        assert found[row, step] == pytest.approx(expected, nan_ok=True)


@FEW
@given(MATRICES, st.floats(0, 1))
def test_quantiles_are_those_of_what_is_there(values, share):
    for row, found in zip(values, quantile(values, share), strict=True):
        there = row[np.isfinite(row)]
        assert found == pytest.approx(np.quantile(there, share) if len(there) else 0.0)


@FEW
@given(MATRICES, st.integers(1, 5))
def test_means_are_those_of_windows_that_are_half_there(values, width):
    low = np.arange(max(values.shape[1] - width + 1, 0))
    found = Sums(values).mean(low, low + width)
    for row, begin in np.ndindex(*found.shape):
        window = values[row, begin : begin + width]
        there = window[np.isfinite(window)]
        expected = there.mean() if 2 * len(there) >= width else np.nan
        assert found[row, begin] == pytest.approx(expected, nan_ok=True)


@FEW
@given(st.integers(0, 10**18), st.integers(0, 10**16), st.integers(1, 10**14))
def test_steps_are_bounded_in_number_and_lie_where_they_must(start, length, wanted):
    end = start + length
    whole, every = whole_steps(start, end, wanted), all_steps(start, end, wanted)
    assert whole.count <= MOST_STEPS + 160
    assert start <= whole.start
    assert whole.end <= end or not whole.count
    assert every.start <= start
    assert every.end >= end
    assert whole.step == every.step


@given(st.integers(0, 60), st.integers(1, 40))
@FEW
def test_a_silence_is_exactly_the_run_without_samples(begin, length):
    counts = np.ones((1, 160))
    counts[0, 40 + begin : 40 + begin + length] = 0
    found = silences(counts)
    told = [(40 + begin, 40 + begin + length - 1)] if length >= 5 else []
    assert list(zip(found.step.tolist(), found.last.tolist(), strict=True)) == told


def named(values, counts=None):
    names = tuple(str(number) for number in range(len(values)))
    return gauge("gauge", names, Grid(0, 10**9, values.shape[1]), values, counts)


def quiet(shape):
    random = np.random.default_rng(42)
    noise = random.normal(size=(SERIES, STEPS))
    at = np.arange(STEPS)
    match shape:
        case "white":
            return named(50 + noise)
        case "heavy":
            return named(50 + random.standard_t(3, size=(SERIES, STEPS)))
        case "season":
            return named(50 + 10 * np.sin(2 * np.pi * at / 120) + noise)
        case "trend":
            return named(50 + at / 10 + noise)
        case "stairs":
            moves = random.choice([-1, 0, 1], size=(SERIES, STEPS), p=[0.005, 0.99, 0.005])
            return named(np.cumsum(moves, axis=1) + 20.0)
        case _:
            counts = random.poisson(0.5, (SERIES, STEPS)).astype(float)
            names = tuple(str(number) for number in range(SERIES))
            return rate("rate", names, Grid(0, 10**9, STEPS), counts)


@pytest.mark.parametrize("shape", ["white", "heavy", "season", "trend", "stairs", "seldom"])
def test_quiet_series_alarm_less_than_once_in_a_thousand_points(shape):
    assert len(detect(quiet(shape))) < SERIES * STEPS / 1000


@pytest.mark.parametrize("shape", ["white", "season", "trend"])
def test_a_shift_of_five_deviations_is_found_in_nine_of_ten(shape):
    series = quiet(shape)
    begin = 300
    series.values[:, begin:] += 5
    found = detect(series)
    hit = np.array([str(kind) == "level" for kind in found.kind])
    hit &= np.abs(found.step - begin) <= 10
    assert len(np.unique(found.row[hit])) >= 0.9 * SERIES


def test_the_value_lies_outside_the_band():
    series = quiet("white")
    series.values[:, 300:] += 6
    found = detect(series)
    assert len(found)
    assert ((found.value < found.low) | (found.value > found.high)).all()


def test_nothing_is_found_in_no_series():
    assert len(detect(named(np.empty((0, 100))))) == 0
    assert len(detect(named(np.full((2, 100), np.nan)))) == 0
