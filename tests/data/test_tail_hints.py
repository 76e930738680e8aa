"""What the kernel tells of followed files: hints to look, which may be wrong, late or missing."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from threading import Event, Thread
from unittest import mock

import pytest

from traversion_data import follow
from traversion_data.follow import Follower
from traversion_data.source import mounts, notify
from traversion_data.source.hints import Hints
from traversion_data.source.notify import EVERYTHING, NOTHING, Hint, Inotify, NoNotices, notices
from traversion_data.source.paths import Names
from traversion_data.store.head import Head

from .followed import PATIENCE, Running, append, check, expected, following, ids, lines, rename

MOST = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())


@pytest.fixture
def told(tmp_path):
    """What is told of files under words, once it is known what the words name."""
    opened = []

    def tell(*words: str) -> Hints:
        names = [str(tmp_path / word) for word in words]
        hints = Hints(names)
        hints.listen(notices())
        hints.cover(Names(names).now().files)
        assert hints.wait(0) == EVERYTHING
        opened.append(hints)
        return hints

    yield tell
    for hints in opened:
        hints.close()


def test_a_file_that_is_written_is_named_as_it_is_followed(told, tmp_path):
    (tmp_path / "app.log").write_bytes(lines(0, 1))
    (tmp_path / "other.txt").write_bytes(b"")
    hints = told("*.log")
    assert hints.complete
    append(tmp_path / "other.txt", b"x")
    append(tmp_path / "app.log", lines(1, 2))
    assert hints.wait(PATIENCE) == Hint(frozenset({tmp_path / "app.log"}))
    assert hints.wait(0) == NOTHING


@pytest.mark.parametrize("word", ["app.log", "logs/app.log"])
def test_a_link_is_named_when_what_it_leads_to_is_written(told, tmp_path, word):
    real = tmp_path / "elsewhere"
    real.mkdir()
    (real / "app.log").write_bytes(b"")
    (tmp_path / "app.log").symlink_to(real / "app.log")
    (tmp_path / "logs").symlink_to(real)
    hints = told(word)
    append(real / "app.log", lines(0, 1))
    assert hints.wait(PATIENCE).written == {tmp_path / word}


@pytest.mark.parametrize(
    "happens",
    [
        pytest.param(lambda it: (it / "b.log").write_bytes(b""), id="made"),
        pytest.param(lambda it: (it / "a.log").unlink(), id="removed"),
        pytest.param(lambda it: rename(it / "a.log", "a.log.1"), id="renamed"),
        pytest.param(lambda it: it.chmod(0o750), id="allowed"),
        pytest.param(lambda it: it.rename(it.with_name("away")), id="moved-away"),
    ],
)
def test_names_that_change_are_told_of(told, tmp_path, happens):
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "a.log").write_bytes(b"")
    hints = told("logs/*.log")
    happens(folder)
    assert hints.wait(PATIENCE).names


@pytest.mark.parametrize("word", ["a/b/app.log", "a/*/c/*.log", "a/**/*.log"])
def test_folders_that_are_made_later_are_watched(told, tmp_path, word):
    hints = told(word)
    folder = tmp_path
    for name in ("a", "b", "c"):
        folder /= name
        folder.mkdir()
        assert hints.wait(PATIENCE).names or "b/app.log" in word
        hints.cover({})
        hints.wait(0)


def test_a_folder_of_the_same_name_is_another_one(told, tmp_path):
    folder = tmp_path / "logs"
    folder.mkdir()
    hints = told("logs/*.log")
    folder.rename(tmp_path / "away")
    folder.mkdir()
    hints.cover({})
    assert hints.wait(0) == EVERYTHING
    (folder / "a.log").write_bytes(b"")
    assert hints.wait(PATIENCE).names


@pytest.mark.skipif(MOST > 200_000, reason="this system's queue is too long to be filled in a test")
def test_38b_a_queue_that_ran_over_says_to_look_at_everything(told, tmp_path):
    paths = [tmp_path / "a.log", tmp_path / "b.log"]
    files = [path.open("ab", buffering=0) for path in paths]
    hints = told("*.log")
    for number in range(MOST + 2):
        files[number % 2].write(b"x")
    assert hints.wait(PATIENCE) == EVERYTHING
    for file in files:
        file.close()


def refusing(number: int):
    """Watches that the system refuses."""
    error = OSError(number, os.strerror(number))
    return mock.patch.object(notify.INotify, "add_watch", side_effect=error)


def test_38c_without_watches_files_are_looked_at_as_without_the_kernel(bench):
    it = bench("*.log")
    it.path.write_bytes(lines(0, 2))
    with refusing(errno.ENOSPC):
        it.start()
        it.running.rows(2)
        it.away(lambda: append(it.path, lines(2, 4)))
        (it.folder / "new.log").write_bytes(lines(4, 6))
        check(it.running.rows(6), expected(0, 6))
        it.stop()


def test_a_watch_that_is_refused_is_asked_for_again(told, tmp_path):
    (tmp_path / "app.log").write_bytes(b"")
    hints = told("app.log")
    with refusing(errno.ENOSPC):
        hints.cover({})
        assert not hints.complete
    hints.cover({})
    assert hints.complete


def test_38d_without_an_instance_there_are_no_notices(tmp_path):
    error = OSError(errno.EMFILE, os.strerror(errno.EMFILE))
    with mock.patch.object(notify, "INotify", side_effect=error):
        assert isinstance(notices(), NoNotices)


@pytest.mark.parametrize(
    ("kind", "complete"),
    [
        ("nfs4", False),
        ("fuse.sshfs", False),
        ("9p", False),
        ("never-heard-of", False),
        ("xfs", True),
    ],
)
def test_folders_that_others_may_change_are_not_left_to_the_kernel(
    tmp_path, monkeypatch, kind, complete
):
    table = tmp_path / "mountinfo"
    point = str(tmp_path / "with space").replace(" ", "\\040")
    (tmp_path / "with space").mkdir()
    table.write_text(
        "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
        f"23 22 0:44 / {point} rw,relatime - {kind} server:/logs rw\n"
    )
    monkeypatch.setattr(mounts, "_TABLE", table)
    kernel = Inotify()
    kernel.cover({tmp_path / "with space"})
    assert kernel.complete is complete
    kernel.cover({tmp_path})
    assert kernel.complete
    kernel.close()


class Script(NoNotices):
    """Notices that a test gives."""

    complete = True

    def __init__(self) -> None:
        super().__init__()
        self.hint = NOTHING
        self.asked = Event()
        """Set whenever nothing was to be looked at soon."""

    def wait(self, seconds: float) -> Hint:
        if seconds > 0:
            self.asked.set()
        super().wait(min(seconds, 0.01))
        hint, self.hint = self.hint, NOTHING
        return hint


def test_where_all_is_told_a_file_is_looked_at_when_it_is_told_of(tmp_path):
    """Time stands still between the last line and the next look at everything."""
    path, quiet = tmp_path / "a.log", tmp_path / "b.log"
    path.write_bytes(lines(0, 1))
    quiet.write_bytes(lines(1, 2))
    script, running, time = Script(), Running(), 0.0
    follower = Follower(
        [str(tmp_path / "*.log")], Head(), on_snapshot=running.show, now=lambda: time
    )
    with mock.patch.object(follow, "notices", return_value=script):
        thread = Thread(target=follower.run, daemon=True)
        thread.start()
        running.rows(2)
        time = 0.9
        script.asked.clear()
        assert script.asked.wait(PATIENCE)
        append(quiet, lines(2, 3))
        append(path, lines(3, 4))
        script.hint = Hint(frozenset({path}))
        assert ids(running.rows(3)) == ["e0", "e1", "e3"]
        follower.stop()
        thread.join(PATIENCE)


def test_what_is_never_told_of_is_found_all_the_same(tmp_path):
    path = tmp_path / "a.log"
    path.write_bytes(lines(0, 1))
    with (
        mock.patch.object(follow, "notices", Script),
        following(tmp_path / "*.log") as running,
    ):
        running.rows(1)
        append(path, lines(1, 2))
        running.rows(2)
        (tmp_path / "b.log").write_bytes(lines(2, 3))
        check(running.rows(3), expected(0, 3))


def test_stopping_does_not_wait_for_a_change(tmp_path):
    path = tmp_path / "a.log"
    path.write_bytes(lines(0, 1))
    follower = Follower([str(path)], Head())
    follower.stop()
    assert follower.run().height == 0
