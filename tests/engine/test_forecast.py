"""Forecasts of series: methods beside slow and plain ones, intervals beside what came."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_engine.diagnose.forecast.backtest import origins
from traversion_engine.diagnose.forecast.crossing import NOT_EXPECTED, crossing
from traversion_engine.diagnose.forecast.harmonic import waves
from traversion_engine.diagnose.forecast.intervals import growth, pinball, quantiles
from traversion_engine.diagnose.forecast.limits import is_counter, limits
from traversion_engine.diagnose.forecast.methods import CYCLES, Past, forecasts, seasonal
from traversion_engine.diagnose.forecast.model import enough, forecast
from traversion_engine.diagnose.forecast.paths import paths
from traversion_engine.diagnose.forecast.periods import periods
from traversion_engine.diagnose.forecast.smoothing import Setting, ahead, smoothed

VALUES = st.lists(st.floats(-100, 100), min_size=24, max_size=48)


def past_of(values, period=0, steps=(1, 2, 5)):
    rows = np.array([values])
    at = origins(rows.shape[1], 12)
    return Past(rows, at, np.array(steps), np.array([period]))


@given(VALUES, st.floats(0.05, 1), st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=40, deadline=None)
def test_smoothing_is_that_of_the_equations(values, alpha, beta, phi):
    levels, trends = smoothed(np.array([values]), (Setting(alpha, beta, phi),))
    level, trend = values[0], 0.0
    for step, value in enumerate(values[1:], start=1):
        before = level
        level = alpha * value + (1 - alpha) * (before + phi * trend)
        trend = beta * (level - before) + (1 - beta) * phi * trend
        assert levels[0, 0, step] == pytest.approx(level, abs=1e-6)
        assert trends[0, 0, step] == pytest.approx(trend, abs=1e-6)
    assert ahead(phi, np.array([1, 3])) == pytest.approx([phi, phi + phi**2 + phi**3])


@given(VALUES, st.integers(2, 14))
@settings(max_examples=40, deadline=None)
def test_a_seasonal_mean_is_that_of_the_same_places(values, period):
    past = past_of(values, period)
    said = seasonal(past, CYCLES, drift=0.0)[0]
    for number, origin in enumerate(past.origins):
        whole = min((origin + 1) // period, CYCLES)
        for place, step in enumerate(past.steps):
            nearest = origin + step - period * -(-step // period)
            same = [values[at] for n in range(whole) if (at := nearest - n * period) >= 0]
            expected = np.mean(same) if same else values[origin]
            assert said[number, place] == pytest.approx(expected, abs=1e-9)


@given(VALUES)
@settings(max_examples=30, deadline=None)
def test_a_drift_is_the_median_slope_over_half_the_window(values):
    past = past_of(values)
    said = next(f for name, f in forecasts(past) if name == "robust drift")[0]
    window = 13
    for number, origin in enumerate(past.origins):
        seen = values[origin - window + 1 : origin + 1]
        slope = np.median([(seen[at + 6] - seen[at]) / 6 for at in range(window - 6)])
        expected = values[origin] + slope * past.steps
        assert said[number] == pytest.approx(expected, abs=1e-6)


@given(VALUES, st.integers(0, 12), st.integers(13, 20))
@settings(max_examples=40, deadline=None)
def test_no_method_looks_beyond_its_origin(values, period, known):
    one = past_of(values, period)
    other = past_of([*values[:known], *(v + 1_000 for v in values[known:])], period)
    seen = one.origins < known
    for (name, a), (_, b) in zip(forecasts(one), forecasts(other), strict=True):
        assert a[:, seen] == pytest.approx(b[:, seen], abs=1e-6), name


def test_waves_fit_a_line_and_a_sine():
    at = np.arange(80)
    values = np.array([3 + 0.2 * at + 5 * np.sin(2 * np.pi * at / 16)])
    said = waves(values, np.array([60, 79]), np.array([1, 7]), np.array([16]))
    for number, origin in enumerate((60, 79)):
        then = origin + np.array([1, 7])
        expected = 3 + 0.2 * then + 5 * np.sin(2 * np.pi * then / 16)
        assert said[0, number] == pytest.approx(expected, abs=0.05)


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=40), st.floats(0, 1))
@settings(max_examples=50, deadline=None)
def test_quantiles_are_those_of_numpy_and_leave_nan_out(values, share):
    rows = np.array([[*values, np.nan]])
    assert quantiles(rows, (share,))[0, 0] == pytest.approx(np.quantile(values, share), abs=1e-9)


def test_pinball_weighs_what_lies_above_and_below():
    assert pinball(np.array([2.0, -2.0]), 0.9).tolist() == pytest.approx([1.8, 0.2])


@pytest.mark.parametrize(("power", "shape"), [(0.0, "noise"), (0.5, "walk")])
def test_errors_grow_as_they_do(power, shape):
    noise = np.random.default_rng(2).normal(0, 1, (5, 400, 20))
    errors = noise if shape == "noise" else np.cumsum(noise, axis=2)
    usual, found = growth(errors, np.arange(1, 21))
    assert found == pytest.approx(np.full(5, power), abs=0.08)
    assert usual[:, 0] == pytest.approx(np.full(5, 0.8), abs=0.1)


@pytest.mark.parametrize("period", [7, 24, 60])
def test_a_period_is_found_in_noise(period):
    random = np.random.default_rng(period)
    at = np.arange(5 * period)
    values = 10 * np.sin(2 * np.pi * at / period) + random.normal(0, 3, (20, len(at)))
    found = periods(values)
    assert (np.abs(found - period) <= 1).mean() >= 0.9


def test_noise_and_lines_have_no_period():
    noise = np.random.default_rng(1).normal(0, 1, (50, 300))
    assert (periods(noise) > 0).mean() <= 0.02
    assert periods(np.arange(300.0)[None] * 2).tolist() == [0]
    assert periods(np.full((1, 300), 7.0)).tolist() == [0]


def test_limits_come_from_the_unit_the_history_and_the_size():
    values = np.array([[10.0, 20.0], [10.0, 120.0], [-1.0, 5.0]])
    percent = limits(values, "percent")
    assert percent.low.tolist() == [0, 0, -np.inf]
    assert percent.high.tolist() == [100, np.inf, np.inf]
    sized = limits(values, None, np.array([25.0, 25.0, np.nan]))
    assert sized.high.tolist() == [25, np.inf, np.inf]
    assert sized.whole.tolist() == [True, True, True]
    counted = limits(np.arange(10.0)[None], None, counter=True)
    assert counted.kept(np.array([[3.2, 11.6, 10.1]]), np.array([9.0])).tolist() == [[9, 12, 12]]


def test_a_counter_is_known_by_its_name():
    assert is_counter("http_requests_total")
    assert is_counter("jobs.count")
    assert not is_counter("pool_in_use")


def test_enough_history_is_ten_values_half_of_all_and_a_new_one():
    values = np.full((4, 40), np.nan)
    values[0, 20:] = 1.0
    values[1, -9:] = 1.0
    values[2, :30] = 1.0
    values[3, ::3] = 1.0
    assert enough(values, 20).tolist() == [True, False, False, False]
    assert enough(values, 21).tolist() == [False, False, False, False]


@pytest.mark.parametrize("shape", ["trend", "season", "walk", "noise", "counts"])
def test_intervals_hold_what_they_promise(shape):
    random = np.random.default_rng(77)
    at = np.arange(170)
    noise = random.normal(0, 2, (80, 170))
    values = {
        "trend": 50 + random.uniform(-0.3, 0.3, (80, 1)) * at + noise,
        "season": 50 + 12 * np.sin(2 * np.pi * at / 24 + random.uniform(0, 6, (80, 1))) + noise,
        "walk": 50 + np.cumsum(noise, axis=1),
        "noise": 50 + noise,
        "counts": random.poisson(9.0, (80, 170)).astype(float),
    }[shape]
    history, came = values[:, :150], values[:, 150:]
    found = forecast(history, np.arange(1, 21), limits(history, None))
    held = ((came >= found.p10) & (came <= found.p90)).mean()
    assert 0.7 <= held <= 0.9
    assert np.mean(found.coverage) == pytest.approx(held, abs=0.12)


def test_a_single_origin_gives_no_coverage():
    rising = np.arange(10.0)[None]
    found = forecast(rising, np.array([1]), limits(rising, None))
    assert np.isnan(found.coverage).all()
    assert np.isfinite(found.p50).all()


def test_a_series_of_one_value_stays_at_it():
    found = forecast(np.full((1, 40), 7.0), np.arange(1, 6), limits(np.full((1, 40), 7.0), None))
    for part in (found.p10, found.p50, found.p90):
        assert part.tolist() == [[7.0] * 5]
    assert found.error.tolist() == [0.0]
    assert found.coverage.tolist() == [1.0]


def test_paths_spread_as_the_quantiles_do():
    history = 50 + np.random.default_rng(3).normal(0, 2, (10, 200))
    inside = limits(history, None)
    drawn = paths(history, 20, inside, np.random.default_rng(0)).values
    said = forecast(history, np.arange(1, 21), inside)
    assert np.quantile(drawn, 0.1, axis=1).mean() == pytest.approx(said.p10.mean(), abs=0.4)
    assert np.quantile(drawn, 0.9, axis=1).mean() == pytest.approx(said.p90.mean(), abs=0.4)


def test_a_crossing_is_told_by_its_paths():
    holds = np.zeros((2, 10, 5), dtype=bool)
    holds[0, :, 3:] = True
    holds[1, :3, 1:] = True
    found = crossing(holds, 100, 10, 0, np.random.default_rng(0))
    assert 130 <= found.p10[0] <= found.p50[0] <= found.p90[0] <= 140
    assert 110 <= found.p10[1] <= 120
    assert found.p50[1] == found.p90[1] == NOT_EXPECTED
    assert found.reached.tolist() == [1.0, 0.3]
