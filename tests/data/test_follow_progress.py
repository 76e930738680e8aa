"""What a follower says of itself: how far it is, and what stands in its way."""

from __future__ import annotations

from pathlib import Path
from queue import Queue
from threading import Thread

from traversion_data.follow import Follower
from traversion_data.ingest import Progress
from traversion_data.keep import KeepNothing
from traversion_data.store.head import Head

from .followed import PATIENCE, append, lines


class FullKeep(KeepNothing):
    """A store without room until a test makes some."""

    def __init__(self) -> None:
        self.full: str | None = "no room for more rows; free some space"


def test_a_full_disk_is_said_and_so_is_that_all_is_read(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    append(path, lines(0, 3))
    said: Queue[Progress] = Queue()
    keep = FullKeep()
    follower = Follower([str(path)], Head(), on_progress=said.put, keep=keep)
    thread = Thread(target=follower.run, daemon=True)
    thread.start()
    try:
        while not (progress := said.get(timeout=PATIENCE)).trouble:
            pass
        assert progress.trouble == ("no room for more rows; free some space",)
        keep.full = None
        while (progress := said.get(timeout=PATIENCE)).trouble or not progress.done:
            pass
        assert progress.rows == 3
        assert progress.bytes_read == progress.bytes_total == path.stat().st_size
    finally:
        follower.stop()
        thread.join(PATIENCE)
