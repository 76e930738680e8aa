"""A disk that fails on order."""

from __future__ import annotations

import errno
import os

from traversion_data.store.files import Disk

OPERATIONS = ("create", "write", "sync", "close", "rename", "unlink", "sync_folder")


class QuickDisk(Disk):
    """Real files whose syncs cost nothing, for trials in which nobody cuts the power."""

    def sync(self, descriptor):
        pass

    def sync_folder(self, folder):
        pass


QUICK = QuickDisk()


class Stopped(BaseException):
    """The process ends here; nothing that comes after is done."""


class FailingDisk:
    """Counts what is done to another disk and fails some of it.

    `fails(number, operation)` gives the error to raise, or None. A `write` that fails has written
    half of what it was given, as on a disk that fills up. `take`: bytes that a write takes at most.
    """

    def __init__(self, disk, fails=lambda number, operation: None, take=None):
        self.disk = disk
        self.fails = fails
        self.take = take
        self.done = []

    def __getattr__(self, operation):
        real = getattr(self.disk, operation)
        if operation not in OPERATIONS:
            return real

        def counted(*arguments):
            self.done.append(operation)
            error = self.fails(len(self.done), operation)
            if operation == "write":
                descriptor, data = arguments
                if error is not None:
                    os.write(descriptor, data[: len(data) // 2])
                arguments = descriptor, data if self.take is None else data[: self.take]
            if error is not None:
                raise error
            return real(*arguments)

        return counted


def error(code):
    return OSError(code, os.strerror(code))


def once(at, code=errno.EIO):
    """Fail operation number `at` and no other."""
    return lambda number, operation: error(code) if number == at else None


def from_then_on(at, code=errno.EIO):
    """Fail operation number `at` and all that follow."""
    return lambda number, operation: error(code) if number >= at else None


def only(*operations, code=errno.EIO):
    """Fail all operations of these kinds."""
    return lambda number, operation: error(code) if operation in operations else None


def stop_at(at):
    """End the process at operation number `at`."""
    return lambda number, operation: Stopped() if number >= at else None
