"""`traversion fsck STORE`: how a store stands, and mending it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from traversion_data.mending import repair as repair_store
from traversion_data.store.fsck import Report, inspect_store
from traversion_engine.secrecy import redaction
from traversion_tui.headless.outcome import ExitCode, outcome
from traversion_tui.headless.output import opened
from traversion_tui.source_options import Redacted

__all__ = ["inspect", "repair"]


def inspect(store: Path) -> ExitCode:
    """Print what is wrong; nothing is changed."""
    return _told(store, inspect_store)


def repair(store: Path, redacted: Redacted) -> ExitCode:
    """Mend what can be mended without losing a whole row, and print what was done.

    What is read again from its source is redacted as `redacted` says.
    """
    return _told(store, lambda folder: repair_store(folder, redaction(redacted)))


def _told(store: Path, look: Callable[[Path], Report]) -> ExitCode:
    """Exit code 0 for a store that is sound, 1 for one that is not or cannot be read."""
    reports: list[Report] = []

    def work() -> None:
        reports.append(look(store))
        with opened(None) as output:
            for sentence in reports[0].sentences:
                output.stream.write(f"{sentence}\n".encode(output.encoding, "replace"))

    code = outcome(work)
    unsound = reports and not reports[0].sound
    return ExitCode.BAD_INPUT if unsound else code
