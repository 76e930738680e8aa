"""Copies, late writers and compressed files beside what is followed: each line once."""

from __future__ import annotations

import gzip
import os
from threading import Event

import pytest

from traversion_data.intake import Intake, Wanted
from traversion_data.source import tail
from traversion_data.source.stdin import StdinSource
from traversion_data.store.head import Head

from .followed import append, check, cut, expected, following, ids, line, lines, rename


def test_05c_a_writer_that_comes_back_long_after_the_turn(bench):
    it = bench("app.log*")
    it.begin(2)
    old = rename(it.path, "app.log.1")
    it.path.write_bytes(lines(10, 12))
    it.running.rows(4)
    Event().wait(tail.LINGER + 0.5)
    it.away(lambda: append(old, lines(2, 4)))
    check(it.running.rows(6), [*expected(0, 4), *expected(10, 12)])


def test_08b_cut_and_filled_with_just_as_much(bench):
    it = bench()
    it.path.write_bytes(lines(10, 13))
    it.start()
    it.running.rows(3)

    def refill():
        with it.path.open("r+b") as file:
            file.write(lines(20, 23))

    it.away(refill)
    view = it.running.until(lambda view: view.gaps and view.height >= 6)
    check(view, [*expected(10, 13), *expected(20, 23)])


def test_08c_a_line_that_was_begun_and_cut_off_is_no_record(bench):
    it = bench()
    it.path.write_bytes(lines(0, 2) + line(2)[:20])
    it.start()
    it.running.rows(2)

    def refill():
        cut(it.path)
        append(it.path, lines(3, 4))

    it.away(refill)
    view = it.running.until(lambda view: view.gaps and view.height >= 3)
    check(view, ["e0", "e1", "e3"])
    assert view.aside.height == 0


def test_09b_a_copy_that_is_still_being_written_is_not_read_twice(bench):
    it = bench("app.log*", grace=15.0)
    data = lines(0, 50)
    it.path.write_bytes(data)
    it.start()
    it.running.rows(50)
    copy = it.folder / "app.log.1"

    def begin_to_copy():
        copy.write_bytes(data[: len(data) // 2])

    it.away(begin_to_copy)
    append(it.path, lines(50, 51))
    it.running.rows(51)
    append(copy, data[len(data) // 2 :] + lines(50, 51))
    cut(it.path)
    append(it.path, lines(51, 53))
    check(it.running.rows(53), expected(0, 53))


def test_09c_a_copy_that_lacks_the_last_lines_read_is_not_read_twice(tmp_path):
    path, store = tmp_path / "app.log", tmp_path / "store"
    path.write_bytes(lines(0, 50))
    with following(tmp_path / "app.log*", store=store, grace=4.0) as running:
        running.rows(50)
        (tmp_path / "app.log.1").write_bytes(path.read_bytes())
        append(path, lines(50, 52))
        running.rows(52)
        cut(path)
        append(path, lines(52, 53))
        view = running.until(lambda view: view.gaps and len(view.sources) == 3)
        check(view, expected(0, 53))
        append(tmp_path / "app.log.1", lines(60, 61))
        check(running.rows(54), [*expected(0, 53), "e60"])
    with following(tmp_path / "app.log*", store=store) as running:
        append(path, lines(53, 54))
        check(running.rows(55), [*expected(0, 54), "e60"])


def test_10b_a_line_that_is_ended_before_its_file_is_compressed(bench):
    it = bench("app.log*")
    it.path.write_bytes(lines(0, 3) + line(3)[:20])
    it.start()
    it.running.rows(3)

    def turn():
        data = it.path.read_bytes() + line(3)[20:] + lines(4, 6)
        (it.folder / "app.log.1.gz").write_bytes(gzip.compress(data))
        it.path.unlink()
        it.path.write_bytes(lines(6, 8))

    it.away(turn)
    view = it.running.rows(8)
    check(view, expected(0, 8))
    assert view.aside.height == 0
    assert sum(source.stored for source in view.sources) == 8
    assert len(set(view.events["seq"])) == 8


def test_10c_a_file_that_is_compressed_slowly_and_moved_on_later(bench):
    it = bench("app.log*")
    it.begin(3)
    old = rename(it.path, "app.log.1")
    packed = it.folder / "app.log.1.gz"
    data = gzip.compress(old.read_bytes())

    def compress():
        packed.write_bytes(b"")

    it.away(compress)
    append(it.path, lines(3, 4))
    it.running.rows(4)
    append(packed, data[:40])
    append(it.path, lines(4, 5))
    it.running.rows(5)
    append(packed, data[40:])
    old.unlink()

    def move_on():
        rename(packed, "app.log.2.gz")

    it.away(move_on)
    append(it.path, lines(5, 6))
    check(it.running.rows(6), expected(0, 6))
    it.away(lambda: rename(it.folder / "app.log.2.gz", "app.log.3.gz"))
    append(it.path, lines(6, 7))
    check(it.running.rows(7), expected(0, 7))


def test_a_gap_is_told_once_and_stays_told(tmp_path):
    path, store = tmp_path / "app.log", tmp_path / "store"
    path.write_bytes(lines(0, 3))
    with following(path, store=store) as running:
        running.rows(3)
        cut(path)
        append(path, lines(3, 4))
        (told,) = running.until(lambda view: view.gaps and view.height >= 4).gaps
    for first in (4, 5):
        with following(path, store=store) as running:
            append(path, lines(first, first + 1))
            view = running.rows(first + 1)
            assert [gap.reason for gap in view.gaps] == [told.reason]


def test_what_is_followed_beside_another_source_has_numbers_of_its_own(tmp_path):
    reading, writing = os.pipe()
    os.write(writing, lines(0, 2))
    os.close(writing)
    path = tmp_path / "app.log"
    path.write_bytes(lines(2, 4))
    wanted = Wanted((StdinSource(reading),), (str(path),), store=tmp_path / "store")
    view = Intake(wanted, Head()).run()
    assert sorted(ids(view)) == expected(0, 4)
    assert [source.stored for source in view.sources] == [2, 2]
    assert len(set(view.events["seq"])) == 4


@pytest.mark.parametrize("name", ["gone/app.log", "gone/*.log"])
def test_30b_a_folder_that_is_taken_away_and_put_back(tmp_path, name):
    folder = tmp_path / "gone"
    folder.mkdir()
    (folder / "app.log").write_bytes(lines(0, 2))
    with following(tmp_path / name) as running:
        running.rows(2)
        folder.rename(tmp_path / "away")
        append(tmp_path / "away" / "app.log", lines(2, 3))
        running.rows(3)
        (tmp_path / "away").rename(folder)
        append(folder / "app.log", lines(3, 4))
        check(running.rows(4), expected(0, 4))
