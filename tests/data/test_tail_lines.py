"""The tail matrix, lines: partial, torn, huge, odd and many; live, and across a restart.

Every case asks for exactly the events that were written: none lost, none twice, each at its place.
"""

from __future__ import annotations

import json

import pytest

from .followed import append, check, expected, ids, line, lines, places


def test_01_a_partial_line_waits_for_its_end(bench):
    it = bench()
    it.path.write_bytes(lines(0, 2) + line(2)[:20])
    it.start()
    check(it.running.rows(2), expected(0, 2))
    it.away(lambda: append(it.path, line(2)[20:]))
    check(it.running.rows(3), expected(0, 3))
    places(it.running.view, it.path)


def test_02_a_line_that_two_writers_wrote_is_one_bad_record(bench):
    it = bench()
    it.path.write_bytes(lines(0, 1) + line(1)[:20])
    it.start()
    it.running.rows(1)
    it.away(lambda: append(it.path, line(2) + line(3)))
    view = it.running.rows(2)
    check(view, ["e0", "e3"])
    (aside,) = view.aside.rows(named=True)
    assert aside["text"] == (line(1)[:20] + line(2)).decode().rstrip("\n")


def test_03_a_partial_line_leaves_no_fragment_behind(bench):
    it = bench()
    it.path.write_bytes(line(0)[:15])
    it.start()
    it.running.until(lambda view: True)
    it.away(lambda: append(it.path, line(0)[15:]))
    view = it.running.rows(1)
    check(view, ["e0"])
    assert view.aside.height == 0


def test_14_the_smallest_files_are_read_at_once(bench):
    it = bench("*.log")
    (it.folder / "a.log").write_bytes(b"")
    (it.folder / "b.log").write_bytes(b"{")
    it.path.write_bytes(lines(0, 1))
    it.start()
    it.running.rows(1)
    it.away(lambda: append(it.folder / "b.log", line(1)[1:]))
    check(it.running.rows(2), expected(0, 2))


def test_15_a_huge_line_is_one_record_and_the_next_one_whole(bench):
    it = bench()
    huge = b'{"ts":1705333643,"msg":"' + b"x" * 5_000_000
    it.path.write_bytes(line(0) + huge)
    it.start()
    it.running.rows(1)
    it.away(lambda: append(it.path, huge + b'"}\n' + line(1)))
    view = it.running.rows(2)
    check(view, expected(0, 2))
    (aside,) = view.aside.rows(named=True)
    assert aside["length"] == 2 * len(huge) + 2
    assert "SHA-256" in aside["reason"]
    append(it.path, line(2))
    check(it.running.rows(3), expected(0, 3))


@pytest.mark.parametrize(
    ("bad", "aside", "blank"),
    [
        pytest.param(b"\0" * 4096 + b"\n", 1, 0, id="16-nul-run"),
        pytest.param(b"\n   \n\t\n", 0, 3, id="20-blank-lines"),
        pytest.param(b'{"ts":1,\n', 1, 0, id="21-bad-json"),
        pytest.param(b'{"ts": {"ts": 17053\n36430}\n', 2, 0, id="28-torn-lines"),
    ],
)
def test_lines_that_are_no_events_are_counted(bench, bad, aside, blank):
    it = bench()
    it.path.write_bytes(line(0) + bad)
    it.start()
    it.running.rows(1)
    it.away(lambda: append(it.path, line(1)))
    view = it.running.rows(2)
    check(view, expected(0, 2))
    assert view.aside.height == aside
    assert sum(source.blank for source in view.sources) == blank
    places(view, it.path)


@pytest.mark.parametrize(
    ("odd", "row"),
    [
        pytest.param(
            b'{"ts":1705333999,"event_id":"e2","msg":"\xff"}\n', {"message": "\ufffd"}, id="17"
        ),
        pytest.param(
            b'{"ts":1705333999,"event_id":"e2","msg":"x"}\r\n', {"message": "x"}, id="18-crlf"
        ),
        pytest.param(
            b'{"ts":1705333999,"event_id":"e2","msg":"a","msg":"b"}\n',
            {"message": "b"},
            id="23-twice",
        ),
        pytest.param(b'{"ts":1,"event_id":"e2"}\n', {"time": 10**9}, id="25-epoch"),
        pytest.param(
            b'{"ts":2020953643,"event_id":"e2"}\n', {"time": 2020953643 * 10**9}, id="25-future"
        ),
        pytest.param(
            b'{"ts":1705330000,"event_id":"e2"}\n', {"time": 1705330000 * 10**9}, id="24-back"
        ),
    ],
)
def test_odd_lines_are_kept(bench, odd, row):
    it = bench()
    it.path.write_bytes(b"\xef\xbb\xbf" + lines(0, 2))
    it.start()
    it.running.rows(2)
    it.away(lambda: append(it.path, odd + line(3)))
    view = it.running.rows(4)
    check(view, expected(0, 4))
    (found,) = view.events.filter(event_id="e2").rows(named=True)
    assert {name: found[name] for name in row} == row
    assert view.events["time"].is_sorted()


def test_22_a_late_key_and_a_changed_type_drop_nothing(bench):
    it = bench()
    it.path.write_bytes(b"".join(line(number, n=number) for number in range(5_000)))
    it.start()
    it.running.rows(5_000)
    it.away(lambda: append(it.path, line(5_000, n="five", late="here")))
    view = it.running.rows(5_001)
    (row,) = view.events.filter(event_id="e5000").rows(named=True)
    assert row["late"] == "here"
    assert json.loads(row["attrs"]) == {"n": "five"}


def test_26_the_same_id_twice_is_stored_twice(bench):
    it = bench()
    it.path.write_bytes(line(0))
    it.start()
    it.running.rows(1)
    it.away(lambda: append(it.path, line(0) + line(1)))
    assert ids(it.running.rows(3)) == ["e0", "e0", "e1"]


def test_27_many_writers_that_append_whole_lines(bench):
    it = bench()
    it.path.write_bytes(b"")
    it.start()

    def write():
        writers = [it.path.open("ab", buffering=0) for _ in range(5)]
        for number in range(200):
            writers[number % 5].write(line(number))
        for writer in writers:
            writer.close()

    it.away(write)
    check(it.running.rows(200), expected(0, 200))
