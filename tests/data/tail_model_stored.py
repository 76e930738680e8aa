"""The model of log files with a follower and a store in the watch's place."""

from __future__ import annotations

import json
from collections import Counter

import polars as pl

from traversion_data import schema
from traversion_data.follow import Follower
from traversion_data.intake import restore
from traversion_data.keep import KeepInStore
from traversion_data.store.durable import open_reader, open_writer
from traversion_data.store.head import Head
from traversion_data.store.steady import SteadyWriter
from traversion_data.store.view import StoreView

from .store_faults.disks import QUICK
from .tail_model import PATTERN, World


class StoreWorld(World):
    """The same, read by a follower into a store."""

    def begin(self) -> None:
        """Open the store and follow from what it has."""
        head = Head()
        store = open_writer(self.folder / "store", QUICK)
        before = restore(head, store.read())
        self.keep = KeepInStore(SteadyWriter(store))
        self.follower = Follower(
            [str(self.folder / PATTERN)],
            head,
            keep=self.keep,
            before=before,
            now=lambda: self.time,
            on_snapshot=self._show,
        )

    def _show(self, view: StoreView) -> None:
        self.gaps = [gap.reason for gap in view.gaps]

    @property
    def waits(self) -> bool:
        """See `World.waits`."""
        return self.follower.waits

    def _look(self) -> None:
        self.time += 0.25
        while self.follower.look():
            pass

    def end(self) -> None:
        """Commit, and give the store and the files back."""
        self.keep.close()
        self.follower.close()

    def taken(self) -> Counter[bytes]:
        """The lines of the rows in the store, each of which stands where it says."""
        by_id = {json.loads(line)["event_id"]: line for line in self.written}
        with open_reader(self.folder / "store") as reader:
            stored = reader.read()
        self.gaps = [gap.reason for gap in stored.missing]
        frames = (schema.empty(), *stored.frames)
        rows = pl.concat([frame.select("seq", "event_id", "message") for frame in frames])
        seqs = [*rows["seq"], *stored.aside["seq"]]
        assert len(seqs) == len(set(seqs))
        for source in stored.sources:
            info = source.mark.info
            assert info.read == info.stored + info.set_aside + info.blank
        assert sum(it.mark.info.stored for it in stored.sources) == rows.height
        read = rows.select("event_id", "message").rows()
        lines = [by_id.get(name) or text.encode() for name, text in read]
        return Counter([*lines, *(it.encode() for it in stored.aside["text"])])
