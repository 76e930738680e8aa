"""Who may write to a store, and which of its generations are being read: locks the system drops.

A writer holds `LOCK`. A reader holds a shared lock on the manifest of its generation, a file that
never changes; a manifest nobody else holds can be locked alone, and only then may it go, with the
files that it alone lists. Both end with their process, so nothing is ever stale, and no third file
has to be kept right (`flock`; two openings in one process count as two).
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Final

from traversion_data.errors import reason
from traversion_data.safe import printable
from traversion_data.store.errors import StoreBusyError, StoreClosedError, StoreError
from traversion_data.store.files import FILE_MODE

LOCK: Final = "LOCK"

_FLAGS: Final = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


class Held:
    """A lock held until `release` or the end of the process."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        """Give it up; a second time is nothing."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Held:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def lock_for_writing(folder: Path) -> Held:
    """Hold the store alone.

    Raises:
        StoreBusyError: if another process holds it, with its number.
        StoreClosedError: if the lock's file cannot be written.
        StoreError: if the file system knows no locks.
    """
    name = printable(str(folder))
    try:
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | _FLAGS, FILE_MODE)
    except OSError as error:
        raise StoreClosedError(f"the store {name} cannot be written: {reason(error)}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 20).decode("ascii", "replace").strip()
        os.close(descriptor)
        who = f"process {holder}" if holder.isdigit() else "another process"
        raise StoreBusyError(
            f"{who} writes to the store {name}; it can be read meanwhile"
        ) from None
    except OSError as error:
        os.close(descriptor)
        raise StoreError(f"the store {name} cannot be locked: {reason(error)}") from error
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    except OSError:
        pass  # only a name for the sentence above
    return Held(descriptor)


def is_written(folder: Path) -> bool:
    """Whether a process holds the store just now, as far as the system tells."""
    try:
        held = _held(folder / LOCK, fcntl.LOCK_SH)
    except OSError:
        return True
    if held is None:
        return (folder / LOCK).exists()
    held.release()  # at once: a writer that starts now must not be refused
    return False


def hold_shared(path: Path) -> Held | None:
    """Keep a manifest from being removed; None where it is gone or about to go.

    Raises:
        OSError: if it cannot be opened or locked for another reason.
    """
    return _held(path, fcntl.LOCK_SH)


def hold_alone(path: Path) -> Held | None:
    """A manifest that nobody reads, to be removed; None where somebody does."""
    return _held(path, fcntl.LOCK_EX)


def _held(path: Path, kind: int) -> Held | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | _FLAGS)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        if os.fstat(descriptor).st_nlink:
            return Held(descriptor)
    except BlockingIOError:
        pass
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None
