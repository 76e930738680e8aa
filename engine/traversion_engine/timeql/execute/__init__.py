"""From a plan to rows: one module for each statement, over one snapshot."""

from traversion_engine.timeql.execute.executor import execute
from traversion_engine.timeql.execute.run import Answer, Run

__all__ = ["Answer", "Run", "execute"]
