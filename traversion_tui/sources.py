"""The words of a command line as sources, simulated incidents among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from platformdirs import user_cache_path

from traversion_data.cache import Cache
from traversion_data.errors import InputError
from traversion_data.ingest import LoadOptions
from traversion_data.intake import Wanted
from traversion_data.keep import Retention
from traversion_data.source.base import Source
from traversion_data.source.file import FileSource
from traversion_data.source.inflate import MAX_INFLATE
from traversion_data.source.locate import check, open_sources
from traversion_data.source.named import named_source
from traversion_data.store.generations import is_store
from traversion_data.store.room import Room
from traversion_data.store.spill import Spill
from traversion_engine.secrecy import redaction
from traversion_tui.source_options import SourceOptions
from traversion_tui.text import safe

_BLOCKS: Final = 128
"""Blocks in work may be one part in so many of all memory; some of them are, in several forms."""
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


def wanted(words: Sequence[str], standard_input: int | None, options: SourceOptions) -> Wanted:
    """What the words mean under the options: read once, followed, kept in a store, or a store.

    Raises:
        InputError: a word names nothing that can be opened, or does not go with the options.
    """
    return replace(_read_as(words, standard_input, options), room=_room(options.max_memory))


def _read_as(words: Sequence[str], standard_input: int | None, options: SourceOptions) -> Wanted:
    stores = [word for word in words if is_store(Path(word))]
    if stores:
        if len(words) > 1 or options.store:
            raise InputError(f"{safe(stores[0])} is a store; open it by itself")
        if options.zones.by_name:
            raise InputError(f"{safe(stores[0])} is a store, whose times have been read already")
        return Wanted(archive=Path(stores[0]), grows=options.follow)
    kept = Retention(options.keep_size, options.keep_age)
    if options.follow:
        paths = tuple(word for word in words if word != "-" and named_source(word) is None)
        for word in paths:
            _check_growing(word)
        rest = located([word for word in words if word not in paths], standard_input, options)
        return Wanted(tuple(rest), paths, grows=True, store=options.store, retention=kept)
    sources = located(words, standard_input, options)
    if options.store is None:
        return Wanted(tuple(sources), cache=_cache() if options.cached else None)
    files = [source for source in sources if isinstance(source, FileSource)]
    return Wanted(
        tuple(source for source in sources if source not in files),
        tuple(str(source.path) for source in files),
        store=options.store,
        retention=kept,
    )


def _cache() -> Cache:
    return Cache(_cache_folder() / "recordings")


def _room(limit: int | None) -> Room | None:
    return None if limit is None else Room(limit, Spill(_cache_folder() / "spilled"))


def _cache_folder() -> Path:
    return user_cache_path("traversion", appauthor=False)


def _check_growing(word: str) -> None:
    """Refuse what can never be followed; what is not there yet is waited for, and so is a line."""
    path = Path(word).expanduser()
    waits = not path.exists() or path.is_dir() or (path.is_file() and not path.stat().st_size)
    if not waits:
        check(path, word)


def load_options(options: SourceOptions) -> LoadOptions:
    """What the command line said, as the loader wants it.

    Raises:
        InputError: there is no format of the name given.
    """
    return LoadOptions(
        options.fields,
        options.zones,
        options.since,
        options.until,
        options.written_as,
        redaction(options.redacted),
        None if options.max_memory is None else options.max_memory // _BLOCKS,
    )
