"""A line and a few waves of the period, fitted by least squares to all that was known."""

from __future__ import annotations

from typing import Final

import numpy as np

WAVES: Final = 2
_RIDGE: Final = 1e-6


def waves(
    values: np.ndarray, origins: np.ndarray, steps: np.ndarray, period: np.ndarray
) -> np.ndarray:
    """Forecasts `(series, origins, steps)`; the last value where there is no period.

    Each origin's fit is solved from running sums of products, so its cost does not grow with what
    lies before. values: `(series, time)`; period: of each series in steps, 0 without.
    """
    length = values.shape[1]
    inputs = _inputs(np.arange(length), length, period)
    products = np.cumsum(inputs[..., :, None] * inputs[..., None, :], axis=1)[:, origins]
    targets = np.cumsum(inputs * values[..., None], axis=1)[:, origins]
    known = (origins + 1)[None, :, None, None]
    width = inputs.shape[2]
    fitted = np.linalg.solve(products + _RIDGE * known * np.eye(width), targets[..., None])[..., 0]
    ahead = _inputs((origins[:, None] + steps).ravel(), length, period)
    ahead = ahead.reshape(len(values), len(origins), len(steps), width)
    said = np.einsum("soki,soi->sok", ahead, fitted)
    last = values[:, origins, None]
    # a wave that was not yet seen to its end may be anything
    unsure = (origins[None, :] + 1 < period[:, None]) | (period == 0)[:, None]
    return np.where(unsure[..., None], last, said)


def _inputs(at: np.ndarray, length: int, period: np.ndarray) -> np.ndarray:
    """`(series, len(at), 2 + 2 * WAVES)`: level, line, cosines and sines."""
    angle = 2 * np.pi * at[None, :] / np.maximum(period, 1)[:, None]
    columns = [np.ones_like(angle), np.broadcast_to(at / length - 0.5, angle.shape)]
    for wave in range(1, WAVES + 1):
        columns += [np.cos(wave * angle), np.sin(wave * angle)]
    return np.stack(columns, axis=-1)
