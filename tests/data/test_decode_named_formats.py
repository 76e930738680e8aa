"""What is said where `--as` names a format that is not there, or not that of the source."""

from __future__ import annotations

from functools import partial

import pytest

from traversion_data.decode.recognise import format_of
from traversion_data.errors import InputError
from traversion_data.source.documents import cut_lines_or_elements

from .loaded import AT, load, rows_of


@pytest.mark.parametrize(
    ("word", "meant"),
    [("JSONL", "jsonl"), ("Jsonl", "jsonl"), ("JSON lines", "jsonl"), ("OTLP", "otlp")],
)
def test_a_word_in_other_letters_is_near(word, meant):
    with pytest.raises(InputError, match=rf"Did you mean {meant}\?"):
        format_of(word)


@pytest.mark.parametrize("line", [b'{"ts":%d,"msg":"x"}' % AT, b'{"partialSuccess":{}}'])
def test_lines_that_are_no_request_of_otlp(line):
    with pytest.raises(InputError, match="no OTLP request: it has none of resourceSpans"):
        load(line + b"\n" + line + b"\n", written_as="otlp")


def test_a_request_without_events_is_blank_and_a_line_beside_it_is_set_aside():
    log = b'{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"%d"}]}]}]}\n' % AT
    rows, info = rows_of(b'{"resourceSpans":[]}\n{}\n{"msg":"x"}\n' + log, written_as="otlp")
    assert [row["time"] for row in rows] == [AT]
    assert (info.blank, info.set_aside, info.stored) == (2, 1, 1)


@pytest.mark.parametrize("severity", [b'"DEFAULT"', b"0"])
def test_the_default_of_google_is_no_severity(severity):
    entry = b'{"logName":"projects/p/logs/l","timestamp":"2024-01-15T15:47:23Z","severity":%s}\n'
    rows, info = rows_of(entry % severity)
    assert info.format == "Google Cloud Logging"
    assert rows[0]["severity"] is None


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("/var/log/checkout.jsonl", "checkout"),
        ("checkout.json.gz", "checkout"),
        ("checkout.ndjson", "checkout"),
        ("checkout.v2.jsonl.1", "checkout.v2"),
        ("checkout-2024-01-15.JSON", "checkout"),
        ("-", "stdin"),
        (f"/var/log/containers/pay-1_shop_pay-{'a' * 64}.log", "pay"),
    ],
)
@pytest.mark.parametrize("form", ["jsonl", "log4j2", "text", "json"])
def test_the_service_of_events_that_name_none_is_in_the_name_of_their_file(name, service, form):
    data = {
        "jsonl": b'{"ts":%d,"msg":"x"}\n' % AT,
        "json": b'[{"ts":%d,"msg":"x"}]\n' % AT,
        "log4j2": b'{"instant":{"epochSecond":1705333643,"nanoOfSecond":1},"message":"x"}\n',
        "text": b"2024-01-15T15:47:23Z INFO x\n",
    }[form]
    rows, _ = rows_of(data, name=name, written_as=form)
    assert rows[0]["service"] == service


def test_a_long_line_is_set_aside_but_at_the_head_of_a_source_is_a_document():
    cut = partial(cut_lines_or_elements, keys=(b"resourceLogs",), longest=200)
    short, long = (
        b'{"resourceLogs":[{"a":1}]}\n',
        b'{"resourceLogs":[{"a":"%s"},{}]}\n' % (b"x" * 300),
    )
    lines = [chunk for chunk in cut([short, long, short], 0) if chunk is not None]
    assert [chunk.long_line is None for chunk in lines] == [True, False, True]
    document = [chunk for chunk in cut([long, short], 0) if chunk is not None]
    assert all(chunk.long_line is None for chunk in document)
    assert sum(len(chunk.elements[0]) for chunk in document) == 3
