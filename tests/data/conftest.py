"""Benches for files that are followed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from .followed import Bench


@pytest.fixture(params=["live", "restart"])
def bench(request, tmp_path) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(*words: str, **more: object) -> Bench:
        made.append(Bench(tmp_path, *words, restarts=request.param == "restart", **more))
        return made[-1]

    yield make
    for it in made:
        it.stop()
