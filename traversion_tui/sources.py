"""The words of a command line as sources, simulated incidents among them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from traversion_data.ingest import LoadOptions
from traversion_data.source.base import Source
from traversion_data.source.inflate import MAX_INFLATE
from traversion_data.source.locate import open_sources
from traversion_data.source.named import named_source
from traversion_tui.source_options import SourceOptions

SCENARIO: Final = "scenario:"
BUNDLED: Final = "checkout-cascade"
"""The scenario that `traversion demo` opens."""


def located(
    words: Sequence[str], standard_input: int | None, options: SourceOptions
) -> list[Source]:
    """The sources that the words name, in order.

    `standard_input` is a descriptor to read `-` from; it is closed at its end.

    Raises:
        InputError: a word names nothing that can be opened.
    """
    limit = MAX_INFLATE if options.max_inflate is None else options.max_inflate
    return open_sources(words, named=named_source, stdin=standard_input, max_inflate=limit)


def load_options(options: SourceOptions) -> LoadOptions:
    """What the command line said, as the loader wants it.

    Raises:
        InputError: there is no format of the name given.
    """
    return LoadOptions(
        options.fields, options.zone, options.since, options.until, options.written_as
    )
