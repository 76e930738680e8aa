"""What a scenario is made of: services, their call trees, the load on them and what changes.

Everything here is frozen data with no behaviour. Times are milliseconds or seconds as the names
say; seconds count from the start of the recording and may be negative (before it).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from traversion_scenarios.laws import LogNormal

_FAILURE_COST = LogNormal(12.0, 0.3)
_PATIENCE = LogNormal(2_000.0, 0.4)


@dataclass(frozen=True, slots=True)
class Work:
    """Computing for `time`, keeping `cpu` cores of the instance busy meanwhile."""

    time: LogNormal
    cpu: float = 1.0


@dataclass(frozen=True, slots=True)
class CallPolicy:
    """How a caller guards a call: each attempt has its own client span and its own timeout.

    After a timeout the caller leaves; the callee does not learn of it and works on.
    The wait before attempt n + 1 is `backoff_ms * 2 ** (n - 1)`, times 0.5 to 1.5 at random.
    """

    timeout_ms: int
    attempts: int = 1
    backoff_ms: int = 100


@dataclass(frozen=True, slots=True)
class Call:
    """A synchronous request to `operation` of `service`; without a policy it waits for ever."""

    service: str
    operation: str
    policy: CallPolicy | None = None


@dataclass(frozen=True, slots=True)
class Transaction:
    """Takes a connection of `pool`, runs `statement` for `query`, then `steps`, then gives it back.

    The connection is held while the caller goes through `steps`, whatever they wait for.
    """

    pool: str
    operation: str
    statement: str
    query: LogNormal
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Sometimes:
    """`steps` with the given probability, otherwise nothing."""

    probability: float
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A log line; `{name}` stands for a value of the request's baggage or its `conn_id`."""

    severity: str
    message: str


@dataclass(frozen=True, slots=True)
class Keep:
    """Leaves `mb` of results in the instance's memory, until some `Drain` takes them away."""

    mb: float


@dataclass(frozen=True, slots=True)
class Drain:
    """Frees up to `mb` of the results kept in the instance's memory."""

    mb: float


Step: TypeAlias = Work | Call | Transaction | Sometimes | Note | Keep | Drain


@dataclass(frozen=True, slots=True)
class Operation:
    """One entry point of a service.

    `fault_share` of the requests that went well otherwise fail with `fault_message`, the everyday
    trouble of calm times. `statuses` maps a kind of failure (`pool`, `deadline`, `circuit`,
    `fault`) to the HTTP status answered, 500 unless given; an operation whose `status` is None
    is no HTTP operation. `records` names the baggage written to its span.
    """

    name: str
    steps: tuple[Step, ...]
    status: int | None = 200
    statuses: tuple[tuple[str, int], ...] = ()
    fault_share: float = 0.0
    fault_message: str = ""
    slow_ms: int = 1_000
    records: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Breaker:
    """Refuses transactions for `cooldown_ms` once `failures` in a row got no connection."""

    failures: int
    cooldown_ms: int


@dataclass(frozen=True, slots=True)
class Service:
    """A service with equal instances.

    `slots` requests are served at once by an instance, others queue. `request_mb` is kept in
    memory by each request in flight or queued, and left as garbage when it is done.
    `failure_cost` is the computing that a failed request costs (stack traces, rollback,
    serialising the error).
    """

    name: str
    instances: tuple[str, ...]
    operations: tuple[Operation, ...]
    cores: int = 2
    slots: int = 64
    memory_mb: int = 1_024
    base_memory_mb: int = 360
    base_cpu: float = 0.1
    request_mb: float = 4.0
    version: str = "1.0.0"
    failure_cost: LogNormal = _FAILURE_COST
    failure_text: str = "{operation} {status}"
    breaker: Breaker | None = None


@dataclass(frozen=True, slots=True)
class Pool:
    """A connection pool kept by `service`, handing out connections first come, first served.

    Each connection in use takes `connection_mb` of the memory of the service's first instance.
    """

    name: str
    service: str
    size: int
    acquire_timeout_ms: int
    connection_mb: float = 60.0


@dataclass(frozen=True, slots=True)
class Baggage:
    """A value that travels with a request, such as `o-8841`: prefix and a number below `values`."""

    name: str
    prefix: str
    values: int


@dataclass(frozen=True, slots=True)
class Client:
    """A crowd of users calling one operation.

    `rates` are points (second, requests a second), linear between them, level outside. A user
    whose request failed tries again with probability `retry_share` after `patience`, and in all
    no more than `attempts` times; each try is a trace of its own.
    """

    name: str
    service: str
    operation: str
    rates: tuple[tuple[float, float], ...]
    baggage: tuple[Baggage, ...] = ()
    retry_share: float = 0.0
    attempts: int = 1
    patience: LogNormal = _PATIENCE


@dataclass(frozen=True, slots=True)
class Job:
    """Background work on one instance, run by up to `lanes` lanes in parallel.

    The first lane starts at `start_s`, another every `lane_every_s`. Each lane runs `steps` again
    and again with `pause` between. With `batches` the job ends when so many runs have succeeded
    (a failed batch is put back), else it goes on to the end.
    """

    name: str
    service: str
    instance: int
    start_s: float
    steps: tuple[Step, ...]
    pause: LogNormal
    lanes: int = 1
    lane_every_s: float = 1.0
    batches: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A deploy or a new configuration; from then on the service's work takes `slowdown` as long."""

    at_s: float
    service: str
    kind: str
    message: str
    version: str
    slowdown: float = 1.0


@dataclass(frozen=True, slots=True)
class Description:
    """A whole scenario: `start_ns` (UTC, epoch), its length, and who does what to whom."""

    seed: str
    start_ns: int
    length_s: int
    services: tuple[Service, ...]
    pools: tuple[Pool, ...]
    clients: tuple[Client, ...]
    jobs: tuple[Job, ...] = ()
    changes: tuple[Change, ...] = ()
    warm_up_s: int = 20
    sample_every_s: int = 5

    @property
    def end_ns(self) -> int:
        """The end of the recording, exclusive."""
        return self.start_ns + self.length_s * 1_000_000_000
