"""Sources without any time, and events without one among others."""

from __future__ import annotations

import json

import pytest

from traversion_data.decode.untimed import BORROWED, LATER_TIMES, NO_TIMES
from traversion_data.errors import InputError
from traversion_data.model import FieldMap, Flag
from traversion_data.source import blocks

from .loaded import AT, WRITTEN, check, rows_of

LINES = b'{"level":"info","msg":"a","n":1}\n{"level":"error","msg":"b","n":2}\n'
ARRAY = b'[{"level":"info","msg":"a","n":1},\n{"level":"error","msg":"b","n":2}]\n'
EVENTS = b'{"events":[{"level":"info","msg":"a","n":1},{"level":"error","msg":"b","n":2}]}\n'
LOGFMT = b"level=info msg=a n=1\nlevel=error msg=b n=2\n"
TABLE = b"level,msg,n\ninfo,a,1\nerror,b,2\n"


@pytest.mark.parametrize(
    ("data", "title"),
    [
        (LINES, "JSON Lines"),
        (ARRAY, "JSON document"),
        (EVENTS, "JSON document"),
        (LOGFMT, "logfmt"),
        (TABLE, "CSV"),
    ],
)
def test_a_source_without_any_time_is_in_the_order_of_the_file(data, title):
    rows, info = rows_of(data)
    assert info.format == title
    assert [row["time"] for row in rows] == [WRITTEN, WRITTEN + 1]
    assert [row["end_time"] for row in rows] == [WRITTEN, WRITTEN + 1]
    assert [row["flags"] for row in rows] == [Flag.GUESSED_TIME] * 2
    assert [(row["message"], row["n"]) for row in rows] == [("a", 1), ("b", 2)]
    assert rows[0]["severity"] < rows[1]["severity"]
    assert info.notes == (NO_TIMES,)
    assert "time" not in {it.column for it in info.recognised}


def test_text_without_times_is_noted_in_the_same_words():
    rows, info = rows_of(b"one thing\nanother thing\n")
    assert [row["time"] for row in rows] == [WRITTEN, WRITTEN + 1]
    assert info.notes == (NO_TIMES,)


def small_chunks(monkeypatch):
    monkeypatch.setattr(blocks, "FIRST_CHUNK", 16)
    monkeypatch.setattr(blocks, "CHUNK", 16)


def test_the_order_goes_on_over_chunks(monkeypatch):
    small_chunks(monkeypatch)
    rows, info = rows_of(b"".join(b'{"msg":"m%d"}\n' % n for n in range(50)))
    assert [row["time"] for row in rows] == [WRITTEN + n for n in range(50)]
    assert info.notes == (NO_TIMES,)


def test_a_time_that_appears_later_moves_nothing_that_stood_before(monkeypatch):
    small_chunks(monkeypatch)
    first = b'{"msg":"first"}\n{"msg":"other"}\n'
    rows, info = rows_of(first, json.dumps({"ts": AT, "msg": "x"}).encode() + b'\n{"msg":"y"}\n')
    assert [row["time"] for row in rows] == [WRITTEN, WRITTEN + 1, AT, AT]
    assert [bool(row["flags"] & Flag.GUESSED_TIME) for row in rows] == [True, True, False, True]
    assert info.notes == (LATER_TIMES, BORROWED)


def test_a_block_in_which_times_begin():
    untimed = b'{"msg":"%s"}\n'
    rows, _ = rows_of(
        untimed % (b"a" * 300_000) + untimed % b"b" + b'{"ts":%d,"msg":"c"}\n' % AT + untimed % b"d"
    )
    assert [row["time"] for row in rows] == [WRITTEN, WRITTEN + 1, AT, AT]


def test_some_lines_without_a_time_stand_at_the_one_before_and_are_noted():
    rows, info = rows_of(b'{"ts":%d,"msg":"a"}\n{"msg":"b"}\n' % AT)
    check(rows[1], time=AT, flags=Flag.GUESSED_TIME, message="b")
    assert info.notes == (BORROWED,)


def test_a_format_that_names_the_key_of_its_time_is_not_opened_without_it():
    with pytest.raises(InputError, match="no event time on this line"):
        rows_of(LINES, written_as="gcp")


def test_a_time_that_the_user_maps_is_missed():
    with pytest.raises(InputError, match="no event time on this line"):
        rows_of(TABLE, written_as="csv", field_map=FieldMap((("time", "when"),)))


@pytest.mark.parametrize(
    "text",
    [
        b"Dear all, welcome\nand, so on\nhere, it ends\n",
        b"a, b\n",
        b"name, first\nsecond, third\n",
        b"starting, please wait\ndone, thank you\nbye, see you\n",
    ],
)
def test_prose_with_commas_is_no_table(text):
    _, info = rows_of(text)
    assert info.format == "text without times"


def test_a_table_of_words_is_one_by_the_name_of_its_file():
    rows, info = rows_of(b"city,country\nParis,France\n", name="places.csv")
    assert info.format == "CSV"
    check(rows[0], city="Paris", country="France", service="places")
