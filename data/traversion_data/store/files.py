"""The one seam through which the store touches files, so that a test can make each of them fail."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final, Protocol

FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600

_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_CREATE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Files(Protocol):
    """File operations as the system has them; each raises OSError."""

    def make_folder(self, path: Path) -> None:
        """Make a folder for its owner alone, and those above it; one that exists is kept."""
        ...

    def names(self, folder: Path) -> list[str]:
        """The names in a folder, sorted."""
        ...

    def read(self, path: Path) -> bytes:
        """All bytes of a regular file; links are not followed."""
        ...

    def create(self, path: Path) -> int:
        """A descriptor on a new file for its owner alone; one that exists is an error."""
        ...

    def write(self, descriptor: int, data: memoryview) -> int:
        """Write from the start of `data`; how many bytes were taken, perhaps not all."""
        ...

    def sync(self, descriptor: int) -> None:
        """Bring a file's bytes to the disk."""
        ...

    def close(self, descriptor: int) -> None:
        """Give a descriptor back."""
        ...

    def rename(self, old: Path, new: Path) -> None:
        """Give a file another name in the same folder, in one step."""
        ...

    def unlink(self, path: Path) -> None:
        """Remove a file."""
        ...

    def sync_folder(self, folder: Path) -> None:
        """Bring the names in a folder to the disk."""
        ...


class Disk:
    """The files of this machine."""

    def make_folder(self, path: Path) -> None:
        """See `Files.make_folder`; the entries of those made are brought to the disk."""
        missing = [it for it in (path, *path.parents) if not it.exists()]
        path.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        path.chmod(FOLDER_MODE)
        for made in missing:
            self.sync_folder(made.parent)

    def names(self, folder: Path) -> list[str]:
        """See `Files.names`."""
        return sorted(os.listdir(folder))  # noqa: PTH208 - names are wanted, not paths

    def read(self, path: Path) -> bytes:
        """See `Files.read`; a pipe or device in a file's place is refused instead of waited for."""
        descriptor = os.open(path, _READ)
        with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor has no path
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError(errno.EINVAL, "not a regular file")
            return file.read()

    def create(self, path: Path) -> int:
        """See `Files.create`."""
        return os.open(path, _CREATE, FILE_MODE)

    def write(self, descriptor: int, data: memoryview) -> int:
        """See `Files.write`."""
        return os.write(descriptor, data)

    def sync(self, descriptor: int) -> None:
        """See `Files.sync`."""
        os.fsync(descriptor)

    def close(self, descriptor: int) -> None:
        """See `Files.close`."""
        os.close(descriptor)

    def rename(self, old: Path, new: Path) -> None:
        """See `Files.rename`."""
        old.rename(new)

    def unlink(self, path: Path) -> None:
        """See `Files.unlink`."""
        path.unlink()

    def sync_folder(self, folder: Path) -> None:
        """See `Files.sync_folder`."""
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


DISK: Final = Disk()
