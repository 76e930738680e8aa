"""Whatever happens to a file: no error but a sentence, and every record accounted for."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from traversion_data.decode.recognise import format_of
from traversion_data.errors import InputError

from .loaded import FORMS, load

SAMPLES = {
    "otlp.jsonl": "otlp",
    "jaeger.json": "jaeger",
    "zipkin.json": "zipkin",
    "events.json": "json",
    "cloudtrail.json": "cloudtrail",
    "gcp.json": "gcp",
    "azure.json": "azure",
    "docker.log": "docker",
    "journald.jsonl": "journald",
    "clef.jsonl": "clef",
    "table.csv": "csv",
}
_ANY_KEYS = ("json", "jsonl", "bunyan")
"""Formats that do not say under which key a time stands."""
_ODD = [b"{", b"}", b"[", b"]", b'"', b",", b"\\", b"\n", b"\0", b"\xff", b"null", b"[]", b"1e999"]


@pytest.mark.parametrize("file", SAMPLES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_damaged_file(file, data):
    whole = (FORMS / file).read_bytes()
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole)))
        gone = data.draw(st.sampled_from([0, 1, 2, 30]))
        whole = whole[:at] + data.draw(st.sampled_from(_ODD)) + whole[at + gone :]
    try:
        load(whole, written_as=SAMPLES[file])
    except InputError as error:
        assert str(error).isprintable()  # noqa: PT017 - both are right


@pytest.mark.parametrize("word", [*SAMPLES.values(), "bunyan", "log4j2"])
@pytest.mark.parametrize(
    "value",
    ["null", "1", '"x"', "[[]]", "{}", '{"spans":[null]}', '{"resourceSpans":[{"scopeSpans":7}]}'],
)
def test_values_that_no_format_knows(word, value):
    text = f'[{{"ts":1705333643}},\n{value}\n]' if word != "csv" else value
    if value.startswith("{") and word in _ANY_KEYS:
        _, info = load(f"{value}\n".encode(), written_as=word)
        assert info.stored == 1
    else:
        with pytest.raises(InputError, match=r"holds (no|only) |is empty"):
            load(f"{value}\n".encode(), written_as=word)
    try:
        load(text.encode(), written_as=word)
    except InputError:
        assert format_of(word).word == word
