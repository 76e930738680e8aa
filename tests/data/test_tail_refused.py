"""Files among those followed that cannot be followed: said once, and no harm to the others."""

from __future__ import annotations

from unittest import mock

import pytest

from traversion_data.errors import InputError
from traversion_data.intake import Intake, Wanted
from traversion_data.source import watch
from traversion_data.store.head import Head

from .followed import append, check, expected, following, line, lines, rename

BAD_TABLE = b"PAR1" + b"\x07" * 400 + b"PAR1"


def read(*paths):
    """Read what is there of the files, and no more."""
    return Intake(Wanted(paths=tuple(map(str, paths))), Head()).run()


def why(view, name):
    """What is said of a source."""
    (source,) = (it for it in view.sources if it.name.endswith(name))
    return " ".join(source.notes)


def test_a_table_that_is_damaged_ends_no_other_source(tmp_path):
    (tmp_path / "a.parquet").write_bytes(BAD_TABLE)
    (tmp_path / "b.log").write_bytes(lines(0, 2))
    view = read(tmp_path / "a.parquet", tmp_path / "b.log")
    check(view, expected(0, 2))
    assert "the table cannot be read" in why(view, "a.parquet")
    (gap,) = view.gaps
    assert "the table cannot be read" in gap.reason


def test_nothing_but_a_damaged_table_is_an_error(tmp_path):
    (tmp_path / "a.parquet").write_bytes(BAD_TABLE)
    with pytest.raises(InputError, match="the table cannot be read"):
        read(tmp_path / "a.parquet")


def test_a_file_that_cannot_be_told_from_others_ends_no_other_source(bench):
    it = bench("*.log")
    real = watch.look_at

    def failing(path, status, descriptor):
        if path.name == "bad.log":
            raise InputError("inflates to more than is allowed")
        return real(path, status, descriptor)

    it.path.write_bytes(lines(0, 2))
    (it.folder / "bad.log").write_bytes(b"x")
    with mock.patch.object(watch, "look_at", failing):
        it.start()
        it.running.rows(2)
        it.away(lambda: append(it.path, lines(2, 4)))
        view = it.running.rows(4)
        check(view, expected(0, 4))
        assert "inflates" in why(view, "bad.log")
        assert len(it.gaps()) == 1
        it.stop()


@pytest.mark.parametrize("coding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_refused_in_words_and_not_read_as_something_else(bench, coding):
    it = bench("*.log")
    data = ("\ufeff" + line(5).decode()).encode(coding)
    wide = it.folder / "wide.log"
    wide.write_bytes(data)
    it.begin(2)
    it.away(lambda: append(wide, data[2:]))
    append(it.path, lines(2, 3))
    view = it.running.rows(3)
    check(view, expected(0, 3))
    assert "UTF-16" in why(view, "wide.log")
    assert view.aside.height == 0
    assert len(it.gaps()) == 1


def test_utf_16_that_comes_byte_by_byte(tmp_path):
    path, other = tmp_path / "app.log", tmp_path / "other.log"
    path.write_bytes(b"")
    with following(tmp_path / "*.log") as running:
        for number, byte in enumerate(("\ufeff" + line(5).decode()).encode("utf-16-le")[:6]):
            append(path, bytes([byte]))
            append(other, line(number))
            running.rows(number + 1)
        view = running.until(lambda view: view.gaps)
        check(view, expected(0, 6))
        assert view.aside.height == 0


def test_a_refused_file_that_is_made_anew_is_read(tmp_path):
    path = tmp_path / "app.log"
    path.write_bytes(("\ufeff" + line(5).decode()).encode("utf-16-le"))
    with following(path) as running:
        running.until(lambda view: view.gaps)
        (tmp_path / "new").write_bytes(lines(0, 3))
        rename(tmp_path / "new", "app.log")
        check(running.rows(3), expected(0, 3))
