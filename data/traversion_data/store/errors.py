"""What can be wrong with a store on disk, each as one sentence for a person."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Final

from traversion_data.errors import InputError, reason
from traversion_data.safe import printable

_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_CLOSED: Final = {errno.EROFS, errno.EACCES, errno.EPERM}


class StoreError(InputError):
    """A store that cannot be opened, read or written; the message is one whole sentence."""


class StoreWaitsError(StoreError):
    """Nothing can be written just now; nothing is lost, commit again."""


class StoreFullError(StoreWaitsError):
    """No room on the disk (or in the quota); nothing is lost, commit again."""


class StoreClosedError(StoreError):
    """The folder cannot be written to: permissions, or a file system mounted read-only."""


class StoreBusyError(StoreError):
    """Another process writes to the store."""


class StoreNewerError(StoreError):
    """The store was written by a later version, in a format this one must not touch."""


class StoreDamagedError(StoreError):
    """No manifest of the store is intact."""


class StorePoisonedError(StoreError):
    """What the disk holds is not known since a write could not be made durable: reopen."""


def unwritten(folder: Path, error: OSError) -> StoreError:
    """The sentence for a write that failed before anything depended on it."""
    name = printable(str(folder))
    if error.errno in _FULL:
        return StoreFullError(
            f"the store {name} has no room ({reason(error)}); free some space, what was read is "
            "kept in memory and goes into the next commit"
        )
    if error.errno in _CLOSED:
        return StoreClosedError(f"the store {name} cannot be written: {reason(error)}")
    return StoreError(f"the store {name} could not be written: {reason(error)}; try again")


def poisoned(folder: Path, error: OSError | None = None) -> StorePoisonedError:
    """The sentence for a failure after which nobody knows what has reached the disk."""
    why = reason(error) if error is not None else "it was interrupted"
    return StorePoisonedError(
        f"the store {printable(str(folder))} takes no more commits: the last one could not be made "
        f"durable ({why}); open it again to go on from its last complete commit"
    )
