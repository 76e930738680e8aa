"""Stores that are damaged and mended: for the tests of mending."""

from __future__ import annotations

from pathlib import Path

from polars.testing import assert_frame_equal

from traversion_data.intake import Intake, Wanted
from traversion_data.options import LoadOptions
from traversion_data.store.head import Head

from .followed import accounts


def load(*paths: Path, store: Path, options: LoadOptions | None = None):
    """Everything there is, kept in a store; the last snapshot."""
    wanted = Wanted(paths=tuple(str(path) for path in paths), store=store)
    return Intake(wanted, Head(), options).run()


def segments(store: Path, kind: str = "seg") -> list[Path]:
    return sorted(store.glob(f"{kind}-*"))


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def same(view, before) -> None:
    """Every row is as it was, and nothing is missing."""
    assert not view.gaps
    columns = before.events.columns
    assert set(columns) == set(view.events.columns)
    assert_frame_equal(
        view.events.select(columns), before.events, categorical_as_str=True, check_dtypes=True
    )
    assert_frame_equal(view.aside, before.aside)
    accounts(view)


def notes(view) -> str:
    return "\n".join(note for source in view.sources for note in source.notes)
