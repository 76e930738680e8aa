"""A request inside one service: where it runs, under which span, with which baggage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from traversion_scenarios.cluster import Cluster, Failure
from traversion_scenarios.description import Work
from traversion_scenarios.kernel import Process
from traversion_scenarios.laws import Draws
from traversion_scenarios.resources import Instance
from traversion_scenarios.telemetry import Origin, Span


@dataclass(frozen=True, slots=True)
class Request:
    """What a step needs to know; `span` is the one that the step's own spans hang under."""

    cluster: Cluster
    instance: Instance
    span: Span
    baggage: Mapping[str, Any]

    @property
    def service(self) -> str:
        """The name of the service it runs in."""
        return self.instance.service.name

    @property
    def origin(self) -> Origin:
        """Who writes its lines."""
        return Origin(self.service, self.instance.name)

    @property
    def draws(self) -> Draws:
        """The random draws of its service."""
        return self.cluster.draws("work/" + self.service)

    def log(self, severity: str, message: str, **attributes: object) -> None:
        """Writes a log line in its span."""
        self.cluster.recorder.log(self.span, severity, message, attributes)

    def fail(self, failure: Failure) -> Failure:
        """Writes the error line of a failure that is first noticed here."""
        kind = {"exception.type": failure.error_type}
        self.log("error", failure.message, error_type=failure.error_type, **kind)
        return failure


def compute(cluster: Cluster, instance: Instance, work: Work) -> Process[None]:
    """Uses the processor of an instance; slower when more is asked of it than it has cores."""
    service = instance.service.name
    time = cluster.draws("work/" + service).micros(work.time)
    crowding = instance.processor.begin(cluster.kernel.now, work.cpu)
    yield int(time * crowding * cluster.slowdowns.get(service, 1.0))
    instance.processor.end(cluster.kernel.now, work.cpu)
