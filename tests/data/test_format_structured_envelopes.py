"""Records of cloud services, containers and loggers, each recognised by itself."""

from __future__ import annotations

import json

from traversion_data import schema
from traversion_data.decode.clef import rendered
from traversion_data.model import Severity

from .loaded import AT, MILLI, SECOND, check, load, rows_of, sample


def test_cloudtrail():
    (denied, read), info = sample("cloudtrail.json")
    assert info.format == "AWS CloudTrail"
    check(
        denied,
        time=AT,
        severity=Severity.ERROR,
        error_occurred=True,
        service="ec2",
        operation="StopInstances",
        region="us-east-2",
        message="not allowed to stop",
        event_id="cae7a1d5-0c4a-4e21-9b0a-1d0e6f6c2d3e",
        userIdentity__userName="mary",
        type="log",
    )
    check(read, service="s3", severity=Severity.INFO, message="s3 GetObject", error_occurred=False)


def test_google_cloud_logging():
    (json_entry, text, http), info = sample("gcp.json")
    assert info.format == "Google Cloud Logging"
    check(
        json_entry,
        time=AT + 500 * MILLI,
        observed_time=AT + SECOND + 1,
        severity=Severity.WARN,
        service="cart",
        instance="cart-7f",
        region="europe-west1",
        message="slow",
        event_id="42",
        trace_id="06796866738c859f2f19b7cfb3214824",
        span_id="000000000000004a",
        jsonPayload__took=5,
    )
    check(text, service="pay", severity=None, message="started")
    check(http, message="GET /p 503", duration_ns=250 * MILLI, severity=Severity.ERROR)


def test_google_cloud_logging_by_the_line():
    lines = (
        b'{"logName":"projects/a/logs/b","timestamp":"2024-01-15T15:47:23Z","textPayload":"x"}\n'
        * 2
    )
    rows, info = rows_of(lines)
    assert info.format == "Google Cloud Logging"
    check(rows[1], time=AT, message="x", seq=1)


def test_azure():
    (failed, audit), info = sample("azure.json")
    assert info.format == "Azure Monitor"
    check(
        failed,
        time=AT + 123_456_700,
        severity=Severity.ERROR,
        service="cart",
        region="westeurope",
        operation="Microsoft.Web/sites/log",
        message="cart failed",
        properties__host="rd01",
    )
    check(audit, service="shop", severity=Severity.INFO, duration_ns=12 * MILLI)


def test_docker():
    rows, info = sample("docker.log")
    assert info.format == "Docker container log"
    check(
        rows[0],
        time=AT + 500 * MILLI,
        observed_time=AT + 600 * MILLI + 1,
        severity=Severity.ERROR,
        message="boom",
        service="docker",
        user_id=7,
        log__iostream="stderr",
    )
    check(rows[1], message="first half, second half", time=AT + 1100 * MILLI, seq=1)
    check(rows[2], message='slow "query"', severity=Severity.WARN, seq=3)


def test_a_line_that_is_no_dockers_is_set_aside():
    line = b'{"log":"a\\n","stream":"stdout","time":"2024-01-15T15:47:23Z"}\n'
    _, info = load(line * 60 + b'{"log":"torn\n' + line)
    assert (info.stored, info.set_aside) == (61, 1)


def test_journald():
    rows, info = sample("journald.jsonl")
    assert info.format == "journald JSON"
    check(
        rows[0],
        time=AT + 123_456_000,
        time_digits=6,
        severity=Severity.ERROR,
        service="nginx",
        host="node-a",
        message="upstream timed out",
    )
    # a text that is no plain one is written as the array of its bytes
    check(rows[1], service="kernel", severity=Severity.INFO, message="café \x1b[0m")
    assert json.loads(rows[1]["TAG"]) == ["a", "b"]


def test_serilog():
    rows, info = sample("clef.jsonl")
    assert info.format == "Serilog CLEF"
    check(
        rows[0],
        time=AT + 123_456_700,
        severity=Severity.INFO,
        message="Hello, alice! {3} {Missing}",
        service="shop",
        User="alice",
        type="log",
    )
    check(rows[1], severity=Severity.ERROR, message="failed", type="log", trace_id="ab" * 16)
    check(
        rows[2],
        type="span",
        time=AT + 1500 * MILLI,
        duration_ns=500 * MILLI,
        span_kind="server",
        parent_span_id="ef" * 8,
    )
    assert rows[0][schema.END_TIME] == rows[0][schema.TIME]


def test_a_template_with_holes_of_every_kind():
    told = {"A": 1, "B": {"x": [1]}, "C": "c"}
    assert rendered("{A,-5} {@B:j} {$C} {{A}} {D}", told) == '1 {"x":[1]} c {A} {D}'
