"""The key of the pseudonyms: random, made once in the user's config folder, never exported."""

from __future__ import annotations

import os
import secrets
import stat
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from traversion_data.errors import reason
from traversion_data.safe import printable

KEY_BYTES: Final = 32
KEY_FILE: Final = "pseudonym.key"


@dataclass(frozen=True, slots=True)
class PseudonymKey:
    """A key, and a sentence about it where it will not last beyond this process."""

    key: bytes = field(repr=False)
    note: str | None = None


def load_key(folder: Path) -> PseudonymKey:
    """The key kept in a folder (file mode 0600, folder 0700), made there if there is none yet.

    Of several processes that make it at once, one wins and all get its key. A link in the key's
    place, a file of the wrong length or one that others may read is not used: like a folder that
    cannot be written, it gives a key for this process only and a sentence which says so.
    """
    path = folder / KEY_FILE
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            return PseudonymKey(_read(path))
        except FileNotFoundError:
            _make(path)
            return PseudonymKey(_read(path))
    except _UnusableError as error:
        why = str(error)
    except OSError as error:
        why = reason(error)
    return PseudonymKey(
        _of_this_process(),
        f"{printable(str(path))}: {why}; pseudonyms of this run will not match those of another",
    )


class _UnusableError(Exception):
    """A key file that must not be used; the message says why."""


def _read(path: Path) -> bytes:
    if path.is_symlink():
        raise _UnusableError("it is a symbolic link")
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(file.fileno())
        key = file.read(KEY_BYTES + 1) if stat.S_ISREG(about.st_mode) else b""
    if len(key) != KEY_BYTES:
        raise _UnusableError(f"it does not hold {KEY_BYTES} bytes; remove it to have it made anew")
    if about.st_mode & 0o077:
        raise _UnusableError("others may read it; chmod 600 it, or remove it")
    return key


def _make(path: Path) -> None:
    """Write a whole key under another name, then link it into place: nobody reads half a key."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(8)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path, follow_symlinks=False)
        except FileExistsError:
            return
    finally:
        fresh.unlink()


@lru_cache(maxsize=1)
def _of_this_process() -> bytes:
    return secrets.token_bytes(KEY_BYTES)
