"""Which folders lie on file systems that other machines may change unseen."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_TABLE: Final = Path("/proc/self/mountinfo")
_LOCAL: Final = frozenset(
    (
        *("ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "jfs", "bcachefs"),
        *("tmpfs", "ramfs", "overlay", "vfat", "exfat", "ntfs3"),
    )
)
"""Kinds of file systems all of whose changes go through the kernel of this machine."""
_OCTAL: Final = re.compile(r"\\([0-7]{3})")


def shared(folders: Iterable[Path]) -> set[Path]:
    """Those of the folders that are not known to be this machine's own."""
    try:
        mounts = _mounts(_TABLE.read_text(errors="surrogateescape"))
    except OSError:
        return set(folders)
    return {folder for folder in folders if _kind(os.path.realpath(folder), mounts) not in _LOCAL}


def _kind(folder: str, mounts: dict[str, str]) -> str:
    """The kind of file system that a real path lies on."""
    while folder not in mounts and folder != "/":
        folder = os.path.dirname(folder)  # noqa: PTH120 - of text, many times
    return mounts.get(folder, "")


def _mounts(table: str) -> dict[str, str]:
    """Kinds by mount point, as https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html.

    Of several at one point, the last one hides the others.
    """
    found = {}
    for line in table.splitlines():
        place, _, what = line.partition(" - ")
        fields = place.split(" ")
        if what and len(fields) > 4:
            point = _OCTAL.sub(lambda it: chr(int(it[1], 8)), fields[4])
            found[point] = what.split(" ", 1)[0]
    return found
