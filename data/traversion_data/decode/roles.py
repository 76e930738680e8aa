"""Which key names stand for which core column, in the dialects met in the wild."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from traversion_data import schema
from traversion_data.model import MICROSECOND, MILLISECOND, SECOND

_JOINTS: Final = re.compile(r"[^a-z0-9]+")
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_ENVELOPES: Final = frozenset(
    [
        "resource",
        "attributes",
        "fields",
        "labels",
        "log",
        "event",
        "span",
        "record",
        "kubernetes",
        "k8s",
        "metadata",
        "meta",
        "data",
        "jsonpayload",
        "payload",
        "scope",
        "context",
        "ctx",
        "localendpoint",
        "body",
        "source",
        "docker",
    ]
)
"""Objects that merely wrap an event: a general name inside one counts as if it stood outside."""

_OWN_ID: Final = frozenset({"id", "uuid"})
_EVENT_ITSELF: Final = frozenset({"event", "record", "log", "fields", "jsonpayload"})
"""Envelopes that hold an event: an `id` in any other one (`span.id`, `process.id`, CloudEvents'
`data.id`) is that of what the envelope describes."""

TRANSACTION_ID: Final = "transaction.id"
"""Elastic's id of the span in which a service was entered (ECS field reference, tracing fields)."""
TRACE_ID: Final = "trace.id"

NUMBER_OF_SEVERITY: Final = "number"


@dataclass(frozen=True, slots=True)
class Role:
    """How keys are recognised for a core column.

    `names` in order of preference, without joints and in lower case; those in `anywhere` are
    distinctive enough to count at any depth, the others only at the top or inside an envelope.
    """

    column: str
    names: tuple[str, ...]
    anywhere: frozenset[str] = frozenset()


def _role(column: str, names: str, anywhere: str = "") -> Role:
    return Role(column, tuple(names.split()), frozenset(anywhere.split()))


ROLES: Final = (
    _role(
        schema.TIME,
        "timestamp time ts eventtime starttimeunixnano timeunixnano starttime starttimestamp start "
        "datetime date eventtimestamp tdate t created createdat logtime asctime realtimetimestamp "
        "instantepochsecond startedat epoch epochms epochns when",
        "timestamp starttimeunixnano timeunixnano eventtime",
    ),
    _role(
        schema.OBSERVED_TIME,
        "observedtimestamp observedtime observedtimeunixnano receivetimestamp receivedat "
        "ingesttime ingestedat",
        "observedtimestamp observedtimeunixnano",
    ),
    _role(
        schema.END_TIME,
        "endtimeunixnano endtime endtimestamp endedat finishtime finishedat end",
        "endtimeunixnano",
    ),
    _role(
        schema.SEVERITY,
        "severity severitytext level loglevel lvl levelname logseverity severitynumber priority s",
        "severitytext severitynumber loglevel",
    ),
    _role(
        schema.SERVICE,
        "service servicename app appname application applicationname component "
        "kuberneteslabelsappkubernetesioname kuberneteslabelsapp kubernetescontainername "
        "k8scontainername syslogidentifier",
        "servicename",
    ),
    _role(
        schema.INSTANCE,
        "serviceinstanceid instance instanceid podname pod k8spodname kubernetespodname host "
        "hostname",
        "serviceinstanceid podname hostname",
    ),
    _role(schema.HOST, "host hostname node nodename", "hostname"),
    _role(schema.REGION, "region cloudregion awsregion", "cloudregion"),
    _role(schema.OPERATION, "operation operationname spanname rpcmethod name", "spanname"),
    _role(
        schema.MESSAGE,
        "message msg body bodystringvalue shortmessage logmessage log event text",
        "bodystringvalue",
    ),
    _role(
        schema.TRACE_ID,
        "traceid trace ddtraceid oteltraceid contexttraceid logginggoogleapiscomtrace",
        "traceid",
    ),
    _role(
        schema.SPAN_ID,
        "spanid span ddspanid otelspanid contextspanid logginggoogleapiscomspanid",
        "spanid",
    ),
    _role(
        schema.PARENT_SPAN_ID,
        "parentspanid parentid parentspan parent spanparentid",
        "parentspanid",
    ),
    _role(schema.EVENT_ID, "eventid eid eventuid eventuuid id uuid", "eventid"),
    _role(schema.SPAN_KIND, "spankind kind", "spankind"),
    _role(schema.TYPE, "type eventtype recordtype kind eventkind event signal"),
    _role(schema.STATUS, "statuscode spanstatus otelstatuscode status", "spanstatus"),
)

HTTP_STATUS: Final = _role(
    "http status",
    "httpstatuscode httpresponsestatuscode statuscode httpstatus responsestatus responsestatuscode "
    "status",
    "httpstatuscode httpresponsestatuscode",
)
ERROR_FIELD: Final = _role("error", "error")
EXCEPTION: Final = _role("exception", "exceptiontype", "exceptiontype")

_LENGTHS: Final = (
    (1, "ns nano nanos nanosecond nanoseconds"),
    (MICROSECOND, "us usec micro micros microsecond microseconds µs"),
    (MILLISECOND, "ms msec milli millis millisecond milliseconds"),
    (SECOND, "s sec secs second seconds"),
)
UNITS: Final = {word: length for length, words in _LENGTHS for word in words.split()}
"""Words of a time unit to its length in ns."""

_DURATION: Final = re.compile(
    r"(?:duration|elapsed|elapsed time|latency|took|response time|request time|processing time"
    r"|execution time|time taken|dur)(?: in)?(?: (?P<unit>\w+))?"
)


def tails(path: str) -> list[tuple[str, bool]]:
    """The names a key path may go by, whole first, each with whether only envelopes precede it."""
    segments = path.split(".")
    found = []
    wrapped = True
    for at in range(len(segments)):
        found.append((_JOINTS.sub("", "".join(segments[at:]).lower()), wrapped))
        wrapped = wrapped and _JOINTS.sub("", segments[at].lower()) in _ENVELOPES
    return found


@lru_cache(maxsize=4096)
def rank(role: Role, path: str) -> int | None:
    """How well a key path fits a role by its name: smaller is better, None is not at all."""
    best: int | None = None
    barred = role.column == schema.EVENT_ID and owned_id(path)
    for hidden, (name, wrapped) in enumerate(tails(path)):
        if barred and name in _OWN_ID:
            continue
        if name in role.names and (wrapped or name in role.anywhere):
            place = role.names.index(name) * 8 + hidden
            best = place if best is None else min(best, place)
    return best


def owned_id(path: str) -> bool:
    """Whether a path names the id of something that an event tells of, not its own."""
    around = path.lower().split(".")[:-1]
    return any(_JOINTS.sub("", segment) not in _EVENT_ITSELF for segment in around)


def bare_id(path: str) -> bool:
    """Whether a path ends with a name that any kind of id may have."""
    return path.rsplit(".", 1)[-1].lower() in _OWN_ID and tails(path)[0][0] not in (
        "eventid",
        "eventuuid",
    )


def words(path: str) -> str:
    """The last segment of a path as lower-case words: `responseTimeMs` is `response time ms`."""
    last = path.rsplit(".", 1)[-1]
    return " ".join(
        part for part in re.split(r"[^a-z0-9µ]+", _CAMEL.sub("_", last).lower()) if part
    )


def duration_unit(path: str) -> tuple[bool, int | None]:
    """Whether a key names the event's duration, and the length in ns of its unit if it says so."""
    match = _DURATION.fullmatch(words(path))
    if match is None:
        return False, None
    unit = match["unit"]
    return (
        (False, None) if unit is not None and unit not in UNITS else (True, UNITS.get(unit or ""))
    )


def time_unit(path: str) -> int | None:
    """The length in ns of the unit that a time key's name gives: `startTimeUnixNano`, `ts_ms`."""
    last = words(path).split(" ")[-1]
    return UNITS.get(last) if last not in ("s", "second", "sec") else None
