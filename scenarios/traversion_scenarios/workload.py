"""Where load comes from: users, background jobs, changes, and the sampling of metrics."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from traversion_scenarios.cluster import Cluster, Failure
from traversion_scenarios.description import Change, Client, Job
from traversion_scenarios.kernel import Process, Reply
from traversion_scenarios.request import Request
from traversion_scenarios.resources import Instance
from traversion_scenarios.steps import follow, serve
from traversion_scenarios.telemetry import Origin


def arrivals(cluster: Cluster, client: Client) -> Process[None]:
    """Users who come at the client's rates, each a process of its own."""
    draws = cluster.draws("client/" + client.name)
    while True:
        yield draws.gap(_rate(client.rates, cluster.kernel.now / 1_000_000))
        baggage = {b.name: f"{b.prefix}{draws.below(b.values)}" for b in client.baggage}
        cluster.kernel.spawn(_user(cluster, client, baggage))


def _user(cluster: Cluster, client: Client, baggage: Mapping[str, Any]) -> Process[None]:
    draws = cluster.draws("client/" + client.name)
    operation = cluster.operations[client.service, client.operation]
    for attempt in range(1, client.attempts + 1):
        reply: Reply[Failure | None] = Reply()
        instance = cluster.choose(client.service)
        carried = {**baggage, "attempt": attempt}
        cluster.kernel.spawn(
            serve(cluster, instance, operation, reply, parent=None, baggage=carried)
        )
        failure = yield reply
        if failure is None or draws.uniform() >= client.retry_share:
            return
        yield draws.micros(client.patience)


def _rate(points: tuple[tuple[float, float], ...], second: float) -> float:
    before = points[0]
    for point in points:
        if second < point[0]:
            if point is points[0]:
                return point[1]
            share = (second - before[0]) / (point[0] - before[0])
            return before[1] + share * (point[1] - before[1])
        before = point
    return before[1]


class Backlog:
    """The batches of a job still to do, shared by its lanes; endless when the job is."""

    def __init__(self, batches: int | None) -> None:
        self.total = batches
        self.done = 0
        self._todo = deque(range(1, (batches or 0) + 1))
        self._count = 0

    @property
    def empty(self) -> bool:
        """Nothing left to start."""
        return self.total is not None and not self._todo

    def take(self) -> int:
        """The number of the next batch."""
        self._count += 1
        return self._count if self.total is None else self._todo.popleft()

    def put_back(self, number: int) -> None:
        """Returns a failed batch, to be done last."""
        if self.total is not None:
            self._todo.append(number)


def start_job(cluster: Cluster, job: Job) -> None:
    """Starts the lanes of a job, one after another."""
    backlog = Backlog(job.batches)
    start = int(job.start_s * 1_000_000) - cluster.kernel.now
    if job.batches is not None:
        text = f"{job.name}: starting, {job.batches} batches in up to {job.lanes} lanes"
        origin = Origin(job.service, cluster.instances[job.service][job.instance].name)
        fields = {"severity": "info", "message": text, "lanes": job.lanes}
        cluster.kernel.after(max(0, start), cluster.recorder.event, origin, "log", fields)
    for lane in range(job.lanes):
        delay = start + int(lane * job.lane_every_s * 1_000_000)
        cluster.kernel.spawn(_lane(cluster, job, backlog), max(0, delay))


def _lane(cluster: Cluster, job: Job, backlog: Backlog) -> Process[None]:
    instance = cluster.instances[job.service][job.instance]
    origin = Origin(job.service, instance.name)
    draws = cluster.draws("job/" + job.name)
    while not backlog.empty:
        number = backlog.take()
        attributes = {"job": job.name, "batch": number}
        span = cluster.recorder.start(origin, job.name, "internal", None, attributes)
        baggage = {**attributes, "total": backlog.total}
        request = Request(cluster, instance, span, baggage)
        failure = yield from follow(request, job.steps)
        if failure is None:
            backlog.done += 1
            cluster.recorder.finish(span, "info", f"{job.name} done")
        else:
            backlog.put_back(number)
            span.attributes["error_type"] = failure.error_type
            cluster.recorder.finish(span, "error", f"{job.name} failed: {failure.message}")
        if backlog.done == backlog.total:
            fields = {
                "severity": "info",
                "message": f"{job.name}: all {backlog.total} batches done",
            }
            cluster.recorder.event(origin, "log", fields)
        instance.litter()
        yield draws.micros(job.pause)


def apply_change(cluster: Cluster, change: Change) -> None:
    """Makes a change happen and writes it down."""
    cluster.versions[change.service] = change.version
    cluster.slowdowns[change.service] = change.slowdown
    fields = {"severity": "info", "message": change.message, "version": change.version}
    first = cluster.instances[change.service][0]
    cluster.recorder.event(Origin(change.service, first.name), change.kind, fields)


def samples(cluster: Cluster, instance: Instance) -> Process[None]:
    """Writes an instance's metrics at every sampling interval."""
    service = instance.service
    origin = Origin(service.name, instance.name)
    draws = cluster.draws("rest/" + instance.name)
    while True:
        now = cluster.kernel.now
        instance.processor.rest(now, service.base_cpu * max(0.2, 1.0 + 0.2 * draws.normal()))
        fields: dict[str, object] = {
            "cpu_pct": round(instance.processor.sample(now), 1),
            "memory_pct": round(instance.memory_percent(now), 1),
            "in_flight": instance.in_flight,
            "queue_depth": instance.queued,
        }
        for pool in cluster.pools_of(service.name):
            fields |= {
                "pool_in_use": pool.in_use,
                "pool_size": pool.pool.size,
                "pool_waiting": pool.waiting,
            }
        fields["version"] = cluster.versions[service.name]
        cluster.recorder.event(origin, "metric", fields)
        yield cluster.description.sample_every_s * 1_000_000
