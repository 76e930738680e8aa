"""The words of a command line as sources, simulated incidents among them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from traversion_data.errors import InputError
from traversion_data.ingest import LoadOptions
from traversion_data.source.base import Source
from traversion_data.source.lines import LinesSource
from traversion_data.source.locate import open_sources
from traversion_scenarios import UnknownScenarioError, describe, lines
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
    return open_sources(words, named=scenario, stdin=standard_input)


def scenario(word: str) -> Source | None:
    """The simulated incident that `scenario:NAME` names; None for any other word.

    Raises:
        InputError: there is no such scenario.
    """
    if not word.startswith(SCENARIO):
        return None
    name = word.removeprefix(SCENARIO)
    try:
        describe(name)
    except UnknownScenarioError as error:
        raise InputError(str(error)) from error
    return LinesSource(word, lambda: lines(name))


def load_options(options: SourceOptions) -> LoadOptions:
    """What the command line said, as the loader wants it."""
    return LoadOptions(options.fields, options.zone, options.since, options.until)
