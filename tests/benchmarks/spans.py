"""Spans as exporters write them: OTLP's lines, Jaeger's and Zipkin's documents, of any length.

`spans.py otlp|jaeger|zipkin SPANS FILE`: the same traces for the same number of spans, whatever the
format. A span has 8 to 15 attributes, every fourth an event or more, every hundredth failed.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final, TypeAlias

import orjson

Value: TypeAlias = "str | int | float | bool | list[str]"
START: Final = 1_705_333_643_000_000_000
BATCH: Final = 512
"""Spans a line of OTLP, the size of the Collector's batches."""
SERVICES: Final = ("frontend", "checkout", "cart", "payment", "catalogue", "shipping", "currency")
ROUTES: Final = tuple(f"/api/v1/{name}/{{id}}" for name in ("orders", "users", "items", "quotes"))
KINDS: Final = ("INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")


@dataclass(frozen=True)
class Moment:
    """Something within a span."""

    at: int
    name: str
    attributes: dict[str, Value]


@dataclass(frozen=True)
class Span:
    """One span in no format; times in ns, kind an index of `KINDS`."""

    trace: str
    id: str
    parent: str
    service: str
    name: str
    kind: int
    start: int
    took: int
    failed: bool
    attributes: dict[str, Value]
    moments: list[Moment]


def traces(count: int) -> Iterator[list[Span]]:
    """Traces of 3 to 30 spans, `count` spans in all, in the order of their starts."""
    random = Random(7)
    start, made = START, 0
    while made < count:
        start += random.randrange(1_000, 20_000_000)
        trace = f"{random.getrandbits(128):032x}"
        size = min(random.randint(3, 30), count - made)
        ids = [f"{random.getrandbits(64) | 1:016x}" for _ in range(size)]
        parents = ["", *(ids[random.randrange(at)] for at in range(1, size))]
        yield [
            span(random, trace, own, parent, start + at * random.randrange(1_000, 3_000_000))
            for at, (own, parent) in enumerate(zip(ids, parents, strict=True))
        ]
        made += size


def span(random: Random, trace: str, own: str, parent: str, start: int) -> Span:
    """One span with what its instrumentation says of it."""
    kind = random.choice((0, 1, 1, 2, 2, 2, 3, 4)) if parent else 1
    took = int(random.lognormvariate(15.5, 1.4))
    failed = random.random() < 0.01
    method, route = random.choice(("GET", "GET", "POST")), random.choice(ROUTES)
    said: dict[str, Value] = {
        "thread.id": random.randrange(1, 64),
        "thread.name": f"worker-{random.randrange(16)}",
        "code.function": random.choice(("handle", "call", "run", "apply")),
        "code.namespace": f"com.shop.{random.choice(SERVICES)}.Handler",
    }
    if kind in (1, 2):
        said |= {
            "http.request.method": method,
            "http.route": route,
            "url.path": route.replace("{id}", str(random.randrange(100_000))),
            "url.scheme": "http",
            "http.response.status_code": 500 if failed else random.choice((200, 200, 201, 404)),
            "network.protocol.version": "1.1",
            "server.address": f"{random.choice(SERVICES)}.shop.svc",
            "server.port": 8080,
            "user_agent.original": "okhttp/4.12.0",
        }
        if random.random() < 0.3:
            said["http.response.body.size"] = random.randrange(90_000)
    else:
        said |= {
            "db.system": "postgresql",
            "db.name": "orders",
            "db.statement": "SELECT id, total FROM orders WHERE customer = $1 LIMIT 50",
            "db.rows": random.randrange(50),
        }
        if random.random() < 0.5:
            said |= {"app.ratio": round(random.random(), 4), "app.retry": random.random() < 0.1}
    if random.random() < 0.05:
        said["app.labels"] = ["blue", "canary"]
    moments = []
    if failed:
        words: dict[str, Value] = {
            "exception.type": "java.net.SocketTimeoutException",
            "exception.message": f"Read timed out after {took // 1_000_000} ms",
            "exception.stacktrace": "java.net.SocketTimeoutException\n\tat " * 8,
        }
        moments.append(Moment(start + took, "exception", words))
    if random.random() < 0.24:
        for _ in range(random.randint(1, 3)):
            at = start + random.randrange(max(took, 1))
            words = {"message.type": "RECEIVED", "message.id": random.randrange(9)}
            moments.append(Moment(at, "message", words))
    name = f"{method} {route}" if kind in (1, 2) else "orders.select"
    service = random.choice(SERVICES)
    return Span(trace, own, parent, service, name, kind, start, took, failed, said, moments)


def resource(service: str) -> dict[str, Value]:
    """What a service says of itself."""
    return {
        "service.name": service,
        "service.version": "2.14.1",
        "service.instance.id": f"{service}-6f7c9d8b5-x2x4z",
        "host.name": "node-3",
        "k8s.namespace.name": "shop",
        "k8s.pod.name": f"{service}-6f7c9d8b5-x2x4z",
        "cloud.region": "eu-central-1",
        "telemetry.sdk.name": "opentelemetry",
        "telemetry.sdk.language": "java",
        "telemetry.sdk.version": "1.38.0",
    }


def otlp(found: Iterator[list[Span]]) -> Iterator[bytes]:
    """Lines of the Collector's file exporter, a batch each, spans by resource."""
    batch: list[Span] = []
    for trace in found:
        batch += trace
        while len(batch) >= BATCH:
            yield _request(batch[:BATCH])
            del batch[:BATCH]
    if batch:
        yield _request(batch)


def _request(batch: list[Span]) -> bytes:
    by_service: dict[str, list[Span]] = {}
    for it in batch:
        by_service.setdefault(it.service, []).append(it)
    items = [
        {
            "resource": {"attributes": _pairs(resource(service))},
            "scopeSpans": [
                {
                    "scope": {"name": "io.opentelemetry.tomcat-10.0", "version": "2.4.0-alpha"},
                    "spans": [_otlp_span(it) for it in spans],
                }
            ],
            "schemaUrl": "https://opentelemetry.io/schemas/1.24.0",
        }
        for service, spans in by_service.items()
    ]
    return orjson.dumps({"resourceSpans": items}) + b"\n"


def _otlp_span(it: Span) -> dict[str, Any]:
    row: dict[str, Any] = {
        "traceId": it.trace,
        "spanId": it.id,
        "parentSpanId": it.parent,
        "flags": 257,
        "name": it.name,
        "kind": it.kind + 1,
        "startTimeUnixNano": str(it.start),
        "endTimeUnixNano": str(it.start + it.took),
        "attributes": _pairs(it.attributes),
    }
    if it.moments:
        row["events"] = [
            {
                "timeUnixNano": str(moment.at),
                "name": moment.name,
                "attributes": _pairs(moment.attributes),
            }
            for moment in it.moments
        ]
    return row | {"status": {"message": "timed out", "code": 2} if it.failed else {}}


def _pairs(attributes: dict[str, Value]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _any_value(value)} for key, value in attributes.items()]


def _any_value(value: Value) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [_any_value(item) for item in value]}}
    return {"stringValue": value}


def jaeger(found: Iterator[list[Span]]) -> Iterator[bytes]:
    """A document as the query service's API gives it."""
    yield b'{"data":['
    for at, trace in enumerate(found):
        names = sorted({it.service for it in trace})
        whole = {
            "traceID": trace[0].trace,
            "spans": [_jaeger_span(it, names) for it in trace],
            "processes": {
                f"p{number}": {"serviceName": name, "tags": _tags(resource(name))}
                for number, name in enumerate(names, 1)
            },
            "warnings": None,
        }
        yield (b"," if at else b"") + orjson.dumps(whole)
    yield b'],"total":0,"limit":0,"offset":0,"errors":null}\n'


def _jaeger_span(it: Span, names: list[str]) -> dict[str, Any]:
    own: dict[str, Value] = {"span.kind": KINDS[it.kind].lower(), "internal.span.format": "otlp"}
    if it.failed:
        own |= {"error": True, "otel.status_code": "ERROR"}
    above = {"refType": "CHILD_OF", "traceID": it.trace, "spanID": it.parent}
    return {
        "traceID": it.trace,
        "spanID": it.id,
        "flags": 1,
        "operationName": it.name,
        "references": [above] if it.parent else [],
        "startTime": it.start // 1000,
        "duration": it.took // 1000,
        "tags": _tags(it.attributes | own),
        "logs": [
            {
                "timestamp": moment.at // 1000,
                "fields": _tags({"event": moment.name} | moment.attributes),
            }
            for moment in it.moments
        ],
        "processID": f"p{names.index(it.service) + 1}",
        "warnings": None,
    }


def _tags(attributes: dict[str, Value]) -> list[dict[str, Any]]:
    return [{"key": key, **_tag(value)} for key, value in attributes.items()]


def _tag(value: Value) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"type": "bool", "value": value}
    if isinstance(value, int):
        return {"type": "int64", "value": value}
    if isinstance(value, float):
        return {"type": "float64", "value": value}
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return {"type": "string", "value": text}


def zipkin(found: Iterator[list[Span]]) -> Iterator[bytes]:
    """A document as the API gives it: an array of traces, each an array of spans."""
    yield b"["
    for at, trace in enumerate(found):
        yield (b"," if at else b"") + orjson.dumps([_zipkin_span(it) for it in trace])
    yield b"]\n"


def _zipkin_span(it: Span) -> dict[str, Any]:
    tags = {key: _zipkin_tag(value) for key, value in it.attributes.items()}
    row: dict[str, Any] = {"traceId": it.trace, "id": it.id}
    if it.parent:
        row["parentId"] = it.parent
    if it.kind:
        row["kind"] = KINDS[it.kind]
    row |= {
        "name": it.name,
        "timestamp": it.start // 1000,
        "duration": max(it.took // 1000, 1),
        "localEndpoint": {"serviceName": it.service, "ipv4": "10.1.2.3", "port": 8080},
        "tags": tags | ({"error": "timed out"} if it.failed else {}),
    }
    if it.moments:
        row["annotations"] = [
            {"timestamp": moment.at // 1000, "value": moment.name} for moment in it.moments
        ]
    return row


def _zipkin_tag(value: Value) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


FORMATS: Final[dict[str, Callable[[Iterator[list[Span]]], Iterator[bytes]]]] = {
    "otlp": otlp,
    "jaeger": jaeger,
    "zipkin": zipkin,
}


def main() -> None:
    """Write a file of spans."""
    parser = ArgumentParser(description="Write spans as exporters do.")
    parser.add_argument("format", choices=FORMATS)
    parser.add_argument("spans", type=int)
    parser.add_argument("file", type=Path)
    options = parser.parse_args()
    with options.file.open("wb") as file:
        file.writelines(FORMATS[options.format](traces(options.spans)))


if __name__ == "__main__":
    main()
