"""From a tree to a plan: names, units, times and events resolved; all semantic errors."""

from traversion_engine.timeql.bind.binder import bind, environment
from traversion_engine.timeql.bind.environment import Environment

__all__ = ["Environment", "bind", "environment"]
