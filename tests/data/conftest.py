"""Benches for files that are followed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from .followed import Bench

WAYS = {
    "live": {"restarts": False, "polls": False},
    "restart": {"restarts": True, "polls": False},
    "live-polling": {"restarts": False, "polls": True},
    "restart-polling": {"restarts": True, "polls": True},
}
"""How a file is followed while something happens to it; all with $TRAVERSION_TAIL_WAYS=all."""
USUAL = ("live", "restart-polling")


@pytest.fixture(params=WAYS if os.environ.get("TRAVERSION_TAIL_WAYS") == "all" else USUAL)
def bench(request, tmp_path) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(*words: str, **more: object) -> Bench:
        made.append(Bench(tmp_path, *words, **WAYS[request.param], **more))
        return made[-1]

    yield make
    for it in made:
        it.stop()
