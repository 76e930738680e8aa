"""Records of cloud services: AWS CloudTrail, Google Cloud Logging, Azure Monitor.

docs.aws.amazon.com: CloudTrail record contents. cloud.google.com: LogEntry. learn.microsoft.com:
Azure resource logs, common schema.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from traversion_data import schema
from traversion_data.decode.base import DecodeOptions, Format, Head
from traversion_data.decode.json import JsonReader
from traversion_data.decode.known import keys, known_mapping
from traversion_data.decode.mapping import Candidate
from traversion_data.decode.unfolding import Json, RecordDecoder, Unfold
from traversion_data.source.documents import cut_elements

_AWS: Final = ".amazonaws.com"
_CLOUDTRAIL: Final = {
    schema.TIME: keys("CloudTrail", "eventTime"),
    schema.TYPE: (),
    schema.SERVICE: keys("CloudTrail", "eventSource.name"),
    schema.OPERATION: keys("CloudTrail", "eventName"),
    schema.EVENT_ID: keys("CloudTrail", "eventID"),
    schema.REGION: keys("CloudTrail", "awsRegion"),
    schema.SEVERITY: keys("CloudTrail", "errorCode.severity"),
    schema.MESSAGE: keys("CloudTrail", "errorMessage.text"),
    schema.HOST: (),
    schema.INSTANCE: (),
}
_GCP: Final = {
    schema.TIME: keys("Cloud Logging", "timestamp"),
    schema.OBSERVED_TIME: keys("Cloud Logging", "receiveTimestamp"),
    schema.SEVERITY: keys("Cloud Logging", "severity"),
    schema.SERVICE: keys("Cloud Logging", "resource.labels.service"),
    schema.INSTANCE: keys(
        "Cloud Logging", "resource.labels.pod_name", "resource.labels.instance_id"
    ),
    schema.REGION: keys("Cloud Logging", "resource.labels.region", "resource.labels.location"),
    schema.OPERATION: keys("Cloud Logging", "protoPayload.methodName"),
    schema.MESSAGE: keys(
        "Cloud Logging",
        "textPayload",
        "jsonPayload.message",
        "jsonPayload.msg",
        "payload.text",
    ),
    schema.EVENT_ID: keys("Cloud Logging", "insertId"),
    schema.TRACE_ID: keys("Cloud Logging", "trace.id"),
    schema.SPAN_ID: keys("Cloud Logging", "spanId"),
    schema.DURATION: (Candidate("httpRequest.latency", "Cloud Logging"),),
    schema.TYPE: (),
}
_GCP_SERVICE: Final = (
    "service_name",
    "container_name",
    "module_id",
    "function_name",
    "job_name",
    "database_id",
)
_UNSET: Final = ("DEFAULT", 0)
"""LogSeverity: the entry has no assigned severity."""
_AZURE: Final = {
    schema.TIME: keys("Azure", "time", "timeStamp"),
    schema.SEVERITY: keys("Azure", "level", "Level", "SeverityLevel"),
    schema.SERVICE: keys("Azure", "resourceId.name"),
    schema.OPERATION: keys("Azure", "operationName", "OperationName", "Name"),
    schema.MESSAGE: keys("Azure", "properties.text"),
    schema.REGION: keys("Azure", "location"),
    schema.TRACE_ID: keys("Azure", "OperationId", "operation_Id"),
    schema.SPAN_ID: keys("Azure", "Id"),
    schema.PARENT_SPAN_ID: keys("Azure", "ParentId", "operation_ParentId"),
    schema.TYPE: (),
}
_AZURE_SAID: Final = ("message", "Message", "msg", "log", "statusMessage")


def cloudtrail(record: Json) -> Iterator[Json]:
    """A call to AWS: an error where it says so."""
    source = str(record.get("eventSource") or "").removesuffix(_AWS)
    failed = record.get("errorCode")
    said = record.get("errorMessage") or failed or f"{source} {record.get('eventName')}"
    yield {
        **record,
        "eventSource.name": source or None,
        "errorCode.severity": "error" if failed else "info",
        "errorMessage.text": said,
    }


def log_entry(record: Json) -> Iterator[Json]:
    """An entry of Google's: whatever payload it has, its words are the message."""
    labels = (record.get("resource") or {}).get("labels") or {}
    service = next((labels[key] for key in _GCP_SERVICE if labels.get(key)), None)
    trace = record.get("trace")
    severity = record.get("severity")
    yield {
        **record,
        "severity": None if severity in _UNSET else severity,
        "resource.labels.service": service,
        "trace.id": trace.rsplit("/", 1)[-1] if trace else None,
        "payload.text": _entry_said(record),
    }


def _entry_said(record: Json) -> str | None:
    proto, http = record.get("protoPayload"), record.get("httpRequest")
    if proto:
        said = (proto.get("status") or {}).get("message") or proto.get("methodName")
        return None if said is None else str(said)
    if http:
        parts = (http.get("requestMethod"), http.get("requestUrl"), http.get("status"))
        return " ".join(str(part) for part in parts if part is not None)
    return None


def azure(record: Json) -> Iterator[Json]:
    """A record of an Azure resource, whose name is the service."""
    properties = record.get("properties")
    inner = properties if isinstance(properties, dict) else {}
    said = (inner.get(key) for key in _AZURE_SAID)
    message = next((text for text in said if text and isinstance(text, str)), None)
    resource = str(record.get("resourceId") or record.get("ResourceId") or "")
    role = record.get("AppRoleName") or inner.get("AppRoleName")
    yield {
        **record,
        "resourceId.name": role or resource.rstrip("/").rsplit("/", 1)[-1].lower() or None,
        "properties.text": message
        or record.get("Message")
        or record.get("resultDescription")
        or record.get("operationName"),
    }


def _fitting(*patterns: bytes) -> Callable[[Head], float]:
    found = [re.compile(pattern) for pattern in patterns]

    def fits(head: Head) -> float:
        begins = head.data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"["))
        return 0.97 if begins and all(it.search(head.data) for it in found) else 0.0

    return fits


def _envelope(
    word: str,
    title: str,
    fits: Callable[[Head], float],
    *,
    wrapped: tuple[bytes, ...],
    known: dict[str, tuple[Candidate, ...]],
    unfold: Unfold,
) -> Format:
    def decoder(options: DecodeOptions) -> RecordDecoder:
        mapping = known_mapping(options, known)
        return RecordDecoder(JsonReader(mapping), mapping, options, unfold)

    return Format(word, title, fits, partial(cut_elements, keys=wrapped), decoder)


CLOUDTRAIL: Final = _envelope(
    "cloudtrail",
    "AWS CloudTrail",
    _fitting(rb'"eventSource"\s*:', rb'"eventName"\s*:', rb'"eventVersion"\s*:'),
    wrapped=(b"Records",),
    known=_CLOUDTRAIL,
    unfold=cloudtrail,
)
GCP: Final = _envelope(
    "gcp",
    "Google Cloud Logging",
    _fitting(rb'"logName"\s*:\s*"(?:projects|organizations|folders|billingAccounts)/'),
    wrapped=(b"entries",),
    known=_GCP,
    unfold=log_entry,
)
AZURE: Final = _envelope(
    "azure",
    "Azure Monitor",
    _fitting(rb'(?i)"resourceId"\s*:\s*"/subscriptions/', rb'"(?:time|timeStamp)"\s*:'),
    wrapped=(b"records",),
    known=_AZURE,
    unfold=azure,
)
"""Stamps are when a call or entry was made."""
