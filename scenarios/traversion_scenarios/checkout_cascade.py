"""The incident `checkout-cascade`: a nightly job's long transactions drain a shared pool.

What the description says: at a quarter to four a reconcile job starts on one worker and opens
one lane after another, each holding a connection of the shared pool through a long transaction.
What follows from it: when its lanes, the everyday jobs and the checkouts together want more than
the pool has, requests queue; orders hold a connection while inventory waits for another; waits
end in timeouts, callers leave and call again, users press the button again; the corrections the
job has found pile up in its memory because they need a connection to be written. When the job
has done its batches the queue drains and the shop recovers by itself.
"""

from __future__ import annotations

from traversion_scenarios.description import (
    Baggage,
    Breaker,
    Call,
    CallPolicy,
    Change,
    Client,
    Description,
    Drain,
    Job,
    Keep,
    Note,
    Operation,
    Pool,
    Service,
    Sometimes,
    Step,
    Transaction,
    Work,
)
from traversion_scenarios.laws import LogNormal
from traversion_scenarios.scenario import Scenario

_EDGE = (("pool", 503), ("deadline", 503), ("circuit", 503), ("fault", 502))
_BUYER = (Baggage("user_id", "u-", 40_000), Baggage("order_id", "o-", 90_000))
_SHOPPER = (Baggage("user_id", "u-", 40_000), Baggage("sku", "sku-", 900))
_IDS = ("user_id", "order_id", "attempt")


def _query(operation: str, statement: str, median_ms: float, *steps: Step) -> Transaction:
    return Transaction("primary", operation, statement, LogNormal(median_ms, 0.45), steps)


def _work(median_ms: float, cpu: float = 1.0) -> Work:
    return Work(LogNormal(median_ms, 0.4), cpu)


_GATEWAY = Service(
    "api-gateway",
    ("api-gateway-6b4d-1", "api-gateway-6b4d-2"),
    (
        Operation(
            "POST /checkout",
            (_work(2), Call("orders", "POST /orders", CallPolicy(15_000)), _work(1)),
            statuses=_EDGE,
            records=_IDS,
        ),
        Operation(
            "POST /buy-now",
            (_work(2), Call("cart", "POST /cart/buy", CallPolicy(15_000)), _work(1)),
            statuses=_EDGE,
            records=_IDS,
        ),
        Operation(
            "PUT /cart/items",
            (_work(2), Call("cart", "PUT /items")),
            statuses=_EDGE,
            records=("user_id", "sku", "attempt"),
        ),
        Operation(
            "GET /products",
            (_work(2), Call("catalog", "GET /products")),
            statuses=_EDGE,
            records=("user_id", "sku"),
        ),
        Operation(
            "GET /orders",
            (_work(2), Call("orders", "GET /orders")),
            statuses=_EDGE,
            records=("user_id", "order_id"),
        ),
    ),
    version="3.14.0",
    request_mb=3.0,
    failure_text="{status} {operation}",
)

_ORDERS = Service(
    "orders",
    ("orders-7f9c-1", "orders-7f9c-2", "orders-7f9c-3"),
    (
        Operation(
            "POST /orders",
            (
                _work(5),
                Call("cart", "GET /cart"),
                _query(
                    "INSERT orders",
                    "INSERT INTO orders (id, user_id, total) VALUES ($1, $2, $3)",
                    7,
                    Call("inventory", "POST /reserve", CallPolicy(6_000, 2, 150)),
                    Call("payments", "POST /authorize"),
                ),
                _work(3),
            ),
            records=("order_id", "user_id"),
        ),
        Operation(
            "GET /orders",
            (_work(3), _query("SELECT orders", "SELECT * FROM orders WHERE id = $1", 6)),
            records=("order_id",),
        ),
    ),
    slots=24,
    version="5.2.1",
    request_mb=14.0,
    failure_cost=LogNormal(60.0, 0.3),
    breaker=Breaker(6, 5_000),
)

_CART = Service(
    "cart",
    ("cart-5d88-1", "cart-5d88-2"),
    (
        Operation(
            "GET /cart",
            (_work(3), Call("cache", "GET cart")),
            records=("user_id",),
        ),
        Operation(
            "PUT /items",
            (
                _work(4),
                Call("cache", "SET cart"),
                _query("UPSERT cart_items", "INSERT INTO cart_items … ON CONFLICT DO UPDATE", 6),
            ),
            records=("user_id", "sku"),
        ),
        Operation(
            "POST /cart/buy",
            (_work(4), Call("orders", "POST /orders", CallPolicy(9_000, 3, 300))),
            records=("user_id", "order_id"),
        ),
    ),
    version="2.9.4",
    request_mb=6.0,
)

_PAYMENTS = Service(
    "payments",
    ("payments-74c5-1", "payments-74c5-2"),
    (
        Operation(
            "POST /authorize",
            (_work(4), Work(LogNormal(62, 0.35), 0.05)),
            fault_share=0.006,
            fault_message="card processor answered 502",
            records=("order_id",),
        ),
    ),
    version="2.8.1",
)

_INVENTORY = Service(
    "inventory",
    ("inventory-66f7-1", "inventory-66f7-2"),
    (
        Operation(
            "POST /reserve",
            (
                _work(4),
                Sometimes(0.6, (Call("cache", "GET stock"),)),
                _query(
                    "UPDATE stock", "UPDATE stock SET reserved = reserved + 1 WHERE sku = $1", 8
                ),
            ),
            statuses=(("pool", 503),),
            slow_ms=500,
            records=("order_id",),
        ),
    ),
    version="1.31.0",
)

_CATALOG = Service(
    "catalog",
    ("catalog-59bb-1", "catalog-59bb-2"),
    (
        Operation(
            "GET /products",
            (
                _work(5),
                Call("cache", "GET product"),
                Sometimes(
                    0.06,
                    (
                        Note("debug", "cache miss for {sku}"),
                        _query("SELECT products", "SELECT * FROM products WHERE sku = $1", 9),
                    ),
                ),
            ),
            records=("sku",),
        ),
    ),
    version="1.14.2",
)

_CACHE = Service(
    "cache",
    ("cache-0",),
    tuple(
        Operation(name, (_work(0.6),), status=None, slow_ms=50)
        for name in ("GET cart", "SET cart", "GET stock", "GET product")
    ),
    cores=4,
    base_memory_mb=620,
    request_mb=0.1,
    version="7.2.4",
)

_DB = Service(
    "db",
    ("db-0",),
    (),
    cores=16,
    memory_mb=16_384,
    base_memory_mb=9_200,
    base_cpu=1.4,
    version="15.5",
)

_WORKER = Service(
    "worker",
    ("worker-5c8d-0", "worker-5c8d-1"),
    (),
    cores=4,
    memory_mb=4_096,
    base_memory_mb=1_250,
    base_cpu=0.3,
    version="4.0.7",
)

_RECONCILE = Job(
    "reconcile batch",
    "worker",
    0,
    174.5,
    (
        Transaction(
            "primary",
            "SELECT ledger FOR UPDATE",
            "SELECT * FROM ledger WHERE batch = $1 FOR UPDATE",
            LogNormal(5_500, 0.3),
            (
                Note("info", "reconcile batch {batch} of {total}"),
                Work(LogNormal(9_000, 0.3), 0.5),
                Keep(34.0),
            ),
        ),
    ),
    LogNormal(150, 0.4),
    lanes=24,
    lane_every_s=2.6,
    batches=112,
)

_EVERYDAY_JOBS = (
    Job(
        "flush corrections",
        "worker",
        0,
        -18.0,
        (
            _query("COPY corrections", "COPY corrections FROM STDIN", 140),
            Drain(130.0),
        ),
        LogNormal(2_500, 0.2),
    ),
    Job(
        "relay outbox",
        "worker",
        1,
        -19.0,
        (
            _query(
                "LISTEN outbox",
                "LISTEN outbox",
                20,
                Work(LogNormal(7_000, 0.3), 0.02),
            ),
        ),
        LogNormal(400, 0.5),
        lanes=4,
        lane_every_s=1.3,
    ),
    Job(
        "stock snapshot",
        "inventory",
        0,
        -17.0,
        (
            _query(
                "DECLARE stock CURSOR",
                "DECLARE stock CURSOR FOR SELECT sku, on_hand FROM stock",
                900,
                Work(LogNormal(1_800, 0.4), 0.05),
            ),
        ),
        LogNormal(2_000, 0.4),
        lanes=3,
        lane_every_s=1.1,
    ),
)

DESCRIPTION = Description(
    seed="checkout-cascade-3",
    start_ns=1_705_333_440_000_000_000,
    length_s=480,
    services=(
        _GATEWAY,
        _ORDERS,
        _CART,
        _PAYMENTS,
        _INVENTORY,
        _CATALOG,
        _CACHE,
        _DB,
        _WORKER,
    ),
    pools=(Pool("primary", "db", 20, 5_000),),
    clients=(
        Client(
            "checkout",
            "api-gateway",
            "POST /checkout",
            ((0, 1.1), (200, 1.3), (480, 1.2)),
            _BUYER,
            retry_share=0.5,
            attempts=3,
        ),
        Client(
            "buy now",
            "api-gateway",
            "POST /buy-now",
            ((0, 0.25),),
            _BUYER,
            retry_share=0.3,
            attempts=2,
        ),
        Client(
            "fill cart",
            "api-gateway",
            "PUT /cart/items",
            ((0, 0.9),),
            _SHOPPER,
            retry_share=0.4,
            attempts=3,
        ),
        Client("browse", "api-gateway", "GET /products", ((0, 2.3),), _SHOPPER),
        Client("look up order", "api-gateway", "GET /orders", ((0, 0.5),), _BUYER),
    ),
    jobs=(*_EVERYDAY_JOBS, _RECONCILE),
    changes=(
        Change(74, "payments", "deploy", "deployed payments 2.8.2", "2.8.2", 1.06),
        Change(131, "catalog", "config", "catalog: cache ttl 300 s to 240 s", "1.14.2"),
    ),
)

SCENARIO = Scenario(
    name="checkout-cascade",
    title="Checkout cascade",
    summary=(
        "Checkouts begin to fail at the gateway, a queue grows in front of the database, "
        "and a while later everything is well again."
    ),
    look_for=(
        "The first 503 at api-gateway and what its causes lead to; who holds the connections "
        "others wait for; why the memory of one service follows its CPU; and which of the two "
        "changes before it has nothing to do with it."
    ),
    hints=(
        "TIMELINE WHERE service = 'api-gateway' AND http.status_code = 503 LIMIT 20",
        "TRAVERSE FROM (WHERE service = 'api-gateway' AND http.status_code = 503)",
        "SELECT max(pool_in_use), max(pool_waiting) WHERE service = 'db' EVERY 10s",
        "SELECT held_by, count() WHERE error_type = 'PoolExhausted' GROUP BY held_by",
        "MATCH PATTERN WHERE cpu > 80% FOLLOWED BY memory > 90% WITHIN 5 minutes",
        "ROOT CAUSE",
    ),
    description=DESCRIPTION,
)
