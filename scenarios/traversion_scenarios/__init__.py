r"""Simulated incidents with known causes, as the JSON lines their services would have written.

`names`, `describe` and `lines` give the bundled scenarios; `source` is the entry point by which
`scenario:NAME` is found, and `simulate` runs a description of one's own. Standard library only;
the same description gives the same bytes everywhere.

The model
---------
A description names services, their operations, pools, users, background jobs and changes. Time
passes from event to event (`kernel`). What goes wrong is nowhere written down: it follows.

| part | rule |
|---|---|
| arrivals | Poisson streams with rates linear between points; failed users may try again |
| operations | steps in sequence; times are log-normal; an instance is picked at random |
| instances | so many slots, then a first-come queue; more work than cores takes longer in ratio |
| pools | so many connections, first come first served, a timeout for those who wait |
| transactions | hold their connection while their steps call others, who may need one too |
| calls | may have a timeout and retries; the callee of a caller who left works on |
| breakers | after some failures in a row an instance refuses transactions for a while |
| `cpu_pct` | work and failures in progress over the cores, averaged between two samples |
| `memory_pct` | base + requests in flight + results kept + garbage; shrinks with a lag of 12 s |

Simplifications: processor sharing is decided when work begins and not revised; statements do not
lock each other, and a database gets slower only when its cores are all in use; the network takes
no time and loses nothing; clocks agree; instances neither die nor scale; memory has no effect on
anything and stops at 100 percent; a pool is kept by the first instance of its service.

The lines
---------
Types are span, log, error, metric, deploy and config. `timestamp` of a span is its start, though
it is written when it ends. A span `acquire connection` that got none, and the error
`PoolExhausted`, say who has the connections: `holders` counts them by service; `held_by` and
`held_for` are the service and statement that have most, and `conn_id` with `held_ms` the
connection they have held longest.
"""

from traversion_scenarios.check import DescriptionError
from traversion_scenarios.library import UnknownScenarioError, describe, lines, names, source
from traversion_scenarios.scenario import ScenarioInfo
from traversion_scenarios.simulate import simulate

__all__ = [
    "DescriptionError",
    "ScenarioInfo",
    "UnknownScenarioError",
    "describe",
    "lines",
    "names",
    "simulate",
    "source",
]
