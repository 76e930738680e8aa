"""Which generation a folder holds, and removing what no generation needs any more."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from traversion_data.errors import reason
from traversion_data.safe import printable
from traversion_data.store.errors import StoreDamagedError, StoreError, StoreNewerError
from traversion_data.store.files import Files
from traversion_data.store.lock import Held, hold_alone, hold_shared
from traversion_data.store.manifest import (
    Manifest,
    ManifestDamagedError,
    ManifestNewerError,
    decode_manifest,
    generation_of,
    manifest_name,
)
from traversion_data.store.publish import UNFINISHED
from traversion_data.store.segment import NAME

_TRIES = 1000


@dataclass(frozen=True, slots=True)
class Generations:
    """The newest intact manifest, the one before it, the names of damaged newer ones.

    `highest` is the highest number any of them has: the next commit goes beyond it.
    """

    current: Manifest
    previous: Manifest | None
    damaged: tuple[str, ...]
    highest: int


def is_store(folder: Path) -> bool:
    """Whether a folder looks like a store of any version, whole or damaged."""
    try:
        return any(_is_ours(path.name) for path in folder.iterdir())
    except OSError:
        return False


def find_generations(files: Files, folder: Path) -> Generations | None:
    """What a folder holds; None where there is nothing of a store in it.

    Raises:
        StoreNewerError: if the newest manifest is for later versions only.
        StoreDamagedError: if there are files of a store and no intact manifest.
        StoreError: if a manifest cannot be read.
    """
    intact: list[Manifest] = []
    damaged: list[str] = []
    names = _names(files, folder)
    numbered = sorted((number, name) for name in names if (number := generation_of(name)))
    for _, name in reversed(numbered):
        try:
            intact.append(decode_manifest(files.read(folder / name)))
        except FileNotFoundError:
            continue
        except OSError as error:
            raise StoreError(
                f"{printable(str(folder / name))} cannot be read: {reason(error)}"
            ) from error
        except ManifestDamagedError:
            damaged += [] if intact else [name]
        except ManifestNewerError as error:
            raise StoreNewerError(
                f"the store {printable(str(folder))} was written by a later version ({error}) "
                "that this one cannot read; use that version"
            ) from None
        if len(intact) == 2:
            break
    if not intact:
        if any(_is_ours(name) for name in names):
            raise StoreDamagedError(
                f"no manifest of the store {printable(str(folder))} is intact; `traversion fsck "
                "--repair` makes one from the segments that are whole"
            )
        return None
    previous = intact[1] if len(intact) == 2 else None
    return Generations(intact[0], previous, tuple(damaged), numbered[-1][0])


def lease_latest(files: Files, folder: Path) -> tuple[Generations, Held]:
    """The newest generation, kept whole until the lock given is released.

    Raises:
        StoreError: if the folder holds no store that can be read.
    """
    for _ in range(_TRIES):
        found = find_generations(files, folder)
        if found is None:
            raise StoreError(f"{printable(str(folder))} holds no store")
        path = folder / manifest_name(found.current.generation)
        try:
            held = hold_shared(path)
        except OSError as error:
            raise StoreError(f"{printable(str(path))} cannot be locked: {reason(error)}") from error
        if held is not None:
            return found, held
    raise StoreError(f"the store {printable(str(folder))} changes faster than it can be opened")


def sweep(files: Files, folder: Path, kept: Sequence[Manifest]) -> None:
    """Remove the manifests nobody reads and the files only they name; only for the lock's holder.

    What cannot be removed now is removed by a later sweep.
    """
    with contextlib.suppress(OSError):
        names = files.names(folder)
        needed = {manifest_name(it.generation) for it in kept}.union(*(it.files for it in kept))
        for name in names:
            if generation_of(name) and name not in needed:
                needed |= _forget(files, folder / name)
        for name in names:
            if _is_removable(name) and name not in needed:
                with contextlib.suppress(OSError):
                    files.unlink(folder / name)


def unlisted(files: Files, folder: Path, kept: Sequence[Manifest]) -> list[str]:
    """The names of segments and unfinished files that none of the manifests needs."""
    needed = frozenset[str]().union(*(it.files for it in kept))
    return [n for n in _names(files, folder) if _is_removable(n) and n not in needed]


def highest_serial(names: Sequence[str]) -> int:
    """The highest number a segment has, or had before it was put away."""
    found = (NAME.fullmatch(name.removeprefix("bad-")) for name in names)
    return max((int(name["serial"]) for name in found if name), default=0)


def _forget(files: Files, path: Path) -> frozenset[str]:
    """Remove a manifest; the files that stay needed where a reader holds it."""
    held = hold_alone(path)
    if held is None:
        try:
            return decode_manifest(files.read(path)).files
        except (FileNotFoundError, ManifestDamagedError, ManifestNewerError):
            return frozenset()
    with held:
        files.unlink(path)
    return frozenset()


def _names(files: Files, folder: Path) -> list[str]:
    try:
        return files.names(folder)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StoreError(
            f"the store {printable(str(folder))} cannot be read: {reason(error)}"
        ) from error


def _is_removable(name: str) -> bool:
    if name.endswith(UNFINISHED):
        return generation_of(name.removesuffix(UNFINISHED)) is not None
    return bool(NAME.fullmatch(name))


def _is_ours(name: str) -> bool:
    return bool(NAME.fullmatch(name) or generation_of(name))
