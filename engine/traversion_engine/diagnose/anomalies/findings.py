"""What detectors find: one entry each, as columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np


class Kind(StrEnum):
    """What sort of anomaly it is."""

    LEVEL = "level"
    SPIKE = "spike"
    DROP = "drop"
    SILENCE = "silence"
    NEW_MESSAGE = "new_message"
    GONE_MESSAGE = "gone_message"


@dataclass(frozen=True)
class Findings:
    """Anomalies of one `Series`, one entry each.

    row, step: service and step at which it starts. last: the last step it has. value, low, high:
    what was and the band that was expected, on the scale of the series. score: robust deviations.
    kind: object array of `Kind`.
    """

    row: np.ndarray
    step: np.ndarray
    last: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    score: np.ndarray
    kind: np.ndarray

    def __len__(self) -> int:
        return len(self.row)

    def where(self, chosen: np.ndarray) -> Findings:
        """Those that are chosen."""
        return Findings(*(getattr(self, item.name)[chosen] for item in fields(self)))


def joined(parts: Iterable[Findings]) -> Findings:
    """All of them, by row and step."""
    found = list(parts)
    whole = [np.concatenate([getattr(one, f.name) for one in found]) for f in fields(Findings)]
    order = np.lexsort((whole[1], whole[0]))
    return Findings(*(column[order] for column in whole))


def kinds(kind: Kind, count: int) -> np.ndarray:
    """One kind, so many times."""
    found = np.empty(count, dtype=object)
    found[:] = kind
    return found
