"""A store looked over and mended."""

from __future__ import annotations

import pytest

from traversion_data.store.durable import open_writer
from traversion_data.store.errors import StoreBusyError, StoreError
from traversion_data.store.fsck import inspect_store, repair_store
from traversion_data.store.invariants import Weight

from .store_faults.damage import LINES, make
from .store_faults.lines import batch_of, fill, verify


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "store"


@pytest.fixture
def store(folder):
    make(folder)
    return folder


def names(folder, prefix=""):
    return sorted(path.name for path in folder.iterdir() if path.name.startswith(prefix))


def spoil(path):
    path.write_bytes(path.read_bytes()[:-3])


def leave(path):
    """A file of a commit that did not come to its end."""
    path.write_bytes(b"half")
    path.chmod(0o600)


LITTER = "seg-00009999-00000000.arrow"
FULL = batch_of(0, LINES)


def test_a_sound_store_is_reported_sound_and_left_alone(store):
    before = {path.name: path.read_bytes() for path in store.iterdir()}
    report = inspect_store(store)
    assert report.sound
    assert (report.events, report.aside) == (FULL.events.height, FULL.aside.height)
    assert not report.findings
    assert not report.gaps
    counts = f"{FULL.events.height} events and {FULL.aside.height} lines set aside"
    assert report.sentences == (f"{counts} can be read; the store is sound",)
    assert not repair_store(store).done
    before.pop("LOCK")
    after = {path.name: path.read_bytes() for path in store.iterdir()}
    assert before.items() <= after.items()


def test_looking_changes_nothing_and_says_what_is_wrong(store):
    victim = names(store, "seg")[0]
    spoil(store / victim)
    leave(store / LITTER)
    before = {path.name: path.read_bytes() for path in store.iterdir()}
    report = inspect_store(store)
    assert not report.sound
    assert {(it.invariant, it.weight) for it in report.findings} == {
        ("I2", Weight.DAMAGE),
        ("I5", Weight.LITTER),
    }
    assert [gap.file for gap in report.gaps] == [victim]
    assert report.events == FULL.events.height - report.gaps[0].rows
    litter, damage, missing, verdict = report.sentences
    assert litter == f"litter: {LITTER}: no manifest names it"
    assert damage.startswith(f"damage: {victim}: its file has ")
    assert missing.startswith(f"missing: {report.gaps[0].rows} events of source 1, from its bytes")
    assert verdict.endswith("the store is not whole")
    assert {path.name: path.read_bytes() for path in store.iterdir()} == before


def test_mending_puts_away_and_cleans_up(store):
    victim = names(store, "seg")[0]
    spoil(store / victim)
    leave(store / LITTER)
    store.chmod(0o755)
    report = repair_store(store)
    assert report.done == (
        "store was made its owner's alone",
        f"{victim} was put away as bad-{victim}",
        f"{LITTER}, which no manifest names, was removed",
    )
    assert [it.invariant for it in report.findings] == ["I2"]
    assert repair_store(store).done == ()


def test_mending_goes_back_to_the_manifest_before(store):
    newest = names(store, "MANIFEST")[-1]
    spoil(store / newest)
    report = repair_store(store)
    assert "damaged" in report.done[0]
    assert f"{newest} was put away as bad-{newest}" in report.done
    assert report.sound
    assert verify(store) == LINES - 30


def test_mending_makes_a_manifest_from_whole_segments(store):
    victim = names(store, "seg")[-1]
    spoil(store / victim)
    for name in names(store, "MANIFEST"):
        spoil(store / name)
    assert not inspect_store(store).sound
    report = repair_store(store)
    assert "a manifest was made" in report.done[0]
    assert report.sound
    assert names(store, f"bad-{victim}")
    assert len(names(store, "bad-MANIFEST")) == 2
    assert report.aside == FULL.aside.height
    assert 0 < report.events < FULL.events.height
    with open_writer(store) as opened:
        (source,) = opened.sources
        assert source.mark.position is None
        assert "name is lost" in source.mark.info.name


def test_rows_that_two_generations_hold_are_saved_once(folder):
    with open_writer(folder) as store:
        fill(store, 0, 40)
        kept = {path.name: path.read_bytes() for path in folder.iterdir()}
        store.compact()
    for name, data in kept.items():
        (folder / name).write_bytes(data)
    for name in names(folder, "MANIFEST"):
        (folder / name).unlink()
    report = repair_store(folder)
    assert report.sound
    assert report.events == batch_of(0, 40).events.height


def test_nothing_whole_is_nothing_mended(store):
    for path in store.iterdir():
        if path.name != "LOCK":
            spoil(path)
    with pytest.raises(StoreError, match=r"no segment of the store .* is whole"):
        repair_store(store)


def test_a_store_being_written_is_looked_at_and_not_mended(store):
    with open_writer(store) as writer:
        fill(writer, LINES, LINES + 10)
        assert inspect_store(store).sound
        store.chmod(0o755)
        with pytest.raises(StoreBusyError):
            repair_store(store)
        assert store.stat().st_mode & 0o777 == 0o755


def test_what_is_no_store_is_told(tmp_path):
    with pytest.raises(StoreError, match="holds no store"):
        inspect_store(tmp_path)
    with pytest.raises(StoreError, match="holds no store"):
        repair_store(tmp_path)
