"""The quick path and the exact path give equal frames, whatever the lines hold."""

from __future__ import annotations

import json
from unittest import mock

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from traversion_data.decode import columns
from traversion_data.decode import json as json_lines
from traversion_data.decode.base import DecodeOptions
from traversion_data.source.base import Chunk

KEYS = [
    "level",
    "service",
    "msg",
    "n",
    "n.k",
    "http",
    "status",
    "error",
    "id",
    "odd key",
    "é",
    'q"',
    "b\\",
    "duration_ms",
    "trace_id",
    "new",
    "new2",
    "tags",
    "user",
    "roles",
]


def numbers() -> st.SearchStrategy[str]:
    return st.one_of(
        st.integers(-5, 700).map(str),
        st.integers(-(2**70), 2**70).map(str),
        st.floats(allow_nan=False, allow_infinity=False).map(repr),
        st.sampled_from(
            ["1e5", "-0", "-0.0", "1.50", "1E400", "9007199254740993", "NaN", "20.118"]
        ),
    )


def texts() -> st.SearchStrategy[str]:
    plain = st.one_of(
        st.text(max_size=8),
        st.sampled_from(
            [
                "error",
                "12ms",
                'say "x":1',
                '": null',
                "a\\",
                "\\ud800",
                "{}",
                " : ",
                "2024-01-15T15:47:23Z",
            ]
        ),
    ).map(lambda text: text.encode("utf-8", "replace").decode())
    raw = st.sampled_from(
        [r'"\ud800"', r'"\ud83d\ude00"', r'"\\ud83d\ude00"', r'"\u0041\/\b"', '"\t"', r'"\u0000"']
    )
    return st.one_of(
        plain.map(json.dumps), plain.map(lambda t: json.dumps(t, ensure_ascii=False)), raw
    )


def arrays() -> st.SearchStrategy[str]:
    item = st.one_of(texts(), numbers(), st.sampled_from(["true", "null", "1", '"a"', '"b, c"']))
    plain = st.lists(item, max_size=3).flatmap(
        lambda items: st.sampled_from([",", ", ", " , "]).map(lambda comma: comma.join(items))
    )
    return st.one_of(
        plain.map(lambda inner: f"[{inner}]"),
        st.sampled_from(["[]", "[ ]", '["a","b"]', '["a", "b"]', "[1,2]", "[1, 2.0]", '[["a"]]']),
        st.sampled_from(
            ['[{"k":1}]', r'["\u00e9"]', '["é"]', r'["a\", \"b"]', r'["\n"]', '[", "]']
        ),
    )


def values(depth: int = 2) -> st.SearchStrategy[str]:
    leaf = st.one_of(
        texts(), numbers(), st.sampled_from(["true", "false", "null", "{}", "[]", "[1, 2.5]"])
    )
    if not depth:
        return leaf
    return st.one_of(leaf, leaf, arrays(), objects(depth - 1))


def objects(depth: int) -> st.SearchStrategy[str]:
    pair = st.tuples(st.sampled_from(KEYS), st.deferred(lambda: values(depth)))
    return st.builds(
        _join, st.lists(pair, max_size=5), st.sampled_from([(":", ","), (": ", ", "), (" : ", ",")])
    )


def mild() -> st.SearchStrategy[str]:
    """Records as programs write them: each key with values of one kind."""
    kinds = {
        "level": st.sampled_from(['"info"', '"error"', '"WARN"']),
        "service": st.sampled_from(['"db"', '"api"']),
        "msg": texts(),
        "n": st.integers(-5, 5).map(str),
        "duration_ms": st.floats(0, 1e4).map(repr),
        "error": st.sampled_from(["true", "false"]),
        "http": st.integers(100, 599).map(lambda code: f'{{"status_code":{code},"path":"/"}}'),
        "id": st.uuids().map(lambda it: f'"{it}"'),
        "b\\": st.just("null"),
        "tags": st.sampled_from(['["a","b"]', '["a", "b"]', "[]", '["c"]', "[1,2]", "[3.5, null]"]),
        "user": st.sampled_from(['{"roles":["a"],"id":7}', '{"tags":["b"]}', '{"roles":[]}']),
        "roles": st.sampled_from(['["x"]', '[true,"y z"]', '"none"', "[1.0]"]),
    }
    keys = st.lists(st.sampled_from(sorted(kinds)), unique=True, max_size=6)
    pairs = keys.flatmap(lambda names: st.tuples(*(st.tuples(st.just(n), kinds[n]) for n in names)))
    return st.builds(_join, pairs.map(list), st.sampled_from([(":", ","), (": ", ", ")]))


def _join(pairs: list[tuple[str, str]], joints: tuple[str, str]) -> str:
    colon, comma = joints
    return "{" + comma.join(f"{json.dumps(key)}{colon}{value}" for key, value in pairs) + "}"


STAMPS = {
    "iso": lambda at: f'"2024-01-15T15:47:{at % 60:02d}.{at:03d}Z"',
    "offset": lambda at: f'"2024-01-15 17:47:{at % 60:02d}+02:00"',
    "whole": lambda at: f"17053336{at % 60:02d}{at:03d}",
    "fraction": lambda at: f"17053336{at % 60:02d}.{at:03d}1234567",
    "digits": lambda at: f'"17053336{at % 60:02d}"',
    "huge": lambda at: f"17053336430000000{at:03d}",
    "power": lambda at: f"1.70533{at:03d}e9",
}


def _timed(record: str, at: int, style: str) -> str:
    return f'{{"ts":{STAMPS[style](at)}' + ("," if record != "{}" else "") + record[1:]


@st.composite
def recordings(draw) -> list[bytes]:
    """Three blocks of lines drawn from a few shapes, most lines alike, some odd."""
    usual = draw(st.lists(st.one_of(mild(), mild(), objects(2)), min_size=1, max_size=3))
    styles = draw(st.lists(st.sampled_from(sorted(STAMPS)), min_size=1, max_size=3))
    blocks = []
    for _ in range(3):
        odd = draw(st.lists(objects(2), max_size=3))
        lines = [_timed(usual[n % len(usual)], n, styles[n % len(styles)]) for n in range(14)]
        for place, record in enumerate(odd):
            lines.insert(draw(st.integers(0, len(lines))), _timed(record, place, styles[0]))
        if draw(st.booleans()):
            lines.insert(
                draw(st.integers(0, len(lines))),
                draw(st.sampled_from(["", "not json", '{"a":1', '[{"a":1}]', "\0\0\0"])),
            )
        blocks.append("\n".join(lines).encode("utf-8", "replace") + b"\n")
    return blocks


def decode(blocks: list[bytes]) -> list[tuple[pl.DataFrame, pl.DataFrame, int, int]]:
    decoder = json_lines.decoder(DecodeOptions("app.jsonl", written=1_705_363_200_000_000_000))
    line = offset = 0
    found = []
    for data in blocks:
        batch = decoder.decode(Chunk(0, line, offset, data))
        assert batch.lines == batch.events.height + batch.aside.height + batch.blank
        found.append((batch.events, batch.aside, batch.lines, batch.blank))
        line, offset = line + data.count(b"\n"), offset + len(data)
    return found


def _refuse(lines, which, tree) -> columns.Columns:
    return columns.Columns(None, which)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(blocks=recordings())
def test_both_paths_give_equal_frames(blocks):
    with mock.patch.object(columns, "_FEWEST", 4):
        quick = decode(blocks)
    with mock.patch.object(columns, "read", _refuse):
        exact = decode(blocks)
    for one, other in zip(quick, exact, strict=True):
        assert_frame_equal(one[0], other[0])
        assert_frame_equal(one[1], other[1])
        assert one[2:] == other[2:]


@pytest.mark.parametrize(
    "more",
    [
        '"http":{"status_code":200}',
        '"tags":["a","b"]',
        '"tags": ["a", "b"], "user": {"roles": [], "ports": [80, 1.5, null]}',
    ],
)
def test_plain_lines_are_read_by_the_quick_path(more):
    lines = [
        f'{{"ts":"2024-01-15T15:47:23.{n:06d}Z","level":"info",{more},"n":{n}}}' for n in range(500)
    ]
    block = ("\n".join(lines) + "\n").encode()
    handed_back = []

    def spy(lines, which, tree):
        found = quick(lines, which, tree)
        handed_back.append(len(found.back))
        return found

    quick = columns.read
    with mock.patch.object(columns, "read", spy):
        decode([block, block])
    assert handed_back == [500, 0]


def test_a_key_first_seen_in_the_last_line_is_kept():
    lines = [f'{{"ts":{1705333643000 + n},"n":{n}}}' for n in range(1000)]
    lines.append('{"ts":1705333645000,"n":1,"late":"here"}')
    block = ("\n".join(lines) + "\n").encode()
    _, (events, *_rest) = decode([block[: block.index(b"\n", 9000) + 1], block])
    assert events["late"].drop_nulls().to_list() == ["here"]


def test_one_clash_costs_only_its_own_line():
    lines = [f'{{"ts":{1705333643000 + n},"n":{n}}}' for n in range(1000)]
    lines[700] = '{"ts":1705333643700,"n":"many"}'
    block = ("\n".join(lines) + "\n").encode()
    events = decode([block[:4000].rpartition(b"\n")[0] + b"\n", block])[1][0]
    assert events.height == 1000
    assert events.row(700, named=True)["attrs"] == '{"n":"many"}'
    assert events["n"].null_count() == 1
