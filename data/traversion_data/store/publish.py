"""One commit: files, then the manifest that names them, each on the disk before the next step.

A write that fails leaves garbage that is removed again, and the commit may be tried anew. After a
failed `fsync` the system may have dropped the very pages it could not write and report success the
next time, and after a failed rename or folder sync nobody knows which manifest a crash will leave:
then every file stays, and the store takes no more commits until it is opened again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

from traversion_data.store.errors import poisoned, unwritten
from traversion_data.store.files import Files
from traversion_data.store.manifest import Manifest, encode_manifest, manifest_name

UNFINISHED = ".tmp"


class _UnsyncedError(Exception):
    """A file could not be brought to the disk."""

    def __init__(self, why: OSError) -> None:
        super().__init__(str(why))
        self.why = why


def publish(
    files: Files, folder: Path, payloads: Mapping[str, memoryview], manifest: Manifest
) -> None:
    """Write the payloads (name to bytes) and make `manifest` the store; returns when durable.

    Raises:
        StoreError: if nothing was written (`StoreFullError` where there was no room).
        StorePoisonedError: if it is not known what was written.
    """
    name = manifest_name(manifest.generation)
    unfinished = folder / (name + UNFINISHED)
    made: list[Path] = []
    try:
        for file, data in payloads.items():
            made.append(folder / file)
            _write(files, folder / file, data)
        made.append(unfinished)
        _write(files, unfinished, memoryview(encode_manifest(manifest)))
    except OSError as error:
        for path in made:
            with contextlib.suppress(OSError):
                files.unlink(path)
        raise unwritten(folder, error) from error
    except _UnsyncedError as error:
        raise poisoned(folder, error.why) from error
    try:
        if payloads:
            files.sync_folder(folder)  # or the manifest's new name may outlive those of its files
        files.rename(unfinished, folder / name)
        files.sync_folder(folder)
    except OSError as error:
        raise poisoned(folder, error) from error


def _write(files: Files, path: Path, data: memoryview) -> None:
    descriptor = files.create(path)
    try:
        rest = data
        while rest:
            rest = rest[files.write(descriptor, rest) :]
        try:
            files.sync(descriptor)
        except OSError as error:
            raise _UnsyncedError(error) from error
    finally:
        with contextlib.suppress(OSError):
            files.close(descriptor)
