"""Imports of much code at once, without the collector of garbage going over it again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """What is made meanwhile stays for good: it is not looked at for garbage, now or later.

    Collections took 70 ms of the console's imports, and each full one later went over all modules.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
