"""A recording made by hand for the console's tests: an incident of some 18,000 events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Event

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.ingest import Progress
from traversion_data.model import MILLISECOND, SECOND, Recognised, SourceInfo
from traversion_data.store.view import StoreView
from traversion_engine.context import HEADLESS, Context
from traversion_engine.result import ResultColumn, ResultTable, Role
from traversion_engine.session import Session
from traversion_tui.recording import USUAL, Terms

START = 1_705_333_440 * SECOND  # 2024-01-15 15:44:00 UTC
SERVICES = ["api-gateway", "cart", "orders", "payments", "inventory", "db", "cache", "worker"]
SAYS = {
    "api-gateway": "POST /checkout 200",
    "cart": "PUT /cart/items 200",
    "orders": "POST /orders 200",
    "payments": "POST /authorize 200",
    "inventory": "reserve stock",
    "db": "acquire c-20 orders",
    "cache": "GET stock:8841 miss",
    "worker": "reconcile batch 58 of 240",
}
OPERATIONS = {
    "api-gateway": "POST /checkout", "cart": "PUT /cart/items", "orders": "POST /orders",
    "payments": "POST /authorize", "inventory": "POST /reserve", "db": "acquire connection",
    "cache": "GET stock", "worker": "reconcile",
}  # fmt: skip
FAILS = {
    "api-gateway": "503 POST /checkout",
    "orders": "timeout acquiring conn",
    "db": "pool exhausted  in_use=20/20",
    "inventory": "reserve failed, no conn",
    "cart": "retry /checkout attempt 2",
}


@lru_cache
def incident(count: int = 18_204, seed: int = 7) -> pl.DataFrame:
    """Eight minutes of eight services; from 15:47:23 on db, orders and the gateway fail."""
    rng = np.random.default_rng(seed)
    calm = np.sort(rng.uniform(0, 203, count // 3))
    storm = np.sort(rng.uniform(203, 480, count - len(calm)))
    seconds = np.concatenate([calm, storm])
    time = START + (seconds * 1e9).astype(np.int64)
    late = seconds > 203
    services = rng.choice(SERVICES, count)
    bad = late & np.isin(services, list(FAILS)) & (rng.random(count) < 0.35)
    warns = ~bad & (rng.random(count) < np.where(late, 0.2, np.where(seconds > 190, 0.2, 0.005)))
    debug = (services == "db") & ~bad & ~warns
    severity = np.where(bad, 4, np.where(warns, 3, np.where(debug, 1, 2))).astype(np.int8)
    span = rng.random(count) < 0.4
    duration = np.where(late, rng.lognormal(6, 1.4, count), rng.lognormal(3.5, 0.8, count))
    duration_ns = (np.minimum(duration, 5090) * MILLISECOND).astype(np.int64)
    message = [
        FAILS[s] if b else ("slow " if w else "") + SAYS[s]
        for s, b, w in zip(services, bad, warns, strict=True)
    ]
    return schema.conform(
        pl.DataFrame(
            {
                "seq": np.arange(count),
                "source": np.zeros(count, dtype=np.uint16),
                "offset": np.arange(count) * 100,
                "length": np.full(count, 99),
                "time": time,
                "end_time": np.where(span, time + duration_ns, time),
                "time_digits": np.full(count, 3),
                "type": np.where(span, "span", "log"),
                "service": services,
                "severity": severity,
                "message": message,
                "operation": [
                    OPERATIONS[s] if at else None for s, at in zip(services, span, strict=True)
                ],
                "duration_ns": pl.Series(duration_ns).zip_with(
                    pl.Series(span), pl.Series([None] * count, dtype=pl.Int64)
                ),
                "trace_id": [f"t{n // 12}" for n in range(count)],
                "error_occurred": bad,
            }
        )
    )


def view_of(events: pl.DataFrame, aside: pl.DataFrame | None = None) -> StoreView:
    """A finished snapshot of one source."""
    aside = schema.empty_aside() if aside is None else aside
    info = SourceInfo(
        ordinal=0,
        name="checkout.jsonl",
        format="JSON lines",
        read=events.height + aside.height,
        stored=events.height,
        set_aside=aside.height,
        bytes_read=events.height * 100,
        complete=True,
        recognised=(Recognised("time", "ts", "by its name"),),
    )
    return StoreView(events.sort("time", "seq"), aside, (info,), 1)


def canned_services(view: StoreView, time: int) -> pl.DataFrame:
    """What STATE is in the pictures: calm, and from 15:47:23 on ever sicker; nothing measured."""
    del view
    storm = max(time / SECOND - START / SECOND - 203, 0)
    sick = {"db": 4.0, "orders": 3.0, "api-gateway": 2.0, "inventory": 1.0}
    rows = []
    for at, name in enumerate(SERVICES):
        grade = sick.get(name, 0.0) * min(storm, 1.0)
        p99 = 20.0 + 30 * at + 1250 * grade
        rows.append(
            {
                "service": name,
                "health": "failing" if grade > 2.5 else "degraded" if grade > 0.8 else "healthy",
                "request_rate": 12.5 * (at + 1) - grade,
                "error_rate": grade / 30,
                "p99": p99,
                "in_flight": round(2 + at + 10 * grade),
                "trend": [p99 * (n / 12 if grade else 0.5) for n in range(1, 13)],
            }
        )
    return pl.DataFrame(rows)


TRAVERSE = {
    "depth": Role.NUMBER, "seq": Role.EVENT, "parent_seq": Role.EVENT, "time": Role.TIME,
    "lag_ms": Role.NUMBER, "service": Role.TEXT, "type": Role.TEXT, "severity": Role.SEVERITY,
    "message": Role.TEXT, "kind": Role.TEXT, "role": Role.TEXT, "confidence": Role.NUMBER,
    "evidence": Role.TEXT,
}  # fmt: skip


class CannedSession(Session):
    """Answers TRAVERSE with a small tree and everything else by what a test gave it."""

    def __init__(self, view: Callable[[], StoreView]) -> None:
        self._current = view
        self.asked: list[str] = []
        self.reply: Callable[[str], ResultTable] | None = None

    @property
    def view(self) -> StoreView:
        return self._current()

    def ask(
        self, statement: str, context: Context = HEADLESS, cancel: Event | None = None
    ) -> ResultTable:
        self.asked.append(statement)
        if statement.startswith(("TRACE ", "STACK ", "CALLS ")):
            return Session(self._current).ask(statement, context, cancel)
        if self.reply is not None and not statement.startswith("TRAVERSE"):
            return self.reply(statement)
        return self._tree(statement, context)

    def _tree(self, statement: str, context: Context) -> ResultTable:
        view = self.view
        cursor = view.row(context.selected or 0) or 0
        near = view.page(max(cursor - 4, 0), 5).rows(named=True)[::-1]
        shape = [(0, None), (1, "direct"), (2, "direct"), (3, "data"), (3, "temporal")]
        scores = (None, 1.0, 0.98, 0.88, 0.31)
        rows = [
            {
                "depth": depth, "seq": row["seq"], "parent_seq": None, "time": row["time"],
                "lag_ms": None if kind is None else 79.0 * 4**depth, "service": row["service"],
                "type": row["type"], "severity": row["severity"], "message": row["message"],
                "kind": kind, "role": None, "confidence": score,
                "evidence": "parent span 7f3a91 waited 5,000 ms for a connection",
            }
            for (depth, kind), score, row in zip(shape, scores, near, strict=False)
        ]  # fmt: skip
        frame = pl.DataFrame(rows, schema=list(TRAVERSE), infer_schema_length=None)
        columns = tuple(ResultColumn(name, role) for name, role in TRAVERSE.items())
        return ResultTable(frame, columns, statement, frame.height, elapsed=11 * MILLISECOND)


@dataclass
class MadeRecording:
    """A recording that is read at once, or in as many steps as there are views."""

    views: list[StoreView]
    name: str = "checkout-cascade"
    terms: Terms = USUAL
    zone: str = "UTC"
    error: Exception | None = None
    cancelled: Event = field(default_factory=Event)
    waits: bool = False
    """Whether it stays in the middle of its load until it is cancelled."""

    session: CannedSession = field(init=False)

    def __post_init__(self) -> None:
        self._view = StoreView(schema.empty())
        self.session = CannedSession(lambda: self._view)

    @property
    def view(self) -> StoreView:
        return self._view

    def load(
        self,
        on_progress: Callable[[Progress], None],
        on_snapshot: Callable[[StoreView], None],
    ) -> None:
        for view in self.views:
            self._view = view
            rows = view.height
            on_progress(Progress(rows * 100, self.views[-1].height * 100, rows, 1.0, done=False))
            on_snapshot(view)
            if self.waits:
                assert self.cancelled.wait(30)
                return
        if self.error is not None:
            raise self.error

    def cancel(self) -> None:
        self.cancelled.set()


def recording(
    events: pl.DataFrame | None = None, aside: pl.DataFrame | None = None
) -> MadeRecording:
    """A recording of the incident, or of the events given."""
    return MadeRecording([view_of(incident() if events is None else events, aside)])
