"""How often the panes beside the log are asked while events come."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from traversion_tui.seldom import EVERY, Seldom


class Asked:
    """Something done seldom, asked for ten times a second; a clock of its own."""

    def __init__(self, cost: float) -> None:
        self.now = 0.0
        self.done: list[float] = []
        self._cost = cost
        self._timers: list[tuple[float, Callable[[], None]]] = []
        self._seldom = Seldom(
            lambda: self.done.append(self.now),
            lambda wait, call: self._timers.append((self.now + wait, call)),
            lambda: self.now,
        )

    def go_on(self, seconds: float, *, asking: bool) -> None:
        for _ in range(round(seconds * 10)):
            known = len(self.done)
            if asking:
                self._seldom.ask()
            self.now += 0.1
            while self._timers and self._timers[0][0] <= self.now:
                self._timers.pop(0)[1]()
            if len(self.done) > known:
                self._seldom.cost(self._cost)


def test_work_wanted_all_the_time_is_done_as_often_as_its_cost_allows() -> None:
    asked = Asked(cost=0.05)
    asked.go_on(30, asking=True)
    gaps = [later - earlier for earlier, later in pairwise(asked.done)]
    assert min(gaps) >= 5 - 1e-6
    assert len(asked.done) >= 5


def test_what_costs_little_is_done_every_second_or_so() -> None:
    asked = Asked(cost=0.001)
    asked.go_on(10, asking=True)
    assert 8 <= len(asked.done) <= 11


def test_what_was_wanted_last_is_done_soon_after_nothing_more_comes() -> None:
    asked = Asked(cost=0.05)
    asked.go_on(8, asking=True)
    last = asked.now
    known = len(asked.done)
    asked.go_on(8, asking=False)
    assert len(asked.done) == known + 1
    assert asked.done[-1] - last <= EVERY
