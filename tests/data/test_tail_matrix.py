"""The tail matrix: files that grow, turn, shrink and vanish; live, and across a restart.

Every case asks for exactly the events that were written: none lost, none twice, each at its place.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from traversion_data.store.view import StoreView

from .followed import (
    Running,
    accounts,
    append,
    expected,
    following,
    ids,
    line,
    lines,
    places,
    rename,
)


class Bench:
    """A file `app.log`, its follower, and a way to look away for a while."""

    def __init__(self, folder: Path, stack: ExitStack, *words: str, restarts: bool) -> None:
        self.folder = folder
        self.path = folder / "app.log"
        self._words = [str(folder / word) for word in words or ("app.log",)]
        self._stack = stack
        self._restarts = restarts
        self._open: ExitStack | None = None
        self.running: Running

    def start(self) -> None:
        """Begin to follow."""
        self._open = ExitStack()
        store = self.folder / "store" if self._restarts else None
        self.running = self._open.enter_context(following(*self._words, store=store))

    def away(self, happens: Callable[[], None]) -> None:
        """Let something happen: unseen where this bench restarts, else while it follows."""
        if self._restarts:
            self.stop()
            happens()
            self.start()
        else:
            happens()

    def stop(self) -> None:
        """Stop to follow."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def gaps(self) -> list[str]:
        """Why something may be missing."""
        return [gap.reason for gap in self.running.view.gaps]


@pytest.fixture(params=["live", "restart"])
def bench(request, tmp_path) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []
    with ExitStack() as stack:

        def make(*words: str) -> Bench:
            it = Bench(tmp_path, stack, *words, restarts=request.param == "restart")
            made.append(it)
            return it

        yield make
        for it in made:
            it.stop()


def check(view: StoreView, wanted: list[str]) -> None:
    assert sorted(ids(view), key=lambda it: int(it[1:])) == wanted
    accounts(view)


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


def test_04_a_rename_gives_all_of_the_old_then_the_new(bench):
    it = bench("app.log*")
    it.path.write_bytes(lines(0, 3))
    it.start()
    it.running.rows(3)

    def turn():
        append(it.path, lines(3, 5))
        rename(it.path, "app.log.1")
        it.path.write_bytes(lines(5, 7))

    it.away(turn)
    check(it.running.rows(7), expected(0, 7))
    assert it.gaps() == []


def test_05_what_is_written_to_the_renamed_file_is_read(bench):
    it = bench("app.log*")
    it.path.write_bytes(lines(0, 2))
    it.start()
    it.running.rows(2)

    def turn():
        with it.path.open("ab") as old:
            rename(it.path, "app.log.1")
            it.path.write_bytes(lines(10, 12))
            old.write(lines(2, 4))
            old.flush()
            old.write(lines(4, 5))

    it.away(turn)
    check(it.running.rows(7), [*expected(0, 5), *expected(10, 12)])


def test_05b_late_lines_are_read_even_where_only_the_name_is_followed(tmp_path):
    path = tmp_path / "app.log"
    path.write_bytes(lines(0, 2))
    with following(path) as running, path.open("ab") as old:
        running.rows(2)
        rename(path, "app.log.1")
        path.write_bytes(lines(10, 12))
        running.rows(4)
        old.write(lines(2, 5))
        old.flush()
        check(running.rows(7), [*expected(0, 5), *expected(10, 12)])


def test_06_two_turns_between_two_looks_with_the_pattern(bench):
    it = bench("app.log*")
    it.path.write_bytes(lines(0, 2))
    it.start()
    it.running.rows(2)

    def turn():
        rename(it.path, "app.log.2")
        (it.folder / "app.log.1").write_bytes(lines(2, 4))
        it.path.write_bytes(lines(4, 6))

    it.away(turn)
    check(it.running.rows(6), expected(0, 6))


def test_06b_two_turns_without_the_pattern_are_told(tmp_path):
    path = tmp_path / "app.log"
    path.write_bytes(lines(0, 2))
    with following(path) as running:
        running.rows(2)
        middle = tmp_path / "app.log.1.tmp"
        middle.write_bytes(lines(2, 4))
        future = path.stat().st_mtime_ns + 10**9
        os.utime(middle, ns=(future, future))
        (tmp_path / "app.new").write_bytes(lines(4, 6))
        rename(path, "app.log.2")
        rename(middle, "app.log.1")
        rename(tmp_path / "app.new", "app.log")
        view = running.until(lambda view: view.gaps and view.height >= 4)
    check(view, [*expected(0, 2), *expected(4, 6)])
    assert "app.log.1 was not followed" in view.gaps[0].reason


def test_07_cut_and_filled_with_less(bench):
    it = bench()
    it.path.write_bytes(lines(0, 5))
    it.start()
    it.running.rows(5)

    def cut():
        with it.path.open("r+b") as file:
            file.truncate(0)
            file.write(lines(5, 7))

    it.away(cut)
    view = it.running.until(lambda view: view.height >= 7 and view.gaps)
    check(view, expected(0, 7))


def test_08_cut_and_filled_with_more(bench):
    it = bench()
    it.path.write_bytes(lines(0, 3))
    it.start()
    it.running.rows(3)

    def cut():
        with it.path.open("r+b") as file:
            file.truncate(0)
            file.write(lines(3, 40))

    it.away(cut)
    view = it.running.until(lambda view: view.height >= 40 and view.gaps)
    check(view, expected(0, 40))


def test_09_the_copy_of_a_file_that_was_cut_is_read_on(bench):
    it = bench("app.log*")
    it.path.write_bytes(lines(0, 3))
    it.start()
    it.running.rows(3)

    def cut():
        append(it.path, lines(3, 6))
        shutil.copyfile(it.path, it.folder / "app.log.1")
        with it.path.open("r+b") as file:
            file.truncate(0)
        append(it.path, lines(6, 8))

    it.away(cut)
    check(it.running.rows(8), expected(0, 8))


def test_10_compressed_after_the_turn(bench):
    it = bench("app.log*")
    it.path.write_bytes(lines(0, 3))
    it.start()
    it.running.rows(3)

    def turn():
        append(it.path, lines(3, 6))
        packed = gzip.compress(it.path.read_bytes())
        (it.folder / "app.log.1.gz").write_bytes(packed)
        it.path.unlink()
        it.path.write_bytes(lines(6, 8))

    it.away(turn)
    view = it.running.rows(8)
    check(view, expected(0, 8))
    append(it.path, lines(8, 9))
    check(it.running.rows(9), expected(0, 9))


def test_11_deleted_and_made_again(bench):
    it = bench()
    it.path.write_bytes(lines(0, 3))
    it.start()
    it.running.rows(3)

    def again():
        it.path.unlink()
        it.path.write_bytes(lines(3, 9))

    it.away(again)
    check(it.running.rows(9), expected(0, 9))


def test_12_made_again_with_the_same_head(bench):
    it = bench()
    same = lines(0, 5)
    it.path.write_bytes(same + lines(5, 8))
    it.start()
    it.running.rows(8)

    def again():
        it.path.unlink()
        it.path.write_bytes(same + lines(20, 30))

    it.away(again)
    view = it.running.rows(8 + 15)
    assert set(ids(view)) == {*expected(0, 8), *expected(20, 30)}


def test_13_two_files_with_the_same_head_are_both_read(bench):
    it = bench("*.log")
    (it.folder / "a.log").write_bytes(lines(0, 6))
    (it.folder / "b.log").write_bytes(lines(0, 6) + lines(6, 7))
    it.start()
    it.running.rows(13)
    it.away(lambda: append(it.folder / "a.log", lines(7, 8)))
    view = it.running.rows(14)
    assert sorted(ids(view)) == sorted([*expected(0, 6), *expected(0, 7), "e7"])


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


def test_29_a_link_that_is_switched(bench):
    it = bench()
    (it.folder / "0.data").write_bytes(lines(0, 3))
    it.path.symlink_to(it.folder / "0.data")
    it.start()
    it.running.rows(3)

    def switch():
        append(it.folder / "0.data", lines(3, 4))
        (it.folder / "1.data").write_bytes(lines(4, 6))
        new = it.folder / "new"
        new.symlink_to(it.folder / "1.data")
        new.replace(it.path)

    it.away(switch)
    if it._restarts:
        view = it.running.until(lambda view: view.gaps and view.height >= 5)
        check(view, [*expected(0, 3), *expected(4, 6)])
    else:
        check(it.running.rows(6), expected(0, 6))


def test_30_a_file_and_a_folder_that_appear_later(bench):
    it = bench("app.log", "later/*.log")
    it.start()
    it.running.until(lambda view: True) if it.running.views else None

    def appear():
        it.path.write_bytes(lines(0, 2))
        (it.folder / "later").mkdir()
        (it.folder / "later" / "b.log").write_bytes(lines(2, 4))

    it.away(appear)
    check(it.running.rows(4), expected(0, 4))


def test_39_what_is_no_file_is_refused(bench):
    it = bench("app.log", "pipe", "folder")
    os.mkfifo(it.folder / "pipe")
    (it.folder / "folder").mkdir()
    it.path.write_bytes(lines(0, 2))
    it.start()
    check(it.running.rows(2), expected(0, 2))


def test_40_an_editor_that_saves(bench):
    it = bench()
    it.path.write_bytes(lines(0, 6))
    it.start()
    it.running.rows(6)

    def save():
        new = it.folder / "app.log~"
        new.write_bytes(lines(0, 3))
        new.replace(it.path)

    it.away(save)
    append(it.path, lines(6, 7))
    view = it.running.until(lambda view: "e6" in ids(view))
    assert set(ids(view)) == set(expected(0, 7))
