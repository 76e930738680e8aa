"""Files that say little of what they are: short copies on the move, and beginnings of lines."""

from __future__ import annotations

import gzip
import shutil
from collections import Counter
from pathlib import Path

import pytest

from traversion_data.source import tail

from .followed import append, cut, line, lines, rename
from .tail_model import World


@pytest.fixture
def world(tmp_path, monkeypatch):
    monkeypatch.setattr(tail, "HOLD", 0.0)
    made = World(tmp_path, 0)
    yield made
    made.end()


def copy_cut_short(world: World) -> Path:
    """A file that was copied, written and read on, and cut then; the copy."""
    append(world.path, lines(0, 3))
    world.look()
    copy = world.folder / "app.log.1"
    shutil.copyfile(world.path, copy)
    append(world.path, lines(3, 5))
    world.look()
    cut(world.path)
    world.look()
    return copy


def packed(path: Path) -> Path:
    """What a compressor leaves in the place of a file."""
    to = path.with_name(path.name + ".gz")
    to.write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    return to


def each_once(data: bytes) -> Counter[bytes]:
    return Counter(data.splitlines(keepends=True))


@pytest.mark.parametrize("ending", ["", ".gz"], ids=["plain", "packed"])
def test_a_short_copy_that_is_moved_on_and_on_is_not_read_twice(world, ending):
    copy = copy_cut_short(world)
    if ending:
        copy = packed(copy)
    for number in range(2, 8):
        world.look()
        world.look()
        copy = rename(copy, f"app.log.{number}{ending}")
    world.settle()
    assert world.taken() == each_once(lines(0, 5))
    assert world.gaps


def test_copies_that_are_moved_in_a_row_are_not_taken_for_one_another(world):
    first = copy_cut_short(world)
    append(world.path, lines(5, 8))
    world.look()
    second = world.folder / "app.log.0"
    shutil.copyfile(world.path, second)
    append(world.path, lines(8, 9))
    world.look()
    cut(world.path)
    for number in range(2, 8):
        world.look()
        first = rename(first, f"app.log.{number}")
        second = rename(second, f"app.log.{number - 1}")
    world.settle()
    assert world.taken() == each_once(lines(0, 9))


def test_a_copy_that_is_moved_and_removed_is_told_of_under_its_last_name(world):
    copy = rename(copy_cut_short(world), "app.log.2")
    world.look()
    copy.unlink()
    world.settle()
    assert world.taken() == each_once(lines(0, 5))
    assert [gap for gap in world.gaps if gap.startswith("app.log.2 was cut or removed")]


@pytest.mark.parametrize("ending", ["", ".gz"], ids=["plain", "packed"])
def test_the_beginning_of_a_line_tells_no_file_from_another_after_a_restart(world, ending):
    torn = world.folder / "app.log.1"
    torn.write_bytes(line(0)[:8])
    if ending:
        packed(torn)
    world.look()
    if not ending:
        torn.rename(world.folder / "elsewhere")
    world.time += tail.LINGER
    world.settle()
    assert world.taken() == Counter([line(0)[:8]])
    world.restart()
    append(world.path, lines(1, 4))
    world.settle()
    assert world.taken() == each_once(lines(1, 4)) + Counter([line(0)[:8]])


def test_the_beginning_of_a_line_that_was_taken_for_a_copy_tells_no_file_either(world):
    append(world.path, lines(0, 2))
    world.look()
    torn = world.folder / "app.log.1"
    torn.write_bytes(line(0)[:8])
    packed(torn)
    cut(world.path)
    world.settle()
    assert world.taken() == each_once(lines(0, 2))
    world.restart()
    world.path.unlink()
    append(world.path, lines(2, 4))
    world.settle()
    assert world.taken() == each_once(lines(0, 4))
