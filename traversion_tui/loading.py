"""Loads a recording in a thread, warms there what each snapshot's frames need, and reports up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any, Final

from traversion_data.errors import InputError
from traversion_data.ingest import Progress
from traversion_data.store.view import StoreView
from traversion_tui.landmarks import Landmarks
from traversion_tui.messages import Loaded
from traversion_tui.recording import Recording
from traversion_tui.scene import Loading
from traversion_tui.text import SafeText, safe

EVERY: Final = 0.1
"""Seconds between two reports of progress: cost follows frames, not chunks."""

Post = Callable[[Any], bool]


class Load:
    """One load, to be called in a worker thread."""

    def __init__(self, recording: Recording, post: Post) -> None:
        self._recording = recording
        self._post = post
        self.newest: Landmarks | None = None
        """The last snapshot that was posted."""
        self._reported = 0.0
        self._standing: tuple[bool, tuple[str, ...]] = (False, ())

    def __call__(self) -> None:
        """Read everything; the last message says that it ended, and how."""
        error: Exception | None = None
        try:
            self._recording.load(self._progress, self._snapshot)
        except Exception as raised:  # noqa: BLE001 - shown to the person who opened it
            error = raised
        marks: Landmarks | None = None
        try:
            self.newest = marks = warmed(self._recording.view, self.newest)
        except Exception as raised:  # noqa: BLE001 - what was shown before stays
            error = error or raised
        self._post(Loaded(marks=marks, error=error, ended=True))
        if marks is not None and marks.view.height:
            _ = (marks.view.seqs, marks.view.traces)

    def _progress(self, progress: Progress) -> None:
        now = monotonic()
        done = self._standing[0] or progress.done
        standing = (done, progress.trouble)
        if standing != self._standing or (not done and now - self._reported >= EVERY):
            self._standing = standing
            self._reported = now
            self._post(Loaded(progress=progress))

    def _snapshot(self, view: StoreView) -> None:
        self.newest = marks = warmed(view, self.newest)
        self._post(Loaded(marks=marks))


def warmed(view: StoreView, before: Landmarks | None = None) -> Landmarks:
    """The snapshot with everything built that scrubber and log need.

    The other panes' indexes are large and soon outdated while a load runs: workers make them for
    the answers that somebody asks for.

    Where `before` is of an earlier snapshot of the same load, only what is new is looked at.
    """
    marks = Landmarks(view) if before is None else Landmarks.grown(before, view)
    if view.height:
        _ = (view.charted, view.density, marks.errors, marks.warnings, marks.services)
    return marks


def failure_of(error: Exception) -> SafeText:
    """Why a load ended early, as a sentence; what nobody foresaw is named by its kind."""
    if isinstance(error, InputError | ValueError | OSError):
        return safe(error)
    return safe(f"reading stopped at a fault: {type(error).__name__}: {error}")


def loading_of(progress: Progress, view: StoreView) -> Loading:
    """What the status row tells of a load under way, or of one that has caught up."""
    base = replace(Loading.of(view.sources), trouble=safe("   ".join(progress.trouble)))
    if progress.done:
        return base
    seconds = max(progress.seconds, 1e-3)
    total = progress.bytes_total
    return replace(
        base,
        stored=progress.rows,
        rows_per_second=progress.rows / seconds,
        bytes_per_second=progress.bytes_read / seconds,
        share=min(progress.bytes_read / total, 1.0) if total else None,
        done=False,
    )


def resident_bytes() -> int:
    """Memory of this process, 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * 4096
