"""The bundled scenarios by name."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator

from traversion_scenarios import checkout_cascade
from traversion_scenarios.scenario import Scenario, ScenarioInfo
from traversion_scenarios.simulate import simulate

_SCENARIOS: dict[str, Scenario] = {s.name: s for s in (checkout_cascade.SCENARIO,)}
_SHOWN = 40


class UnknownScenarioError(LookupError):
    """There is no scenario of that name; `nearest` are the names most like it, best first."""

    def __init__(self, name: str, nearest: tuple[str, ...]) -> None:
        self.name = name
        self.nearest = nearest
        shown = ascii(name if len(name) <= _SHOWN else name[:_SHOWN] + "...")
        if nearest:
            advice = f"Did you mean {' or '.join(nearest)}?"
        else:
            advice = f"There are: {', '.join(_SCENARIOS)}."
        super().__init__(f"There is no scenario {shown}. {advice}")


def names() -> tuple[str, ...]:
    """The names of the bundled scenarios, each matching `[a-z0-9][a-z0-9_-]{0,63}`."""
    return tuple(_SCENARIOS)


def describe(name: str) -> ScenarioInfo:
    """What is told about a scenario.

    Raises:
        UnknownScenarioError: when there is none of that name.
    """
    return _find(name).info


def lines(name: str) -> Iterator[bytes]:
    r"""The recording of a scenario: JSON objects, one a line, each ending in ``b"\n"``.

    They come in the order in which the services would have written them, so a span stands where
    it ended although its timestamp is its start. The bytes are the same on every call.

    Raises:
        UnknownScenarioError: when there is none of that name.
    """
    return simulate(_find(name).description)


def source(name: str) -> Callable[[], Iterator[bytes]]:
    """What yields the scenario's lines, for whoever opens `scenario:NAME`.

    Raises:
        UnknownScenarioError: when there is none of that name.
    """
    description = _find(name).description
    return lambda: simulate(description)


def _find(name: str) -> Scenario:
    if name not in _SCENARIOS:
        nearest = difflib.get_close_matches(name[:64].lower(), _SCENARIOS, 3, 0.4)
        raise UnknownScenarioError(name, tuple(nearest))
    return _SCENARIOS[name]
