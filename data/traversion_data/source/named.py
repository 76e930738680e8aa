"""Sources that another package brings, found by the prefix of their word: `scenario:NAME`.

A package offers them as an entry point of the group `traversion.sources`: a function from the name
to a function that yields bytes of JSON lines. It raises LookupError for a name that it has not.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Final

from traversion_data.errors import InputError
from traversion_data.source.base import Source
from traversion_data.source.lines import LinesSource

GROUP: Final = "traversion.sources"


def named_source(word: str) -> Source | None:
    """The source that `prefix:name` means where a package offers the prefix, else None.

    Raises:
        InputError: the package has no source of that name.
    """
    prefix, colon, name = word.partition(":")
    offered = tuple(entry_points(group=GROUP, name=prefix)) if colon and prefix else ()
    if not offered:
        return None
    try:
        return LinesSource(word, offered[0].load()(name))
    except LookupError as error:
        raise InputError(str(error)) from error
