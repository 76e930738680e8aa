"""The chain of a store's manifests, as its one writer adds to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from traversion_data.store.entries import NewSegment
from traversion_data.store.errors import StoreError, StorePoisonedError, poisoned
from traversion_data.store.files import Files
from traversion_data.store.generations import Generations, highest_serial, sweep
from traversion_data.store.manifest import FORMAT, Manifest
from traversion_data.store.publish import publish


class Commits:
    """Publishes one manifest after another; none after one whose fate is unknown."""

    def __init__(self, folder: Path, files: Files, found: Generations) -> None:
        self.folder = folder
        self.files = files
        self.manifest = found.current
        """The last commit."""
        self._previous = found.previous
        self._generation = found.highest
        self._serial = highest_serial(files.names(folder))
        self._poison: StorePoisonedError | None = None

    def check(self) -> None:
        """Raise `StorePoisonedError` where no commit is taken any more."""
        if self._poison is not None:
            raise StorePoisonedError(str(self._poison))

    def next_serial(self) -> int:
        """A number that no file has had."""
        self._serial += 1
        return self._serial

    def publish(self, manifest: Manifest, fresh: Sequence[NewSegment] = ()) -> None:
        """Make `manifest` the next generation, with the segments in it that are new.

        Raises:
            StoreError: if nothing was written.
            StorePoisonedError: if it is not known what was.
        """
        self.check()
        self._generation += 1  # also after a failure, whose files may still lie there
        following = replace(
            manifest, generation=self._generation, format=FORMAT, readable_by=FORMAT
        )
        payloads = {it.entry.file: it.data for it in fresh}
        try:
            publish(self.files, self.folder, payloads, following)
        except StorePoisonedError as error:
            self._poison = error
            raise
        except StoreError:
            raise
        except BaseException:
            self._poison = poisoned(self.folder)
            raise
        self.manifest, self._previous = following, self.manifest

    def sweep(self) -> None:
        """Remove what neither the last two generations nor a reader needs."""
        kept = [it for it in (self.manifest, self._previous) if it is not None]
        sweep(self.files, self.folder, kept)
