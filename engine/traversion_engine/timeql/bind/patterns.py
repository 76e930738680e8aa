"""PATTERNS, bound."""

from __future__ import annotations

from typing import Final

from traversion_engine.diagnose.patterns import DEFAULT_SUPPORT
from traversion_engine.timeql import ast
from traversion_engine.timeql.bind.environment import Environment
from traversion_engine.timeql.bind.scopes import scope_of
from traversion_engine.timeql.plan_patterns import Patterns

_LEAST: Final = 2


def patterns(env: Environment, node: ast.Patterns) -> Patterns:
    """PATTERNS; what was seen once cannot be told from chance."""
    scope = scope_of(env, node.scope)
    support = DEFAULT_SUPPORT if node.min_support is None else node.min_support
    if support < _LEAST:
        env.note(f"What was seen once cannot be told from chance: MIN SUPPORT {_LEAST} was used.")
    return Patterns(scope, max(support, _LEAST))
