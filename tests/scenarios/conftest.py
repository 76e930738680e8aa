"""The bundled incident, generated once, and the same shop with a pool twice as large."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

import traversion_scenarios
from traversion_scenarios.checkout_cascade import DESCRIPTION

Event = dict[str, Any]


def decoded(lines: list[bytes]) -> list[Event]:
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="session")
def cascade_lines() -> list[bytes]:
    return list(traversion_scenarios.lines("checkout-cascade"))


@pytest.fixture(scope="session")
def cascade(cascade_lines: list[bytes]) -> list[Event]:
    return decoded(cascade_lines)


@pytest.fixture(scope="session")
def roomy() -> list[Event]:
    (pool,) = DESCRIPTION.pools
    roomy_pool = replace(pool, size=2 * pool.size)
    return decoded(list(traversion_scenarios.simulate(replace(DESCRIPTION, pools=(roomy_pool,)))))
