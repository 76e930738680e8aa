"""What load uses up: processor time, memory, slots of an instance, connections of a pool."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from traversion_scenarios.description import Pool, Service
from traversion_scenarios.kernel import Reply
from traversion_scenarios.laws import exponential

_RELEASE_SECONDS = 12.0
_GARBAGE_SHARE = 0.06


class Processor:
    """Cores of one instance, with the busy share integrated over time."""

    def __init__(self, cores: int, base: float, now: int) -> None:
        self.cores = cores
        self._base = base
        self._demand = base
        self._since = now
        self._busy = 0.0
        self._sampled = now

    def begin(self, now: int, cpu: float) -> float:
        """Starts work needing `cpu` cores; gives how many times longer than alone it will take."""
        self._integrate(now)
        self._demand += cpu
        return max(1.0, self._demand / self.cores)

    def end(self, now: int, cpu: float) -> None:
        """Ends work begun with the same `cpu`."""
        self._integrate(now)
        self._demand -= cpu

    def sample(self, now: int) -> float:
        """Percent of the cores that was busy since the last sample."""
        self._integrate(now)
        elapsed = max(1, now - self._sampled)
        percent = 100.0 * self._busy / (elapsed * self.cores)
        self._busy, self._sampled = 0.0, now
        return min(100.0, max(0.0, percent))

    def rest(self, now: int, base: float) -> None:
        """Sets the cores kept busy by what the model does not show."""
        self._integrate(now)
        self._demand += base - self._base
        self._base = base

    def _integrate(self, now: int) -> None:
        self._busy += min(self._demand, float(self.cores)) * (now - self._since)
        self._since = now


class Instance:
    """One running copy of a service: its slots, processor, memory and circuit breaker."""

    def __init__(self, service: Service, name: str, now: int) -> None:
        self.service = service
        self.name = name
        self.processor = Processor(service.cores, service.base_cpu, now)
        self.in_flight = 0
        self.kept_mb = 0.0
        self.failures_in_a_row = 0
        self.refusing_until = now
        self._queue: deque[Reply[None]] = deque()
        self._garbage_mb = 0.0
        self._resident_mb = float(service.base_memory_mb)
        self._sampled = now

    @property
    def queued(self) -> int:
        """Requests waiting for a slot."""
        return len(self._queue)

    def enter(self) -> Reply[None]:
        """Asks for a slot."""
        turn: Reply[None] = Reply()
        if self.in_flight < self.service.slots:
            self.in_flight += 1
            turn.settle(None)
        else:
            self._queue.append(turn)
        return turn

    def leave(self) -> None:
        """Gives the slot back, to the next in the queue if there is one."""
        if self._queue:
            self._queue.popleft().settle(None)
        else:
            self.in_flight -= 1

    def litter(self) -> None:
        """Leaves one request's garbage; past a share of the memory all of it is collected."""
        self._garbage_mb += self.service.request_mb
        if self._garbage_mb > _GARBAGE_SHARE * self.service.memory_mb:
            self._garbage_mb = 0.0

    def memory_percent(self, now: int) -> float:
        """Resident memory: it grows with what is live at once, and shrinks lazily after it."""
        service = self.service
        requests = (self.in_flight + self.queued) * service.request_mb
        live = service.base_memory_mb + requests + self.kept_mb + self._garbage_mb
        if live < self._resident_mb:
            left = exponential((self._sampled - now) / 1_000_000 / _RELEASE_SECONDS)
            live += (self._resident_mb - live) * left
        self._resident_mb, self._sampled = live, now
        return min(100.0, 100.0 * live / service.memory_mb)


@dataclass(frozen=True, slots=True)
class Holding:
    """Who has a connection, for what, and since when."""

    conn_id: str
    service: str
    operation: str
    since: int


@dataclass(eq=False, slots=True)
class Ticket:
    """A place in a pool's queue; settled with a connection, or with None when time is up."""

    service: str
    operation: str
    reply: Reply[str | None] = field(default_factory=Reply)


class ConnectionPool:
    """Connections c-01, c-02, … handed out first come, first served."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._free = deque(f"c-{number:02}" for number in range(1, pool.size + 1))
        self._held: dict[str, Holding] = {}
        self._queue: deque[Ticket] = deque()
        self.last_alarm: int | None = None

    @property
    def in_use(self) -> int:
        """Connections handed out."""
        return len(self._held)

    @property
    def waiting(self) -> int:
        """Requests for a connection in the queue."""
        return len(self._queue)

    def take(self, service: str, operation: str, now: int) -> str | None:
        """A free connection at once, or None."""
        if not self._free or self._queue:
            return None
        return self._hand(self._free.popleft(), service, operation, now)

    def wait(self, service: str, operation: str) -> Ticket:
        """A place at the end of the queue."""
        ticket = Ticket(service, operation)
        self._queue.append(ticket)
        return ticket

    def give_up(self, ticket: Ticket) -> None:
        """Ends a wait without a connection, unless it has ended with one."""
        if ticket.reply.settle(None):
            self._queue.remove(ticket)

    def release(self, conn_id: str, now: int) -> None:
        """Takes a connection back and hands it to the first in the queue."""
        del self._held[conn_id]
        if self._queue:
            ticket = self._queue.popleft()
            self._hand(conn_id, ticket.service, ticket.operation, now)
            ticket.reply.settle(conn_id)
        else:
            self._free.append(conn_id)

    def holdings(self) -> Iterable[Holding]:
        """Who holds what, longest held first."""
        return sorted(self._held.values(), key=lambda holding: (holding.since, holding.conn_id))

    def _hand(self, conn_id: str, service: str, operation: str, now: int) -> str:
        self._held[conn_id] = Holding(conn_id, service, operation, now)
        return conn_id
