"""A store held to limits while it is written: what goes is told, and the sums still add up."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from time import sleep
from unittest import mock

import pytest

from traversion_data import keep
from traversion_data.intake import Intake, Wanted
from traversion_data.keep import Retention
from traversion_data.model import SECOND
from traversion_data.store.durable import open_reader
from traversion_data.store.head import Head
from traversion_data.store.invariants import check

from . import followed
from .followed import accounts, append, expected, following, ids, lines


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def load(path, store, limits):
    return Intake(Wanted(paths=(str(path),), store=store, retention=limits), Head()).run()


def test_rows_beyond_a_limit_go_and_are_counted(tmp_path, store):
    path = tmp_path / "app.log"
    for first in (0, 100, 200):
        append(path, lines(first, first + 100))
        view = load(path, store, Retention())
    view = load(path, store, Retention(max_age=120 * SECOND))
    assert ids(view) == expected(0, 300)
    accounts(view)
    told = "100 events and 0 lines set aside of"
    assert any(told in note for note in view.sources[0].notes)
    with open_reader(store) as reader:
        (source,) = reader.sources
        assert (source.dropped_events, source.mark.info.stored) == (100, 300)
    assert not check(store)
    view = load(path, store, Retention())
    assert ids(view) == expected(100, 300)
    accounts(view)
    assert any(told in note for note in view.sources[0].notes)
    assert not any(told in note for note in source.mark.info.notes)


def wait_until_stored(store, rows):
    """Until so many rows are durable: rows of one commit are in one segment, and go together."""
    for _ in range(400):
        with open_reader(store) as reader:
            if sum(it.mark.info.stored for it in reader.sources) == rows:
                return
        sleep(0.05)
    pytest.fail(f"{rows} rows were not stored")


def test_what_goes_while_a_file_is_followed_is_told_at_once(tmp_path, store):
    path, limits = tmp_path / "app.log", Retention(max_age=10 * SECOND)
    path.write_bytes(lines(0, 3))
    with (
        mock.patch.object(keep, "LOOK", 0.0),
        mock.patch.object(keep, "SECONDS", 0.05),
        mock.patch.object(followed, "Wanted", partial(Wanted, retention=limits)),
        following(path, store=store) as running,
    ):
        running.rows(3)
        wait_until_stored(store, 3)
        append(path, lines(1000, 1003))
        running.rows(6)
        wait_until_stored(store, 6)
        append(path, lines(1003, 1004))
        view = running.until(
            lambda view: (
                view.height == 7 and any("3 events and" in it for it in view.sources[0].notes)
            )
        )
        assert ids(view) == [*expected(0, 3), *expected(1000, 1004)]
    with open_reader(store) as reader:
        stored = reader.read()
    assert sum(frame.height for frame in stored.frames) == 4
    assert not check(store)


def test_a_store_without_limits_drops_nothing(tmp_path, store):
    path = tmp_path / "app.log"
    path.write_bytes(lines(0, 9))
    for _ in range(2):
        view = load(path, store, Retention())
    assert not any("dropped" in note for note in view.sources[0].notes)
