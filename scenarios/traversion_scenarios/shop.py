"""A web shop of nine services on one database pool, on a quiet afternoon.

The incidents that play in it add a cause of their own.
"""

from __future__ import annotations

from traversion_scenarios.description import (
    Baggage,
    Breaker,
    Call,
    CallPolicy,
    Client,
    Drain,
    Job,
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

EVERYDAY_JOBS = (
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

PRIMARY = Pool("primary", "db", 20, 5_000)

SERVICES = (
    _GATEWAY,
    _ORDERS,
    _CART,
    _PAYMENTS,
    _INVENTORY,
    _CATALOG,
    _CACHE,
    _DB,
    _WORKER,
)

CLIENTS = (
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
)
