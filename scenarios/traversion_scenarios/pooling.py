"""Connections from the request's side: waiting for one, the spans of it, the circuit breaker."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from traversion_scenarios.cluster import Failure
from traversion_scenarios.description import Transaction
from traversion_scenarios.kernel import Process
from traversion_scenarios.request import Request
from traversion_scenarios.resources import ConnectionPool
from traversion_scenarios.telemetry import Span

_ALARM_EVERY = 1_000_000


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection got for a transaction, with the transaction's span and its request."""

    conn_id: str
    span: Span
    request: Request


def connect(
    request: Request, pool: ConnectionPool, step: Transaction
) -> Process[Connection | Failure]:
    """Gets a connection for a transaction, or fails when the breaker or the pool refuses."""
    cluster = request.cluster
    if _refused(request):
        return Failure("circuit", "CircuitOpenError", f"circuit {pool.pool.service} open")
    origin = cluster.pool_origin(pool.pool)
    attributes = {"db.statement": step.statement, "peer.service": request.service}
    span = cluster.recorder.start(origin, step.operation, "server", request.span, attributes)
    acquire = cluster.recorder.start(
        origin, "acquire connection", "internal", span, {"peer.service": request.service}
    )
    began = cluster.kernel.now
    conn_id = pool.take(request.service, step.operation, began)
    if conn_id is None:
        ticket = pool.wait(request.service, step.operation)
        _tell_queued(request, pool, acquire)
        cluster.kernel.after(pool.pool.acquire_timeout_ms * 1_000, pool.give_up, ticket)
        conn_id = yield ticket.reply
    waited_ms = (cluster.kernel.now - began) / 1_000
    acquire.attributes |= {"pool_wait_ms": waited_ms}
    if conn_id is None:
        return _timed_out(request, pool, span, acquire)
    _count_success(request, pool.pool.service)
    cluster.instances[pool.pool.service][0].kept_mb += pool.pool.connection_mb
    acquire.attributes["conn_id"] = conn_id
    span.attributes |= {"conn_id": conn_id, "pool_wait_ms": waited_ms}
    severity = "info" if waited_ms < 500 else "warn"
    cluster.recorder.finish(acquire, severity, f"acquired {conn_id}")
    return Connection(conn_id, span, request)


def give_back(pool: ConnectionPool, connection: Connection, failure: Failure | None) -> None:
    """Ends the transaction of a connection and returns it to its pool."""
    span = connection.span
    cluster = connection.request.cluster
    pool.release(connection.conn_id, cluster.kernel.now)
    cluster.instances[pool.pool.service][0].kept_mb -= pool.pool.connection_mb
    if failure is None:
        cluster.recorder.finish(span, "info", f"{span.operation} committed")
    else:
        cluster.recorder.finish(span, "warn", f"{span.operation} rolled back")


def connections_of(request: Request) -> dict[str, object]:
    """What a log line says of connections: the request's own and all that its service holds."""
    if "conn_id" not in request.baggage:
        return {}
    pools = request.cluster.pools.values()
    held = [h.conn_id for p in pools for h in p.holdings() if h.service == request.service]
    return {"conn_id": request.baggage["conn_id"], "conn_ids": sorted(held)}


def _tell_queued(request: Request, pool: ConnectionPool, acquire: Span) -> None:
    recorder, now = request.cluster.recorder, request.cluster.kernel.now
    holders = _holders(pool, now)
    counts = {"pool_in_use": pool.in_use, "pool_waiting": pool.waiting}
    if pool.last_alarm is None or now - pool.last_alarm >= _ALARM_EVERY:
        pool.last_alarm = now
        kind = {"error_type": "PoolExhausted", "exception.type": "PoolExhausted"}
        recorder.log(acquire, "error", _exhausted(pool), {**kind, **counts, **holders})
    else:
        recorder.log(acquire, "warn", f"acquire queued waiting={pool.waiting}", counts)


def _timed_out(request: Request, pool: ConnectionPool, span: Span, acquire: Span) -> Failure:
    recorder = request.cluster.recorder
    acquire.attributes |= {
        "pool_in_use": pool.in_use,
        "pool_size": pool.pool.size,
        "pool_waiting": pool.waiting,
        "error_type": "PoolTimeoutError",
        **_holders(pool, request.cluster.kernel.now),
    }
    recorder.finish(acquire, "error", _exhausted(pool))
    recorder.finish(span, "error", f"{span.operation} got no connection")
    _count_failure(request, pool.pool.service)
    return request.fail(Failure("pool", "PoolTimeoutError", "timeout acquiring connection"))


def _exhausted(pool: ConnectionPool) -> str:
    return (
        f"connection pool exhausted {pool.in_use}/{pool.pool.size} in use, {pool.waiting} waiting"
    )


def _holders(pool: ConnectionPool, now: int) -> dict[str, object]:
    """Who has the connections; the single fields are of the longest in the commonest use."""
    holdings = list(pool.holdings())
    counts = Counter(holding.service for holding in holdings)
    uses = Counter((holding.service, holding.operation) for holding in holdings)
    commonest = min(uses, key=lambda use: (-uses[use], use))
    longest = next(h for h in holdings if (h.service, h.operation) == commonest)
    return {
        "conn_id": longest.conn_id,
        "held_by": longest.service,
        "held_for": longest.operation,
        "held_ms": (now - longest.since) / 1_000,
        "holders": {service: counts[service] for service in sorted(counts)},
    }


def _refused(request: Request) -> bool:
    return request.cluster.kernel.now < request.instance.refusing_until


def _count_success(request: Request, target: str) -> None:
    breaker, instance = request.instance.service.breaker, request.instance
    if breaker is not None and instance.failures_in_a_row >= breaker.failures:
        request.log("info", f"circuit {target} closed")
    instance.failures_in_a_row = 0


def _count_failure(request: Request, target: str) -> None:
    breaker, instance = request.instance.service.breaker, request.instance
    if breaker is None:
        return
    instance.failures_in_a_row += 1
    now = request.cluster.kernel.now
    if instance.failures_in_a_row >= breaker.failures and now >= instance.refusing_until:
        instance.refusing_until = now + breaker.cooldown_ms * 1_000
        request.log(
            "fatal",
            f"circuit {target} open, {instance.failures_in_a_row} failures",
            error_type="CircuitOpened",
            cooldown_ms=breaker.cooldown_ms,
        )
