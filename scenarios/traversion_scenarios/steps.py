"""The steps of an operation, one after another: computing, calls and everything held meanwhile.

The call tree of a description is finite and checked to be acyclic (`check`), so the generators
below nest no deeper than it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from traversion_scenarios.cluster import Cluster, Failure
from traversion_scenarios.description import (
    Call,
    Drain,
    Keep,
    Note,
    Operation,
    Sometimes,
    Step,
    Transaction,
    Work,
)
from traversion_scenarios.kernel import Process, Reply
from traversion_scenarios.pooling import connect, connections_of, give_back
from traversion_scenarios.request import Request, compute
from traversion_scenarios.resources import Instance
from traversion_scenarios.telemetry import Origin, Span


def serve(
    cluster: Cluster,
    instance: Instance,
    operation: Operation,
    reply: Reply[Failure | None],
    *,
    parent: Span | None,
    baggage: Mapping[str, Any],
) -> Process[None]:
    """Handles one request in a server span of its own and settles `reply` with how it went."""
    service = instance.service
    now = cluster.kernel.now
    attributes = {name: baggage[name] for name in operation.records if name in baggage}
    origin = Origin(service.name, instance.name)
    span = cluster.recorder.start(origin, operation.name, "server", parent, attributes)
    request = Request(cluster, instance, span, baggage)
    yield instance.enter()
    if cluster.kernel.now > now:
        span.attributes["queue_ms"] = (cluster.kernel.now - now) / 1_000
    failure = yield from follow(request, operation.steps)
    if failure is None and request.draws.uniform() < operation.fault_share:
        failure = request.fail(Failure("fault", "UpstreamError", operation.fault_message))
    if failure is not None:
        yield from compute(cluster, instance, Work(service.failure_cost, 1.0))
        span.attributes["error_type"] = failure.error_type
        span.attributes["exception.message"] = failure.message
    instance.leave()
    instance.litter()
    _finish(request, operation, failure)
    reply.settle(failure)


def follow(request: Request, steps: tuple[Step, ...]) -> Process[Failure | None]:
    """Runs steps until one fails."""
    for step in steps:
        failure = yield from _step(request, step)
        if failure is not None:
            return failure
    return None


def _step(request: Request, step: Step) -> Process[Failure | None]:
    cluster, instance = request.cluster, request.instance
    match step:
        case Work():
            yield from compute(cluster, instance, step)
        case Call():
            return (yield from _call(request, step))
        case Transaction():
            return (yield from _transact(request, step))
        case Sometimes():
            if request.draws.uniform() < step.probability:
                return (yield from follow(request, step.steps))
        case Note():
            text = step.message.format_map(request.baggage)
            request.log(step.severity, text, **connections_of(request))
        case Keep():
            instance.kept_mb += step.mb
        case Drain():
            instance.kept_mb = max(0.0, instance.kept_mb - step.mb)
    return None


def _call(request: Request, step: Call) -> Process[Failure | None]:
    if step.policy is None:
        answer: Failure | None = yield _send(request, step)
        return answer
    policy, cluster = step.policy, request.cluster
    failure: Failure | None = None
    for attempt in range(1, policy.attempts + 1):
        if attempt > 1:
            request.log("warn", f"retrying {step.operation} attempt {attempt}", attempt=attempt)
            pause = policy.backoff_ms * 2 ** (attempt - 2) * (0.5 + request.draws.uniform())
            yield int(pause * 1_000)
        span = cluster.recorder.start(
            request.origin,
            step.operation,
            "client",
            request.span,
            {"peer.service": step.service, "attempt": attempt},
        )
        reply = _send(replace(request, span=span), step)
        late = Failure(
            "deadline",
            "DeadlineExceeded",
            f"no answer from {step.service} within {policy.timeout_ms} ms",
        )
        cluster.kernel.after(policy.timeout_ms * 1_000, reply.settle, late)
        failure = yield reply
        if failure is None:
            cluster.recorder.finish(span, "info", f"{step.operation} ok")
            return None
        span.attributes["error_type"] = failure.error_type
        cluster.recorder.finish(span, "error", f"{step.operation} failed: {failure.message}")
        if failure.kind == "fault":
            return failure
    if failure is not None and failure.kind == "deadline":
        request.fail(failure)
    return failure


def _send(request: Request, step: Call) -> Reply[Failure | None]:
    cluster = request.cluster
    reply: Reply[Failure | None] = Reply()
    baggage = {name: value for name, value in request.baggage.items() if name != "conn_id"}
    instance = cluster.choose(step.service)
    operation = cluster.operations[step.service, step.operation]
    cluster.kernel.spawn(
        serve(cluster, instance, operation, reply, parent=request.span, baggage=baggage)
    )
    return reply


def _transact(request: Request, step: Transaction) -> Process[Failure | None]:
    cluster = request.cluster
    pool = cluster.pools[step.pool]
    connection = yield from connect(request, pool, step)
    if isinstance(connection, Failure):
        return connection
    host = cluster.instances[pool.pool.service][0]
    yield from compute(cluster, host, Work(step.query, 0.5))
    inside = replace(request, baggage={**request.baggage, "conn_id": connection.conn_id})
    failure = yield from follow(inside, step.steps)
    give_back(pool, connection, failure)
    if failure is not None:
        request.log("debug", f"rollback {step.operation}", conn_id=connection.conn_id)
    return failure


def _finish(request: Request, operation: Operation, failure: Failure | None) -> None:
    span = request.span
    recorder = request.cluster.recorder
    text = operation.name
    if operation.status is not None:
        status = operation.status
        if failure is not None:
            status = dict(operation.statuses).get(failure.kind, 500)
        span.attributes["http.status_code"] = status
        template = "{operation} {status}"
        if failure is not None:
            template = request.instance.service.failure_text
        text = template.format(operation=operation.name, status=status)
    elapsed = request.cluster.kernel.now - span.start
    if failure is not None:
        recorder.finish(span, "error", text)
    elif elapsed > operation.slow_ms * 1_000:
        recorder.finish(span, "warn", f"{text}, slow: over {operation.slow_ms} ms")
    else:
        recorder.finish(span, "info", text)
