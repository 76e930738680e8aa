"""The tail matrix, files: turned, cut, copied, packed, replaced; live, and across a restart.

Every case asks for exactly the events that were written: none lost, none twice.
"""

from __future__ import annotations

import gzip
import os
import shutil

from .followed import append, check, cut, expected, following, ids, lines, rename


def test_04_a_rename_gives_all_of_the_old_then_the_new(bench):
    it = bench("app.log*")
    it.begin(3)

    def turn():
        append(it.path, lines(3, 5))
        rename(it.path, "app.log.1")
        it.path.write_bytes(lines(5, 7))

    it.away(turn)
    check(it.running.rows(7), expected(0, 7))
    assert it.gaps() == []


def test_05_what_is_written_to_the_renamed_file_is_read(bench):
    it = bench("app.log*")
    it.begin(2)

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
    it.begin(2)

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
    it.begin(5)

    it.away(lambda: cut(it.path, lines(5, 7)))
    view = it.running.until(lambda view: view.height >= 7 and view.gaps)
    check(view, expected(0, 7))


def test_08_cut_and_filled_with_more(bench):
    it = bench()
    it.begin(3)

    it.away(lambda: cut(it.path, lines(3, 40)))
    view = it.running.until(lambda view: view.height >= 40 and view.gaps)
    check(view, expected(0, 40))


def test_09_the_copy_of_a_file_that_was_cut_is_read_on(bench):
    it = bench("app.log*")
    it.begin(3)

    def copy_and_cut():
        append(it.path, lines(3, 6))
        shutil.copyfile(it.path, it.folder / "app.log.1")
        cut(it.path, lines(6, 8))

    it.away(copy_and_cut)
    check(it.running.rows(8), expected(0, 8))


def test_10_compressed_after_the_turn(bench):
    it = bench("app.log*")
    it.begin(3)

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
    it.begin(3)

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
    if it.restarts:
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
    it.begin(6)

    def save():
        new = it.folder / "app.log~"
        new.write_bytes(lines(0, 3))
        new.replace(it.path)

    it.away(save)
    append(it.path, lines(6, 7))
    view = it.running.until(lambda view: "e6" in ids(view))
    assert set(ids(view)) == set(expected(0, 7))
