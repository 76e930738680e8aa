"""A store that one process writes and another one shows: what is added is shown."""

from __future__ import annotations

from threading import Thread

import pytest

from traversion_data import beside
from traversion_data.intake import Intake, Wanted
from traversion_data.source.notify import NoNotices
from traversion_data.store.head import Head

from .followed import PATIENCE, Running, append, check, expected, following, lines


@pytest.mark.parametrize("polls", [False, True], ids=["told", "polling"])
def test_a_second_one_shows_what_the_first_one_stores(tmp_path, monkeypatch, polls):
    path, store = tmp_path / "app.log", tmp_path / "store"
    if polls:
        monkeypatch.setattr(beside, "notices", NoNotices)
    path.write_bytes(lines(0, 3) + b"torn\n")
    with following(path, store=store) as first:
        first.rows(3)
        with following(path, store=store) as second:
            check(second.rows(3), expected(0, 3))
            for number in range(3, 9):
                append(path, lines(number, number + 1) + b"torn\n")
                check(second.rows(number + 1), expected(0, number + 1))
            view = second.until(lambda view: view.aside.height == 7)
            assert any("opened read-only" in note for note in view.sources[0].notes)


def test_a_store_that_is_opened_as_a_source_goes_on_too(tmp_path):
    path, store, shown = tmp_path / "app.log", tmp_path / "store", Running()
    path.write_bytes(lines(0, 2))
    with following(path, store=store) as first:
        first.rows(2)
        opened = Intake(Wanted(archive=store, grows=True), Head(), on_snapshot=shown.show)
        thread = Thread(target=opened.run, daemon=True)
        thread.start()
        shown.rows(2)
        append(path, lines(2, 4))
        check(shown.rows(4), expected(0, 4))
        opened.cancel()
        thread.join(PATIENCE)
        assert not thread.is_alive()
    assert Intake(Wanted(archive=store), Head()).run().height == 4


def test_a_gap_the_first_one_finds_is_shown_by_the_second(tmp_path):
    path, store = tmp_path / "app.log", tmp_path / "store"
    path.write_bytes(lines(0, 3))
    with following(path, store=store) as first:
        first.rows(3)
        with following(path, store=store) as second:
            second.rows(3)
            path.write_bytes(lines(3, 4))
            view = second.until(lambda view: view.gaps and view.height == 4)
            check(view, expected(0, 4))
