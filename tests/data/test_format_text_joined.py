"""Events that span lines, container logs, text without times, and text that means no good."""

from __future__ import annotations

import gzip
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.decode.recognise import format_of
from traversion_data.errors import InputError
from traversion_data.model import Flag, Severity
from traversion_data.source import blocks

from .loaded import AT, FORMS, MILLI, SECOND, WRITTEN, check, load, rows_of, sample

CRI_AT = 1_475_713_029_669_794_202
CONTAINER = f"/var/log/containers/web-1_prod_checkout-{'0' * 64}.log"
TRACE = b"Traceback (most recent call last):\n  File 'a.py', line 1\nValueError: bad\n"


def test_a_kubernetes_container_log():
    data = (FORMS / "cri.log").read_bytes()
    rows, info = rows_of(data, name=CONTAINER)
    assert (info.format, info.read, info.stored) == ("Kubernetes container log", 6, 6)
    check(
        rows[0],
        time=CRI_AT,
        service="checkout",
        instance="web-1",
        message="The content of the log entry 1",
        log__iostream="stdout",
        severity=None,
    )
    check(rows[1], message="First line of log entry 2, to its end", time=CRI_AT + 1, seq=1)
    check(
        rows[2],
        severity=Severity.ERROR,
        message="other stream",
        exception__type="ValueError",
        exception__message="bad",
        log__iostream="stderr",
    )
    check(
        rows[3],
        time=1_475_713_030 * SECOND,
        observed_time=1_475_713_030 * SECOND + 100 * MILLI,
        severity=Severity.ERROR,
        message="card declined",
        trace_id="4bf92f3577b34da6a3ce929d0e0e4736",
        amount=12,
    )
    check(rows[4], severity=Severity.WARN, message="slow tick", took=3)
    check(rows[5], severity=Severity.ERROR, exception__type=None)


def test_the_service_of_a_pod_folder():
    rows, _ = sample(
        "cri.log", folder="/var/log/pods/prod_web-1_0d0e1f2a-0000-4000-8000-000000000000/cart"
    )
    check(rows[0], service="cart", instance="web-1")


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("/var/log/checkout.log", "checkout"),
        ("checkout.log.2.gz", "checkout"),
        ("checkout-2024-01-15.log", "checkout"),
        ("checkout.log-20240115", "checkout"),
        ("-", "stdin"),
        (".log", ".log"),
    ],
)
def test_the_service_of_a_file_name(name, service):
    rows, _ = rows_of(b"2024-01-15 15:47:23 up\n", name=name)
    check(rows[0], service=service)


def test_text_without_times_stands_in_the_order_of_the_file():
    rows, info = sample("plain.txt")
    assert (info.format, info.read, info.stored, info.time_field) == (
        "text without times",
        5,
        4,
        None,
    )
    assert [row[schema.TIME] for row in rows] == [WRITTEN + n for n in range(4)]
    assert {row[schema.FLAGS] for row in rows} == {Flag.GUESSED_TIME}
    assert [row[schema.SEVERITY] for row in rows] == [None, Severity.ERROR, Severity.WARN, None]
    check(rows[1], exception__type="ValueError", message="cannot open the ledger")
    assert any("order of the file" in note for note in info.notes)


@pytest.mark.parametrize(
    "data",
    [b"\x00\x01\x02\x03\x04" * 100, bytes(range(256)) * 40, b"PK\x03\x04\x00\x08" * 50, b"[1,2]\n"],
)
def test_what_is_no_text_is_not_read_as_text(data):
    with pytest.raises(InputError, match="holds no events that this version can read"):
        load(data)


def test_objects_with_some_text_between_them_are_json_lines():
    line = b'{"ts":1705333643,"msg":"x"}\n'
    _, info = load(line * 4 + b"2024-01-15 15:47:23 text\nand more\n" + line)
    assert (info.format, info.stored, info.set_aside) == ("JSON Lines", 5, 2)


def test_text_with_an_object_in_it_is_text():
    line = b"2024-01-15 15:47:23 ERROR x: text\n"
    rows, info = rows_of(line * 8 + b'{"ts":1705333643,"msg":"x"}\n')
    assert info.format == "Java log"
    assert rows[-1]["message"] == 'text\n{"ts":1705333643,"msg":"x"}'


def test_a_trace_that_the_next_chunk_goes_on_with_stays_whole(monkeypatch):
    monkeypatch.setattr(blocks, "FIRST_CHUNK", 64)
    monkeypatch.setattr(blocks, "CHUNK", 64)
    one = b"2024-01-15 15:47:23,000 - app - ERROR - failed\n" + TRACE
    rows, info = rows_of(one * 50)
    assert (info.read, info.stored) == (50, 50)
    assert {row["exception.message"] for row in rows} == {"bad"}
    assert [row[schema.OFFSET] for row in rows] == [n * len(one) for n in range(50)]
    assert {row[schema.LENGTH] for row in rows} == {len(one) - 1}


def test_a_pause_hands_on_what_was_held_back():
    form = format_of("python")
    line = b"2024-01-15 15:47:23,000 - app - ERROR - failed\n"
    chunks = form.cut(iter([line, b"", b"", TRACE, b"", b""]), 0, 0.0)
    assert [chunk.data for chunk in chunks if chunk is not None] == [line, TRACE]
    assert [c.data for c in form.cut(iter([line, TRACE]), 0, math.inf)] == [line + TRACE]


def test_what_goes_on_without_end_is_parted():
    line = b"2024-01-15 15:47:23 x\n"
    rows, info = rows_of(line + b"  more of it\n" * 300_000 + line, written_as="text")
    assert rows[-1][schema.MESSAGE] == "x"
    assert 3 <= info.read < 12
    assert sum(row[schema.LENGTH] + 1 for row in rows) == 2 * len(line) + 13 * 300_000


HOSTILE = [
    b"\xff\xfe latin \xe9\n",
    b"\0\0\0\n",
    b"\0\0 after a hole\n",
    b"\x1b]0;pwned\x07 \x9b31m [bold]x[/]\n",
    b"a\0b\n",
    b"2024-13-45 25:61:61 no such day\n",
    b"99999999999999999999 9\n",
    b"<999>Oct 11 22:14:15 h su: x\n",
    b"<34>1 - - - - - -\n",
    b'key="unclosed value=1 x=\n',
    b"=\n",
    b'"' * 300 + b"\n",
    b"[" * 3000 + b"\n",
    b"\r\n",
    b"   \t \n",
    b"\n",
    b"x" * 5000 + b"\n",
    "\u202e\ufdd0 \u2028 ü\n".encode(),
]
WORDS = [
    "access",
    "cri",
    "glog",
    "logback",
    "logfmt",
    "plain",
    "python",
    "syslog",
    "syslog5424",
    "text",
]
SAMPLES = {word: next(FORMS.glob(f"{word}.*")) for word in WORDS}


@pytest.mark.parametrize("word", ["access", "cri", "glog", "plain", "text"])
def test_a_line_at_the_limit_and_one_beyond_it(word):
    first = SAMPLES[word].read_bytes().splitlines(keepends=True)[-1]
    long = first.rstrip(b"\n") + b"y" * (blocks.MAX_LINE - len(first)) + b"\n"
    view, _ = load(first + long + b"z" * (blocks.MAX_LINE + 1) + b"\n" + first, written_as=word)
    assert view.aside["reason"].str.starts_with("longer than 1 MiB").sum() == 1
    assert view.height >= 2


@settings(max_examples=40, deadline=None)
@given(
    word=st.sampled_from(sorted(SAMPLES)),
    plan=st.lists(st.one_of(st.sampled_from(HOSTILE), st.integers(0, 20)), max_size=30),
    cuts=st.lists(st.integers(1, 400), max_size=8),
    small=st.booleans(),
)
def test_every_line_is_in_an_event_or_set_aside_or_blank(word, plan, cuts, small):
    good = SAMPLES[word].read_bytes().splitlines(keepends=True)
    data = b"".join([good[-1], *(p if isinstance(p, bytes) else good[p % len(good)] for p in plan)])
    pieces, rest = [], data
    for cut in cuts:
        pieces.append(rest[:cut])
        rest = rest[cut:]
    with pytest.MonkeyPatch.context() as patch:
        if small:
            patch.setattr(blocks, "FIRST_CHUNK", 100)
            patch.setattr(blocks, "CHUNK", 100)
        view, _ = load(*pieces, rest, written_as=word)
    starts = [0, *(at + 1 for at, octet in enumerate(data) if octet == 10)]
    covered = [False] * len(starts)
    for offset, length in [
        *view.events.select(schema.OFFSET, schema.LENGTH).iter_rows(),
        *view.aside.select(schema.OFFSET, schema.LENGTH).iter_rows(),
    ]:
        for line, start in enumerate(starts):
            if offset <= start <= offset + length:
                covered[line] = True
    lines = data.split(b"\n")
    for line, text in enumerate(lines):
        assert covered[line] or not text.strip(), (word, text)
    assert view.events[schema.SEQ].n_unique() == view.height


def test_lines_with_bad_bytes_are_kept_and_marked():
    rows, _ = rows_of(b"2024-01-15 15:47:23 caf\xe9\n2024-01-15 15:47:24 caf\xc3\xa9\n")
    check(rows[0], message="caf\ufffd", flags=Flag.BAD_TEXT, length=24)
    check(rows[1], message="café", flags=0)


def test_inflated_text_of_another_zone():
    data = gzip.compress(b"2024-01-15 16:47:23 up\n", mtime=0)
    rows, info = rows_of(gzip.decompress(data), tz="Europe/Berlin")
    check(rows[0], time=AT)
    assert info.notes == ("times have no zone: read as Europe/Berlin, as --tz says",)


def test_a_first_line_without_a_time_does_not_hide_the_times_of_others(monkeypatch):
    monkeypatch.setattr(blocks, "FIRST_CHUNK", 16)
    monkeypatch.setattr(blocks, "CHUNK", 64)
    rows, info = rows_of(
        b"Welcome to the shop\n" * 3, b"2024-01-15 15:47:23 ERROR down\n" * 40, written_as="plain"
    )
    check(rows[0], time=WRITTEN, flags=Flag.GUESSED_TIME)
    check(rows[-1], time=AT, severity=Severity.ERROR, message="down", flags=0)
    assert len(info.notes) == 3


@pytest.mark.parametrize(
    ("line", "service", "instance"),
    [
        (b"shop-web-1  | 2024-01-15T15:47:23.5Z up\n", "shop-web", "shop-web-1"),
        (b"[pod/web-7f/nginx] 2024-01-15T15:47:23.5Z up\n", "nginx", "web-7f"),
    ],
)
def test_what_compose_and_kubectl_put_before_a_line(line, service, instance):
    rows, info = rows_of(line * 3)
    assert info.format == "text with times"
    check(rows[0], service=service, instance=instance, message="up", time=AT + 500 * MILLI)


def test_a_block_without_one_line_of_a_container(monkeypatch):
    monkeypatch.setattr(blocks, "FIRST_CHUNK", 16)
    monkeypatch.setattr(blocks, "CHUNK", 16)
    line = b"2016-10-06T00:17:09.6Z stdout F up\n"
    _, info = load(b"junk\n" * 9 + line + b"more junk\n" * 9, written_as="cri")
    assert (info.stored, info.set_aside) == (1, 18)


@pytest.mark.parametrize("word", WORDS)
def test_a_block_of_blank_lines_before_the_first_event(word, monkeypatch):
    monkeypatch.setattr(blocks, "FIRST_CHUNK", 4)
    monkeypatch.setattr(blocks, "CHUNK", 4)
    line = SAMPLES[word].read_bytes().splitlines(keepends=True)[-1]
    _, info = load(b"\n  \n\n\0\0\n" * 2 + line, written_as=word)
    assert (info.stored, info.set_aside, info.blank) == (1, 2, 6)
