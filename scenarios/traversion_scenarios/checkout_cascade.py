"""The incident `checkout-cascade`: a reconcile job's long transactions drain the shop's pool.

What the description says: some minutes in, a reconcile job starts on one worker and opens one
lane after another, each holding a connection of the shared pool through a long transaction.
What follows from it: when its lanes, the everyday jobs and the checkouts together want more than
the pool has, requests queue; orders hold a connection while inventory waits for another; waits
end in timeouts, callers leave and call again, users press the button again; the corrections the
job has found pile up in its memory because they need a connection to be written. When the job
has done its batches the queue drains and the shop recovers by itself.

Only the cause is a choice: the size of the job, its start and the seed were tried out until the
shop is calm before, breaks within a minute of the start and is calm again at the end.
"""

from __future__ import annotations

from traversion_scenarios.description import (
    Change,
    Description,
    Job,
    Keep,
    Note,
    Transaction,
    Work,
)
from traversion_scenarios.laws import LogNormal
from traversion_scenarios.scenario import Scenario
from traversion_scenarios.shop import CLIENTS, EVERYDAY_JOBS, PRIMARY, SERVICES

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

DESCRIPTION = Description(
    seed="checkout-cascade-3",
    start_ns=1_705_333_440_000_000_000,
    length_s=480,
    services=SERVICES,
    pools=(PRIMARY,),
    clients=CLIENTS,
    jobs=(*EVERYDAY_JOBS, _RECONCILE),
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
        "others wait for; why the memory of one service follows its CPU; and whether the two "
        "changes before it have anything to do with it."
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
