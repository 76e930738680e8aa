"""How many robust deviations are too many, by how heavy the tails of a series are."""

from __future__ import annotations

from typing import Final

import numpy as np

from traversion_engine.diagnose.anomalies.rolling import quantile

FAR: Final = 3.5
"""Normal noise leaves so many deviations in 5 of 10,000 values."""
_TAIL: Final = 0.96
_NORMAL: Final = 2.0537
"""What normal noise has at `_TAIL` of its absolute values."""
_POWER: Final = 4.4
"""How the quantile 0.9997 grows with that at `_TAIL` in Student's family: by 4.4, 4.3 and 4.5 at
10, 5 and 3 degrees of freedom."""
_ERROR: Final = 2.0
"""So much over the root of the number of values is 1.5 standard errors of the weight."""
_HEAVY: Final = 1.35
"""No chance makes a tail look so heavy."""
_DOUBT: Final = 0.3
"""Below that the error counts, wholly from so much below on."""


def limits(deviations: np.ndarray) -> np.ndarray:
    """Of each series of deviations `(series, steps)`, NaN left out, how far is too far.

    The weight of the tails is told by a quantile that a few values far out do not move, less 1.5
    standard errors, as chance makes half of all tails look heavier than they are.
    """
    count = np.maximum(np.isfinite(deviations).sum(axis=1), 1)
    weight = quantile(np.abs(deviations), _TAIL) / _NORMAL
    doubt = np.clip((_HEAVY - weight) / _DOUBT, 0.0, 1.0)
    certain = weight * (1 - doubt * _ERROR / np.sqrt(count))
    return np.asarray(FAR * np.clip(certain, 1.0, None) ** _POWER)
