"""What a followed file costs in memory while nothing comes of it."""

from __future__ import annotations

import gc
import tracemalloc

from traversion_data.follow import Follower
from traversion_data.store.head import Head

LINES = 4_000
FILES = 4


def test_files_that_are_idle_hold_nothing_of_what_was_read(tmp_path):
    size = 0
    for number in range(FILES):
        line = b'{"ts":170533364%d,"msg":"%s"}\n' % (number, b"x" * 200)
        size += (tmp_path / f"{number}.log").write_bytes(line * LINES)
    head = Head()
    follower = Follower((str(tmp_path / "*.log"),), head)
    tracemalloc.start()
    try:
        while head.snapshot().height < FILES * LINES or follower.look():
            follower.look()
        head.clear()
        gc.collect()
        of_sources = tracemalloc.Filter(inclusive=True, filename_pattern="*/source/*")
        held = tracemalloc.take_snapshot().filter_traces([of_sources]).statistics("filename")
    finally:
        tracemalloc.stop()
        follower.close()
    assert sum(it.size for it in held) < size / 20
