"""SHOW: what the recording holds."""

from __future__ import annotations

import polars as pl

from traversion_engine.catalogue import show as catalogue_tables
from traversion_engine.timeql.execute.run import Answer, Run
from traversion_engine.timeql.execute.source_clocks import source_clocks
from traversion_engine.timeql.plan import Show


def execute(run: Run, plan: Show) -> Answer:
    """The table of the kind asked for."""
    match plan.kind:
        case "SERVICES":
            frame = catalogue_tables.services(run.view)
        case "FIELDS":
            frame = catalogue_tables.fields(run.view)
        case "TYPES":
            frame = catalogue_tables.types(run.view)
        case "SOURCES":
            frame = _sources(run)
        case "GAPS":
            frame = _gaps(run)
        case "BOOKMARKS":
            frame = _bookmarks(run)
    return run.cut(frame)


def _gaps(run: Run) -> pl.DataFrame:
    gaps = run.view.gaps
    if not gaps:
        run.note("No gap is known: gaps are found where input is followed or kept in a store.")
    names = {source.ordinal: source.name for source in run.view.sources}
    return pl.DataFrame(
        {
            "source": [names.get(gap.source, "") for gap in gaps],
            "from": [gap.start for gap in gaps],
            "to": [gap.end for gap in gaps],
            "reason": [gap.reason for gap in gaps],
            "bytes": [gap.bytes for gap in gaps],
        },
        schema={
            "source": pl.String(),
            "from": pl.Int64(),
            "to": pl.Int64(),
            "reason": pl.String(),
            "bytes": pl.Int64(),
        },
    )


def _sources(run: Run) -> pl.DataFrame:
    sources = run.view.sources
    for source in sources:
        for note in source.notes:
            run.note(f"{source.name}: {note}")
        if source.rules:
            found = ", ".join(f"{rule} {count:,}" for rule, count in source.rules)
            run.note(f"{source.name}: redacted {found}.")
    clocks = source_clocks(run.view)
    for note in clocks.notes:
        run.note(note)
    return pl.DataFrame(
        {
            "source": [source.name for source in sources],
            "format": [source.format for source in sources],
            "time_field": [source.time_field for source in sources],
            "zone": [source.zone for source in sources],
            "read": [source.read for source in sources],
            "stored": [source.stored for source in sources],
            "set_aside": [source.set_aside for source in sources],
            "blank": [source.blank for source in sources],
            "redacted": [source.redacted for source in sources],
            "skew_ms": [clocks.skews.get(source.ordinal) for source in sources],
        },
        schema={
            **dict.fromkeys(("source", "format", "time_field", "zone"), pl.String()),
            **dict.fromkeys(("read", "stored", "set_aside", "blank", "redacted"), pl.Int64()),
            "skew_ms": pl.Float64(),
        },
    )


def _bookmarks(run: Run) -> pl.DataFrame:
    marks = sorted(run.context.bookmarks.items(), key=lambda mark: (mark[1].time, mark[0]))
    if not marks:
        run.note("There is no bookmark; MARK 'name' in the console sets one.")
    return pl.DataFrame(
        {
            "name": [name for name, _ in marks],
            "time": [mark.time for _, mark in marks],
            "note": [mark.note or None for _, mark in marks],
        },
        schema={"name": pl.String(), "time": pl.Int64(), "note": pl.String()},
    )
