"""Bytes that change behind a store's back, drawn from a seed."""

from __future__ import annotations

from traversion_data.store.durable import open_reader, open_writer
from traversion_data.store.files import DISK
from traversion_data.store.generations import find_generations
from traversion_data.store.manifest import manifest_name

from .disks import QUICK
from .lines import assert_same, batch_of, fill, lines_of

LINES = 240


def make(folder):
    """A store of large and small segments of both kinds."""
    with open_writer(folder, QUICK) as store:
        fill(store, 0, LINES // 2)
        store.compact()
        fill(store, LINES // 2, LINES, step=30)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def change(data, random):
    """One kind of damage to the bytes of a file: always another sequence of bytes, or None."""
    at = random.randrange(len(data))
    changed = random.choice(
        [
            data[:at] + bytes([data[at] ^ 1 << random.randrange(8)]) + data[at + 1 :],
            data[:at],
            data[:at] + b"\0" * (len(data) - at),
            data + random.randbytes(random.randrange(1, 20)),
            random.randbytes(len(data)),
            b"",
            None,
        ]
    )
    return data[:at] if changed == data else changed


def put(path, data):
    if data is None:
        path.unlink()
    else:
        path.write_bytes(data)


def damage_trial(folder, whole, random):
    """Damage one file of a store, read it, and mend the file again.

    Whatever is read must be right, and what is missing must be said: rows and gaps together are all
    lines, or the store stands where the manifest before a damaged one left it.
    """
    name = random.choice(sorted(set(whole) - {"LOCK"}))
    put(folder / name, change(whole[name], random))
    try:
        found = find_generations(DISK, folder)
        with open_reader(folder) as store:
            stored, notices = store.read(), store.notices
    finally:
        (folder / name).write_bytes(whole[name])
    if name.startswith("MANIFEST"):
        newest = max(it for it in whole if it.startswith("MANIFEST"))
        fell_back = manifest_name(found.current.generation) != newest
        assert fell_back == (name == newest)
        assert bool(notices) == (newest in found.damaged)
        assert not stored.gaps
        assert_same(stored, batch_of(0, lines_of(stored.sources)))
    else:
        assert {gap.file for gap in stored.gaps} <= {name}
        assert_whole_but_for_gaps(stored)
    return name


def assert_whole_but_for_gaps(stored):
    """What is there is right, and what is not there is in a gap."""
    full = batch_of(0, LINES)
    for kind, expected, found in (
        ("seg", full.events, [seq for frame in stored.frames for seq in frame["seq"]]),
        ("aside", full.aside, stored.aside["seq"].to_list()),
    ):
        lost = [gap for gap in stored.gaps if gap.kind == kind]
        missing = set(expected["seq"]) - set(found)
        assert len(missing) == sum(gap.rows for gap in lost)
        for gap in lost:
            assert all(gap.min_seq <= seq <= gap.max_seq for seq in missing)
            rows = expected.filter(expected["seq"].is_in(missing))
            ends = rows["offset"] + rows["length"].cast(rows["offset"].dtype)
            assert (gap.start, gap.end) == (rows["offset"].min(), ends.max())
            assert gap.bytes == rows["length"].sum()
            if kind == "seg":
                assert all(time in gap.time for time in rows["time"])
    there = batch_of(0, LINES)
    kept = [seq for frame in stored.frames for seq in frame["seq"]]
    events = there.events.filter(there.events["seq"].is_in(kept))
    aside = there.aside.filter(there.aside["seq"].is_in(stored.aside["seq"].implode()))
    assert_same(stored, type(there)(events, aside, there.lines, there.blank))
