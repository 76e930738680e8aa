"""Placeholder."""

from traversion_scenarios.library import UnknownScenarioError, describe, lines, names
from traversion_scenarios.scenario import ScenarioInfo
from traversion_scenarios.simulate import simulate

__all__ = ["ScenarioInfo", "UnknownScenarioError", "describe", "lines", "names", "simulate"]
