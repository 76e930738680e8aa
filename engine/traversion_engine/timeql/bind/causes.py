"""Statements about causal edges, bound."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from traversion_data.model import TimeRange, seq_text
from traversion_engine.causality.evidence import EdgeKind
from traversion_engine.causality.graph import DEPTH
from traversion_engine.timeql import ast
from traversion_engine.timeql import columns as tables
from traversion_engine.timeql.bind import events
from traversion_engine.timeql.bind.environment import Environment
from traversion_engine.timeql.bind.fields import Names
from traversion_engine.timeql.bind.predicates import conjuncts
from traversion_engine.timeql.bind.scopes import scope_of
from traversion_engine.timeql.occurrence import ONLY_DIRECT
from traversion_engine.timeql.plan import Edges, Edging, Path, Traverse

_OF_STEPS: Final = ("depth", "parent_seq", "lag_ms", "kind", "role", "confidence", "evidence")
"""Columns of a walk's rows that no event has."""

_STEP_NAMES: Final = Names(
    MappingProxyType({name: tables.own_columns(tables.TRAVERSE)[name] for name in _OF_STEPS})
)
_EDGE_NAMES: Final = Names(MappingProxyType(tables.own_columns(tables.EDGES)))


def traverse(env: Environment, node: ast.Traverse) -> Traverse:
    """TRAVERSE; by default backward over all kinds of edges, 64 deep."""
    start = _event(env, node.start)
    return Traverse(
        start,
        node.following or "backward",
        edging(env, node.via, node.min_confidence, node.without),
        DEPTH if node.depth is None else node.depth,
        conjuncts(env, node.until),
        conjuncts(env, node.where, _STEP_NAMES),
        node.limit,
        env.over,
    )


def path(env: Environment, node: ast.Path) -> Path:
    """PATH between two events."""
    cause = events.seq_at(env, events.position(env, node.cause))
    effect = events.seq_at(env, events.position(env, node.effect))
    env.meta["cause"], env.meta["effect"] = seq_text(cause), seq_text(effect)
    return Path(cause, effect, edging(env, node.via, node.min_confidence, node.without))


def edges(env: Environment, node: ast.Edges) -> Edges:
    """EDGES; a field that is no column of theirs is that of the effect."""
    scope = scope_of(env, node.scope)
    return Edges(
        scope,
        edging(env, (), None, node.without, scope),
        conjuncts(env, node.where, _EDGE_NAMES),
        node.with_returns,
        env.over,
    )


def edging(
    env: Environment,
    via: tuple[ast.EdgeKind, ...],
    min_confidence: float | None,
    without: tuple[ast.Veto, ...],
    scope: TimeRange | None = None,
) -> Edging:
    """The edges that VIA, MIN CONFIDENCE and WITHOUT leave."""
    barred = {veto.kind for veto in without if isinstance(veto, ast.VetoKind)}
    kinds = tuple(kind.value for kind in EdgeKind if not via or kind.value in via)
    vetoed = tuple(
        (
            events.seq_at(env, events.position(env, veto.cause, scope)),
            events.seq_at(env, events.position(env, veto.effect, scope)),
        )
        for veto in without
        if isinstance(veto, ast.VetoEdge)
    )
    left = tuple(kind for kind in kinds if kind not in barred)
    if EdgeKind.DIRECT not in left:
        env.note(ONLY_DIRECT)
    return Edging(left, min_confidence or 0.0, vetoed)


def _event(env: Environment, node: ast.EventRef) -> int:
    seq = events.seq_at(env, events.position(env, node))
    env.meta["event"] = seq_text(seq)
    return seq
