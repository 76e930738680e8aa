"""Lines that are damaged, hostile or odd: kept or set aside with a reason, never lost."""

from __future__ import annotations

import json

import pytest

from traversion_data.decode import json as json_lines
from traversion_data.decode.base import DecodeOptions
from traversion_data.model import Flag
from traversion_data.source.base import Chunk
from traversion_data.source.blocks import cut

GOOD = b'{"ts":1705333643,"msg":"good"}'


def decode(*lines: bytes, joint: bytes = b"\n", end: bytes = b"\n"):
    data = joint.join(lines) + end
    batch = json_lines.decoder(DecodeOptions("app.jsonl")).decode(Chunk(1, 10, 100, data))
    assert batch.lines == batch.events.height + batch.aside.height + batch.blank
    return batch, data


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"plain words", "text, not a JSON object"),
        (b'{"ts":1705333643,"msg":"cut', "not valid JSON: Unterminated string"),
        (b'{"ts":1705333643,}', "not valid JSON: "),
        (b'{"ts":1705333643}{"ts":1}', "not valid JSON: Extra data at character 18"),
        (b"[1,2]", "a JSON array, not an object"),
        (b"17", "text, not a JSON object"),
        (b"\0" * 512, "a run of 512 NUL bytes"),
        (b'{"a":' + b"[" * 129 + b"]" * 129 + b"}", "nested deeper than 128 levels"),
        (b'{"a":' * 10**5 + b"1" + b"}" * 10**5, "nested deeper than 128 levels"),
        (b'{"a":' + b"[" * 10**6, "nested deeper than 128 levels"),
    ],
)
def test_bad_lines_are_set_aside_with_the_reason_and_their_place(line, reason):
    batch, data = decode(GOOD, line, GOOD)
    assert batch.events["msg" if "msg" in batch.events.columns else "message"].to_list() == [
        "good",
        "good",
    ]
    (aside,) = batch.aside.rows(named=True)
    assert aside["reason"].startswith(reason)
    assert aside["seq"] == (1 << 40) + 11
    start = aside["offset"] - 100
    assert data[start : start + aside["length"]] == line
    assert aside["text"] == line[:4096].decode()


@pytest.mark.parametrize("levels", [127, 126])
def test_nesting_up_to_the_limit_is_kept(levels):
    batch, _ = decode(b'{"ts":1705333643,"a":' + b"[" * levels + b"]" * levels + b"}")
    assert batch.events["attrs"][0] == '{"a":' + "[" * levels + "]" * levels + "}"


def test_brackets_inside_strings_do_not_nest():
    batch, _ = decode(b'{"ts":1705333643,"msg":"' + b"[{" * 500 + b'"}')
    assert batch.events["message"][0] == "[{" * 500


def test_carriage_returns_blanks_and_a_missing_last_feed():
    batch, data = decode(GOOD, b"", b"   ", GOOD, joint=b"\r\n", end=b"")
    assert (batch.events.height, batch.blank, batch.lines) == (2, 2, 4)
    for offset, length in batch.events.select("offset", "length").rows():
        assert data[offset - 100 : offset - 100 + length] == GOOD


def test_a_record_behind_a_run_of_nuls_is_kept():
    batch, _ = decode(b"\0" * 4096 + GOOD)
    assert batch.events["message"].to_list() == ["good"]
    assert batch.events["flags"][0] == Flag.BAD_TEXT


def test_bytes_that_are_not_utf8_are_shown_replaced():
    batch, _ = decode(b'{"ts":1705333643,"msg":"caf\xe9"}', GOOD)
    assert batch.events["message"].to_list() == ["caf\ufffd", "good"]
    assert batch.events["flags"].to_list() == [Flag.BAD_TEXT, 0]


def test_lone_surrogates_and_control_characters():
    batch, _ = decode(
        rb'{"ts":1705333643,"msg":"a\ud800b"}',
        b'{"ts":1705333643,"msg":"tab\there"}',
        rb'{"ts":1705333643,"msg":"\u0000\u001b[2J"}',
        rb'{"ts":1705333643,"msg":"\ud83d\ude00"}',
    )
    assert batch.events["message"].to_list() == ["a\ufffdb", "tab\there", "\0\x1b[2J", "😀"]
    assert batch.events["flags"].to_list() == [Flag.BAD_TEXT, 0, 0, 0]


@pytest.mark.parametrize("values", ["1,2", "1,2,null", "2,{}", "null,2", "2,[{}],null,2"])
def test_of_equal_keys_the_last_that_says_something_wins(values):
    pairs = ",".join(f'"n":{value}' for value in values.split(","))
    batch, _ = decode(f'{{"ts":1705333643,{pairs}}}'.encode())
    assert batch.events["n"].to_list() == [2]


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1e999", "9223372036854775808", "1" * 5000]
)
def test_numbers_no_column_holds_are_kept_as_text(number):
    line = f'{{"ts":1705333643,"n":{number}}}'.encode()
    batch, _ = decode(line)
    assert batch.events["n"].to_list() == [number]
    assert batch.events["flags"].to_list() == [Flag.DRIFTED]
    beside, _ = decode(b'{"ts":1705333643,"n":1.5}', b'{"ts":1705333643,"n":2.5}', line)
    assert beside.events["n"].to_list() == [1.5, 2.5, None]
    assert json.loads(beside.events["attrs"][2]) == {"n": number}


def test_integers_beyond_a_float_are_not_rounded():
    batch, _ = decode(b'{"ts":1705333643,"n":1.5}', b'{"ts":1705333643,"n":9007199254740993}')
    assert batch.events["attrs"][1] == '{"n":9007199254740993}'


def test_an_over_long_line_is_set_aside_with_length_and_digest():
    long = b'{"ts":1705333643,"msg":"' + b"x" * 3_000_000 + b'"}'
    stream = [GOOD + b"\n" + long + b"\n" + GOOD]
    decoder = json_lines.decoder(DecodeOptions("app.jsonl"))
    batches = [decoder.decode(chunk) for chunk in cut(stream, 0)]
    assert [batch.events["seq"].to_list() for batch in batches] == [[0], [], [2]]
    (aside,) = batches[1].aside.rows(named=True)
    assert aside["reason"].startswith("longer than 1 MiB: 3000026 bytes, SHA-256 ")
    assert (aside["offset"], aside["length"], len(aside["text"])) == (
        len(GOOD) + 1,
        len(long),
        64 * 1024,
    )


def test_a_key_with_a_nul_may_be_taken_for_a_time():
    batch, _ = decode(GOOD, b'{"message":"x","t\\u0000s":"soon 1"}')
    assert batch.events["message"].to_list() == ["good", "x"]


@pytest.mark.parametrize(
    ("key", "column"),
    [
        ("[red]x[/]", "[red]x[/]"),
        ("a\nb", "a\nb"),
        ("", "field."),
        ("i:ts", "i:ts"),
        ("#line", "field.#line"),
        ("seq", "field.seq"),
        ("field.seq", "field.field.seq"),
        ("*", "field.*"),
        ("^.*$", "field.^.*$"),
    ],
)
def test_hostile_keys_are_columns_like_any_other(key, column):
    batch, _ = decode(json.dumps({"ts": 1705333643, "msg": "m", key: 7}).encode())
    assert batch.events.row(0, named=True)[column] == 7
    assert batch.events["seq"][0] == (1 << 40) + 10
