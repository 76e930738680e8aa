"""Where an answer goes: bytes, and what is known of whoever reads them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import get_terminal_size
from typing import BinaryIO, Final

from traversion_data.errors import InputError
from traversion_data.safe import printable

ROWS_AT_A_TIME: Final = 10_000
"""Rows that a writer turns into text before it writes them."""


@dataclass(frozen=True, slots=True)
class Output:
    """A place for bytes.

    `width`: columns of the terminal that shows them, None where there is none. `colour`: whether
    that terminal wants any. `encoding`: of text meant for people; formats for programs are UTF-8.
    """

    stream: BinaryIO
    width: int | None = None
    colour: bool = False
    encoding: str = "utf-8"

    @property
    def is_terminal(self) -> bool:
        """Whether a person reads it as it comes."""
        return self.width is not None


def standard_output(environment: Mapping[str, str] = os.environ) -> Output:
    """Standard output as it is now."""
    stream = sys.stdout.buffer
    if not sys.stdout.isatty():
        return Output(stream)
    plain = bool(environment.get("NO_COLOR")) or environment.get("TERM", "dumb") == "dumb"
    return Output(stream, get_terminal_size().columns, not plain, sys.stdout.encoding)


@contextmanager
def opened(path: Path | None) -> Iterator[Output]:
    """Standard output, or the file at `path`, written anew.

    Raises:
        InputError: the file cannot be written.
    """
    if path is None:
        yield standard_output()
        sys.stdout.flush()
        return
    try:
        with path.open("wb") as stream:
            yield Output(stream)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise InputError(
            f"{printable(str(path))} cannot be written: {error.strerror or error}."
        ) from error


def say(*lines: str) -> None:
    """Write lines for a person to standard error, harmless; without one they are dropped."""
    if sys.stderr is None:
        return
    for text in lines:
        for line in text.split("\n"):
            sys.stderr.write(printable(line) + "\n")
    sys.stderr.flush()


def discard_standard_output() -> None:
    """Point standard output at nothing, so that leaving does not fail on a broken pipe again."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    os.close(nothing)
