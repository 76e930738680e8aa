"""Finds contradictions in a description before it runs."""

from __future__ import annotations

from collections.abc import Iterator

from traversion_scenarios.description import (
    Call,
    Description,
    Sometimes,
    Step,
    Transaction,
)

_DEEPEST = 16


class DescriptionError(ValueError):
    """A description names something it does not have, or its calls go round in a circle."""


def check(description: Description) -> None:
    """Raises DescriptionError for the first contradiction found, naming the place."""
    operations = {(s.name, o.name): o.steps for s in description.services for o in s.operations}
    instances = {service.name: len(service.instances) for service in description.services}
    pools = {pool.name for pool in description.pools}
    for pool in description.pools:
        _known(pool.service in instances, f"pool {pool.name} is kept by no service {pool.service}")
    for change in description.changes:
        _known(change.service in instances, f"a change names no service {change.service}")
    entries: list[tuple[str, tuple[Step, ...]]] = []
    for client in description.clients:
        where = f"client {client.name}"
        target = (client.service, client.operation)
        _known(target in operations, f"{where} calls no operation {target[1]} of {target[0]}")
        _known(min(rate for _, rate in client.rates) > 0, f"{where} needs rates above 0")
        entries.append((where, (Call(*target),)))
    for job in description.jobs:
        where = f"job {job.name}"
        known = 0 <= job.instance < instances.get(job.service, 0)
        _known(known, f"{where} runs on no instance {job.instance} of {job.service}")
        entries.append((where, job.steps))
    for where, steps in entries:
        level = list(_flat(steps))
        for _ in range(_DEEPEST):
            below: dict[tuple[str, str], None] = {}
            for step in level:
                if isinstance(step, Transaction):
                    _known(step.pool in pools, f"{where} leads to no pool {step.pool}")
                elif isinstance(step, Call):
                    key = (step.service, step.operation)
                    _known(key in operations, f"{where} leads to no {key[1]} of {key[0]}")
                    below[key] = None
            level = [step for key in below for step in _flat(operations[key])]
        _known(not level, f"{where} leads to calls more than {_DEEPEST} deep, or in a circle")


def _flat(steps: tuple[Step, ...]) -> Iterator[Step]:
    waiting = list(steps)
    while waiting:
        step = waiting.pop()
        if isinstance(step, Sometimes | Transaction):
            waiting.extend(step.steps)
        yield step


def _known(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - an assertion's condition
    if not holds:
        raise DescriptionError(otherwise)
