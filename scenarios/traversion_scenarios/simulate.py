"""Runs a description from its warm-up to its end."""

from __future__ import annotations

from collections.abc import Iterator

from traversion_scenarios.check import check
from traversion_scenarios.cluster import Cluster
from traversion_scenarios.description import Description
from traversion_scenarios.workload import apply_change, arrivals, samples, start_job

_STAGGER = 270_000


def simulate(description: Description) -> Iterator[bytes]:
    """The JSON lines a scenario writes, in order of writing, each ending in a newline.

    Raises:
        DescriptionError: when the description contradicts itself.
    """
    check(description)
    cluster = Cluster(description)
    for client in description.clients:
        cluster.kernel.spawn(arrivals(cluster, client))
    for job in description.jobs:
        start_job(cluster, job)
    for change in description.changes:
        delay = int(change.at_s * 1_000_000) - cluster.kernel.now
        cluster.kernel.after(delay, apply_change, cluster, change)
    every_instance = [i for service in cluster.instances.values() for i in service]
    for number, instance in enumerate(every_instance):
        cluster.kernel.spawn(samples(cluster, instance), number * _STAGGER)
    length = description.length_s * 1_000_000
    cluster.kernel.run(length)
    return cluster.recorder.lines(description.start_ns, length)
