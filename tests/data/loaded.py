"""Text to events by the loader, for the tests of formats."""

from __future__ import annotations

from pathlib import Path

from traversion_data import schema
from traversion_data.ingest import Loader
from traversion_data.options import LoadOptions
from traversion_data.source.lines import LinesSource
from traversion_data.store.head import Head

FORMS = Path(__file__).parent / "formats"
WRITTEN = 1_705_363_200_000_000_000  # 2024-01-16T00:00:00Z
AT = 1_705_333_643_000_000_000  # 2024-01-15T15:47:23Z
MILLI, SECOND = 1_000_000, 1_000_000_000


class Written(LinesSource):
    written = WRITTEN


def load(*pieces, name="app.log", **options):
    view = Loader([Written(name, lambda: iter(pieces))], Head(), LoadOptions(**options)).run()
    (info,) = view.sources
    assert info.read == info.stored + info.set_aside + info.blank
    assert (info.stored, info.set_aside) == (view.height, view.aside.height)
    return view, info


def rows_of(*pieces, **options):
    view, info = load(*pieces, **options)
    return view.events.sort(schema.SEQ).rows(named=True), info


def sample(file, folder="/var/log", **options):
    return rows_of((FORMS / file).read_bytes(), name=f"{folder}/{file}", **options)


def check(row, **expected):
    wanted = {name.replace("__", "."): value for name, value in expected.items()}
    assert {name: row[name] for name in wanted} == wanted
