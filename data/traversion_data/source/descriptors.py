"""Which files are kept open: few enough, those that were read last."""

from __future__ import annotations

import os
import resource
from typing import Final, Protocol

MOST: Final = 1_024
"""Descriptors that are held at once, at most."""
_LEAST: Final = 12
_SPARED: Final = 64
"""Descriptors that the rest of the program holds, where the system does not say."""


class Holder(Protocol):
    """What holds a descriptor."""

    @property
    def rests(self) -> bool:
        """Whether it can open its file again whenever it likes."""
        ...

    def rest(self) -> None:
        """Give the descriptor back."""
        ...


class Descriptors:
    """Holders of descriptors, the one that was longest left alone first; for one thread."""

    def __init__(self, most: int | None = None) -> None:
        """`most`: descriptors at once; half of those still free where it is not said."""
        self._most = _allowed() if most is None else most
        self._holders: dict[int, Holder] = {}

    def took(self, holder: Holder) -> None:
        """Note that a holder has opened or read its file; another may have to give its own back."""
        self._holders.pop(id(holder), None)
        self._holders[id(holder)] = holder
        if len(self._holders) > self._most:
            first = next(
                (it for it in self._holders.values() if it.rests and it is not holder), None
            )
            if first is not None:
                first.rest()

    def gave(self, holder: Holder) -> None:
        """Note that a holder has closed its file."""
        self._holders.pop(id(holder), None)


def _allowed() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return MOST
    return max(_LEAST, min(MOST, (soft - _taken()) // 2))


def _taken() -> int:
    try:
        return len(os.listdir("/dev/fd"))  # noqa: PTH208 - names are counted
    except OSError:
        return _SPARED
