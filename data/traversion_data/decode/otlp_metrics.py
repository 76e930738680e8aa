"""OpenTelemetry's metrics: each data point a sample, or a series of them under one name.

opentelemetry.io: metrics data model. Buckets stay beside the event; no quantile is made of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from traversion_data.decode.otlp_values import attributes, fraction, listed, stamp, whole
from traversion_data.decode.unfolding import Json

_TEMPORALITY: Final = {
    1: "delta",
    2: "cumulative",
    "AGGREGATION_TEMPORALITY_DELTA": "delta",
    "AGGREGATION_TEMPORALITY_CUMULATIVE": "cumulative",
}
_KINDS: Final = ("gauge", "sum", "histogram", "exponentialHistogram", "summary")
_COUNTED: Final = frozenset(["histogram", "exponentialHistogram", "summary"])
_POINT: Final = frozenset(
    [
        "attributes",
        "startTimeUnixNano",
        "timeUnixNano",
        "asInt",
        "asDouble",
        "count",
        "sum",
        "min",
        "max",
        "bucketCounts",
        "explicitBounds",
        "quantileValues",
        "zeroCount",
    ]
)


def points(metric: Json, around: Json) -> Iterator[Json]:
    """The data points of a metric.

    A number is `value` under the metric's `name`; of histograms and summaries `.count`, `.sum`,
    `.min` and `.max` are columns behind the name, and of summaries the quantiles that they give.
    """
    name = metric["name"]
    said = {"name": name, "unit": metric.get("unit") or None}
    for kind in _KINDS:
        data = metric.get(kind)
        if not data:
            continue
        shared = {
            **said,
            "temporality": _TEMPORALITY.get(data.get("aggregationTemporality")),
            "monotonic": data.get("isMonotonic", False) if kind == "sum" else None,
        }
        counted = {"count": 0} if kind in _COUNTED else {}
        for point in listed(data, "dataPoints"):
            yield _point(name, {**counted, **point}, shared, around)


def _point(name: str, point: Json, shared: Json, around: Json) -> Json:
    row = {
        "type": "metric",
        "timeUnixNano": stamp(point.get("timeUnixNano")),
        "startTimeUnixNano": stamp(point.get("startTimeUnixNano")),
        **shared,
        **around,
    }
    if "asInt" in point:
        row["value"] = whole(point["asInt"])
    elif "asDouble" in point:
        row["value"] = fraction(point["asDouble"])
    if "count" in point:
        row[f"{name}.count"] = whole(point["count"])
    for part in ("sum", "min", "max"):
        if point.get(part) is not None:
            row[f"{name}.{part}"] = fraction(point[part])
    for quantile in listed(point, "quantileValues"):
        row[f"{name}.{_quantile(quantile)}"] = fraction(quantile.get("value", 0))
    if point.get("bucketCounts"):
        row["bucketCounts"] = [whole(count) for count in point["bucketCounts"]]
        row["explicitBounds"] = point.get("explicitBounds")
    attributes(point.get("attributes"), row)
    if point.get("zeroCount"):
        row["zeroCount"] = whole(point["zeroCount"])
    row |= {key: _buckets(it) for key, it in point.items() if key not in _POINT and it}
    return row


def _quantile(quantile: Json) -> str:
    at = float(quantile.get("quantile", 0))
    return "min" if at == 0 else "max" if at == 1 else f"p{at * 100:g}"


def _buckets(it: Any) -> Any:
    """Buckets of an exponential histogram with their counts as numbers."""
    if isinstance(it, dict) and "bucketCounts" in it:
        return {**it, "bucketCounts": [whole(count) for count in it["bucketCounts"]]}
    return it
