"""From the words of a command line to a loaded recording, told on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence

import polars as pl

from traversion_data import schema
from traversion_data.errors import InputError
from traversion_data.intake import Intake
from traversion_data.model import SourceInfo, seq_text
from traversion_data.store.head import Head
from traversion_data.store.view import StoreView
from traversion_tui.headless.progress import shown_on
from traversion_tui.source_options import SourceOptions
from traversion_tui.sources import load_options, wanted


def load(words: Sequence[str], options: SourceOptions, *, quiet: bool) -> StoreView:
    """Read sources to their end; progress goes to standard error if that is a terminal.

    Raises:
        InputError: a source cannot be opened, or none of them holds events.
    """
    asked = wanted(words, standard_input() if "-" in words else None, options)
    with shown_on(sys.stderr, quiet=quiet) as on_progress:
        return Intake(asked, Head(), load_options(options), on_progress).run()


def standard_input() -> int:
    """A duplicate of descriptor 0.

    Raises:
        InputError: it is closed.
    """
    try:
        return os.dup(0)
    except OSError as error:
        raise InputError("standard input is closed") from error


def remarks(view: StoreView, options: SourceOptions) -> Iterator[str]:
    """What went less than smoothly with the sources, each a sentence that names its source."""
    if options.redacted == "nothing":
        yield "redaction is off: secrets are kept and shown as they were written."
    for source in view.sources:
        for note in source.notes:
            yield f"{source.name}: {note}"
        if source.set_aside:
            yield (
                f"{source.name}: {source.set_aside:,} of {source.read:,} lines are no events "
                f"and were set aside{_first_of(view.aside, source)}."
            )


def _first_of(aside: pl.DataFrame, source: SourceInfo) -> str:
    """The first line set aside of a source that is still there, and why."""
    lines = aside.filter(pl.col(schema.SOURCE) == source.ordinal).sort(schema.SEQ).head(1)
    return "".join(
        f"; the first is {seq_text(seq)}: {why}"
        for seq, why in lines[[schema.SEQ, "reason"]].rows()
    )
