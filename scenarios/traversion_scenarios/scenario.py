"""A scenario with its name and what people are told about it."""

from __future__ import annotations

from dataclasses import dataclass

from traversion_scenarios.description import Description


@dataclass(frozen=True, slots=True)
class ScenarioInfo:
    """What is told about a scenario before it runs.

    `start_ns` and `end_ns` bound the recording, half-open, epoch nanoseconds UTC. `hints` are
    TimeQL statements worth trying on it.
    """

    name: str
    title: str
    summary: str
    start_ns: int
    end_ns: int
    look_for: str
    hints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A bundled incident: what is told about it, and the description that makes it happen."""

    name: str
    title: str
    summary: str
    look_for: str
    hints: tuple[str, ...]
    description: Description

    @property
    def info(self) -> ScenarioInfo:
        """The part that is told."""
        return ScenarioInfo(
            self.name,
            self.title,
            self.summary,
            self.description.start_ns,
            self.description.end_ns,
            self.look_for,
            self.hints,
        )
