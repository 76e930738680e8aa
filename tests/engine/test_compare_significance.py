"""The tests of COMPARE beside the same by enumeration, which is slow and obviously right."""

from __future__ import annotations

from itertools import combinations
from math import comb, erf, isnan, sqrt

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_engine.diagnose.compare.gathered import Gathered
from traversion_engine.diagnose.compare.ordered import Ordered
from traversion_engine.diagnose.compare.sample import PARTS, Sample
from traversion_engine.diagnose.compare.significance import (
    count_test,
    false_discovery,
    rank_sum_exact,
    share_test,
    student,
    too_few,
    too_few_events,
)

COUNTS = st.integers(0, 9)


def mid_p(chances: list[float], at: int) -> float:
    less = sum(c for c in chances if c < chances[at] * (1 - 1e-9))
    return less + sum(c for c in chances if abs(c - chances[at]) <= chances[at] * 1e-9) / 2


@given(st.tuples(COUNTS, COUNTS, COUNTS, COUNTS))
@settings(max_examples=60, deadline=None)
def test_shares_as_fisher_tests_them(table):
    k_a, more_a, k_b, more_b = table
    n_a, n_b, k = k_a + more_a, k_b + more_b, k_a + k_b
    p, root = (float(one[0]) for one in share_test(*(np.array([x]) for x in (k_a, n_a, k_b, n_b))))
    low = max(0, k - n_a)
    ways = [comb(n_b, x) * comb(n_a, k - x) for x in range(low, min(k, n_b) + 1)]
    chances = [way / sum(ways) for way in ways]
    wanted = mid_p(chances, k_b - low) if len(chances) > 1 else 1.0
    assert p == pytest.approx(wanted, rel=1e-6)
    assert np.sign(root) == np.sign(k_b * n_a - k_a * n_b) * (n_a > 0) * (n_b > 0) or root == 0


@given(COUNTS, COUNTS, st.floats(0.2, 5))
@settings(max_examples=60, deadline=None)
def test_counts_as_the_binomial_says(k_a, k_b, longer):
    p, _ = count_test(np.array([k_a]), np.array([k_b]), (1.0, longer))
    share, n = longer / (1 + longer), k_a + k_b
    chances = [comb(n, x) * share**x * (1 - share) ** (n - x) for x in range(n + 1)]
    assert p[0] == pytest.approx(mid_p(chances, k_b) if n else 1.0, rel=1e-6)


@given(st.lists(st.integers(0, 5), min_size=2, max_size=9), st.data())
@settings(max_examples=60, deadline=None)
def test_rank_sums_as_all_permutations_say(numbers, data):
    chosen = data.draw(st.integers(1, len(numbers) - 1))
    in_b = np.arange(len(numbers)) < chosen
    values = np.array(numbers)
    ranks = np.array([(values < x).sum() + ((values == x).sum() + 1) / 2 for x in values])
    sums = [ranks[list(at)].sum() for at in combinations(range(len(numbers)), chosen)]
    middle = ranks.sum() * chosen / len(numbers)
    far = [abs(s - middle) >= abs(ranks[in_b].sum() - middle) - 1e-9 for s in sums]
    assert rank_sum_exact(ranks, in_b) == pytest.approx(np.mean(far))


def test_large_samples_agree_with_the_exact_ones():
    large = share_test(*(np.array([x]) for x in (400, 2000, 460, 2000)))[0][0]
    z = (460 - 400) / sqrt(4000 * 0.215 * 0.785)
    assert large == pytest.approx(1 - erf(z / sqrt(2)), rel=0.05)


def test_student_is_that_of_the_tables():
    # two-sided 5 % points of Student's t
    points = {5: 2.5706, 10: 2.2281, 22: 2.0739, 1000: 1.9623}
    found = student(np.array(list(points.values())), np.array(list(points), dtype=float))
    assert found == pytest.approx(0.05, abs=2e-4)


@given(st.lists(st.one_of(st.floats(0, 1), st.just(float("nan"))), max_size=12))
@settings(max_examples=60, deadline=None)
def test_false_discovery_rejects_as_the_step_up_rule_does(ps):
    corrected = false_discovery(np.array(ps, dtype=float))
    tested = sorted(p for p in ps if not isnan(p))
    for level in (0.05, 0.2):
        passing = [k for k, p in enumerate(tested, 1) if p * len(tested) <= level * k]
        limit = tested[max(passing) - 1] if passing else -1.0
        for p, q in zip(ps, corrected.tolist(), strict=True):
            assert isnan(q) if isnan(p) else (q <= level) == (p <= limit)


def test_what_cannot_differ_significantly_is_too_few():
    n = np.array([3, 4, 2, 1, 1, 0])
    m = np.array([3, 4, 40, 30, 40, 99])
    # 2 / C(6,3) = 0.1, 2 / C(8,4) = 0.029, 2 / C(42,2) = 0.002, 2 / 31, 2 / 41, all in one
    assert too_few(n, m).tolist() == [True, False, False, True, False, True]
    assert too_few_events(np.array([0, 5, 6]), 0.5).tolist() == [True, True, False]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(-50, 900)), min_size=1))
@settings(max_examples=60, deadline=None)
def test_counted_ranks_and_selected_quantiles_are_those_of_sorted_numbers(rows):
    group, window, value = (np.array(one) for one in zip(*rows, strict=True))
    cell = (group * 2 + window) * PARTS
    nothing = np.zeros(len(rows), dtype=np.int64)
    sample = Sample(pl.Series(["a", "b", "c"]), cell, nothing, nothing, (1.0, 1.0))
    numbers = value.astype(np.float64)
    few, many = Ordered.of(sample, numbers), Gathered.of(sample, numbers)
    assert many.ranks().tolist() == few.ranks().tolist()
    assert few.ranks().tolist() == [
        sum(v < mine for v in value[group == of])
        + (sum(v == mine for v in value[group == of]) + 1) / 2
        for of, mine in zip(group, value, strict=True)
    ]
    for share in (0.0, 0.5, 0.95):
        np.testing.assert_allclose(many.quantiles(share), few.quantiles(share))
        np.testing.assert_allclose(many.pooled(share), few.pooled(share))
    for of in np.unique(group):
        expected = np.quantile(numbers[group == of], 0.95)
        assert many.pooled(0.95)[of] == pytest.approx(expected)
