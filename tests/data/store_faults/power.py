"""A disk that remembers what was synced, so that a power cut can take the rest."""

from __future__ import annotations

import os

from traversion_data.store.files import Disk


class VolatileDisk(Disk):
    """Real files; what a sync has not reached is lost, cut short, zeroed or kept by `cut_power`.

    A file's bytes are safe up to its last `sync`; its name once its folder was synced after the
    name was given. Names given later come through in any mixture: a rename alone or not at all.
    """

    def __init__(self, folder):
        self.folder = folder
        self._paths = {}
        self._synced = {}
        self._live = {}
        self._safe = {}
        self._pending = []
        if folder.exists():
            for name in self.names(folder):
                self._live[name] = self._safe[name] = (folder / name).stat().st_ino
                self._synced[self._live[name]] = (folder / name).read_bytes()

    def create(self, path):
        descriptor = super().create(path)
        inode = os.fstat(descriptor).st_ino
        self._paths[descriptor] = path
        self._synced[inode] = b""
        self._live[path.name] = inode
        self._pending.append(("give", path.name, inode))
        return descriptor

    def sync(self, descriptor):
        path = self._paths[descriptor]
        self._synced[self._live[path.name]] = path.read_bytes()

    def rename(self, old, new):
        super().rename(old, new)
        inode = self._live.pop(old.name)
        self._live[new.name] = inode
        self._pending.append(("move", old.name, new.name, inode))

    def unlink(self, path):
        super().unlink(path)
        inode = self._live.pop(path.name, None)
        self._pending.append(("take", path.name, inode))

    def sync_folder(self, folder):
        if folder == self.folder:
            self._safe = dict(self._live)
            self._pending.clear()

    def cut_power(self, random):
        """Leave in the folder what a disk may hold after the power went."""
        names = dict(self._safe)
        for kind, *what in self._pending:
            if random.random() < 0.5:
                continue
            if kind == "give":
                names[what[0]] = what[1]
            elif kind == "take":
                names.pop(what[0], None)
            else:
                names.pop(what[0], None)
                names[what[1]] = what[2]
        bytes_now = {inode: (self.folder / name).read_bytes() for name, inode in self._live.items()}
        left = {
            name: _after(self._synced[inode], bytes_now.get(inode), random)
            for name, inode in names.items()
            if inode in self._synced
        }
        for name in self.names(self.folder):
            (self.folder / name).unlink()
        for name, data in left.items():
            (self.folder / name).write_bytes(data)
            (self.folder / name).chmod(0o600)


class SloppyDisk(VolatileDisk):
    """The control: syncs bring nothing to the disk, though the store is told they did."""

    def sync(self, descriptor):
        pass

    def sync_folder(self, folder):
        pass


def _after(synced, now, random):
    """Bytes of one file: all that was synced, and of the rest whatever luck leaves."""
    if now is None or now == synced:
        return synced
    rest = now[len(synced) :]
    kept = random.randrange(len(rest) + 1)
    return synced + random.choice(
        [b"", rest[:kept], b"\0" * kept, rest[:kept] + b"\0" * (len(rest) - kept), rest]
    )
