"""Random laws whose draws are the same bits on every machine and every Python.

The C library's `exp` and `log` may differ in the last place from one platform to another, and
the higher-level methods of `random.Random` from one version to the next. So only `random()` and
`getrandbits()` are used, which are documented to stay, and the rest is plain IEEE arithmetic.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Final

_LN2: Final = 0.6931471805599453
_EXP_TERMS: Final = tuple(range(18, 0, -1))
_LOG_TERMS: Final = tuple(range(23, 0, -2))


@dataclass(frozen=True, slots=True)
class LogNormal:
    """A log-normal law of times: half of them above `median_ms`, `spread` the sigma of the log."""

    median_ms: float
    spread: float


def exponential(x: float) -> float:
    """E to the x, by range reduction and Taylor's series."""
    halvings = math.floor(x / _LN2 + 0.5)
    rest = x - halvings * _LN2
    total = 1.0
    for term in _EXP_TERMS:
        total = 1.0 + total * rest / term
    return math.ldexp(total, halvings)


def logarithm(x: float) -> float:
    """The natural logarithm of x > 0, by the series of the inverse hyperbolic tangent."""
    mantissa, exponent = math.frexp(x)
    if mantissa < 0.7071067811865476:
        mantissa, exponent = mantissa * 2.0, exponent - 1
    z = (mantissa - 1.0) / (mantissa + 1.0)
    square = z * z
    total = 0.0
    for term in _LOG_TERMS:
        total = total * square + 1.0 / term
    return 2.0 * z * total + exponent * _LN2


class Draws:
    """One independent stream of random draws, named so that streams do not disturb each other."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)  # noqa: S311 - simulation, not secrets
        self._spare: float | None = None

    def uniform(self) -> float:
        """A number in [0, 1)."""
        return self._random.random()

    def below(self, n: int) -> int:
        """A whole number in [0, n)."""
        return int(self._random.random() * n)

    def hex(self, digits: int) -> str:
        """So many hexadecimal digits."""
        return f"{self._random.getrandbits(digits * 4):0{digits}x}"

    def normal(self) -> float:
        """A standard normal number, by Marsaglia's polar method."""
        if self._spare is not None:
            spare, self._spare = self._spare, None
            return spare
        while True:
            u = 2.0 * self._random.random() - 1.0
            v = 2.0 * self._random.random() - 1.0
            s = u * u + v * v
            if 0.0 < s < 1.0:
                factor = math.sqrt(-2.0 * logarithm(s) / s)
                self._spare = v * factor
                return u * factor

    def micros(self, law: LogNormal) -> int:
        """A time in whole microseconds, at least 1."""
        return max(1, int(law.median_ms * 1_000 * exponential(law.spread * self.normal())))

    def gap(self, per_second: float) -> int:
        """Microseconds to the next arrival of a Poisson stream of `per_second` > 0."""
        return max(1, int(-logarithm(1.0 - self._random.random()) * 1_000_000 / per_second))
