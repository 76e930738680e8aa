"""A description brought to life: instances by service, pools by name, draws by purpose."""

from __future__ import annotations

from dataclasses import dataclass

from traversion_scenarios.description import Description, Operation, Pool, Service
from traversion_scenarios.kernel import Kernel
from traversion_scenarios.laws import Draws
from traversion_scenarios.resources import ConnectionPool, Instance
from traversion_scenarios.telemetry import Origin, Recorder


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a step failed: `kind` is pool, deadline, circuit or fault; the rest is for people."""

    kind: str
    error_type: str
    message: str


class Cluster:
    """All that exists while a scenario runs, with the simulated clock and the recorder."""

    def __init__(self, description: Description) -> None:
        start = -description.warm_up_s * 1_000_000
        self.description = description
        self.kernel = Kernel(start)
        self._streams: dict[str, Draws] = {}
        self.recorder = Recorder(self.kernel, self.draws("ids"))
        self.services: dict[str, Service] = {s.name: s for s in description.services}
        self.instances: dict[str, tuple[Instance, ...]] = {
            service.name: tuple(Instance(service, name, start) for name in service.instances)
            for service in description.services
        }
        self.operations: dict[tuple[str, str], Operation] = {
            (service.name, operation.name): operation
            for service in description.services
            for operation in service.operations
        }
        self.pools: dict[str, ConnectionPool] = {
            p.name: ConnectionPool(p) for p in description.pools
        }
        self.versions: dict[str, str] = {s.name: s.version for s in description.services}
        self.slowdowns: dict[str, float] = {}

    def draws(self, purpose: str) -> Draws:
        """The stream of random draws for one purpose."""
        if purpose not in self._streams:
            self._streams[purpose] = Draws(f"{self.description.seed}/{purpose}")
        return self._streams[purpose]

    def choose(self, service: str) -> Instance:
        """The instance the load balancer picks."""
        candidates = self.instances[service]
        return candidates[self.draws("balance/" + service).below(len(candidates))]

    def pool_origin(self, pool: Pool) -> Origin:
        """The service and instance that keep a pool."""
        return Origin(pool.service, self.instances[pool.service][0].name)

    def pools_of(self, service: str) -> tuple[ConnectionPool, ...]:
        """The pools a service keeps."""
        return tuple(p for p in self.pools.values() if p.pool.service == service)
