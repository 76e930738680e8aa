"""Which sequences of events lead to errors more often than chance.

events | `items` | what recurs: templates, operations, failures
items | `lanes` | the same by trace, by service and across all, on one axis
lane, error, window | `grow` | sequences before it, how probable by chance
candidates | `choose` | those that chance does not explain, nor each other
"""

from traversion_engine.diagnose.patterns.mine import DEFAULT_SUPPORT, FALSE, Mined, mine

__all__ = ["DEFAULT_SUPPORT", "FALSE", "Mined", "mine"]
