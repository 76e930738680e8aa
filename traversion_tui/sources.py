"""The words of a command line as sources, simulated incidents among them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from traversion_data.ingest import LoadOptions
from traversion_data.source.base import Source
from traversion_data.source.locate import open_sources
from traversion_data.source.named import named_source
from traversion_tui.source_options import SourceOptions

SCENARIO: Final = "scenario:"
BUNDLED: Final = "checkout-cascade"
"""The scenario that `traversion demo` opens."""


def located(words: Sequence[str], standard_input: int | None) -> list[Source]:
    """The sources that the words name, in order.

    `standard_input` is a descriptor to read `-` from; it is closed at its end.

    Raises:
        InputError: a word names nothing that can be opened.
    """
    return open_sources(words, named=named_source, stdin=standard_input)


def load_options(options: SourceOptions) -> LoadOptions:
    """What the command line said, as the loader wants it."""
    return LoadOptions(options.fields, options.zone, options.since, options.until)
