"""Loading: first rows at once, exact accounting at every snapshot, progress, cancelling."""

from __future__ import annotations

import json
import os
import zlib
from queue import Queue
from threading import Thread
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.errors import InputError
from traversion_data.ingest import Loader, LoadOptions
from traversion_data.model import FieldMap
from traversion_data.source import blocks
from traversion_data.source.lines import LinesSource
from traversion_data.source.stdin import StdinSource
from traversion_data.store.head import Head

AT = 1_705_333_643_000_000_000


def lines(count, start=0, **extra):
    return b"".join(
        json.dumps({"ts": AT + (start + n) * 1000, "msg": f"event {n}", **extra}).encode() + b"\n"
        for n in range(count)
    )


def source(*pieces, name="app.jsonl"):
    return LinesSource(name, lambda: iter(pieces))


class Watch:
    """Keeps the snapshots and progress reports of a load, and checks each snapshot's sums."""

    def __init__(self):
        self.views, self.progress = [], []

    def view(self, view):
        for info in view.sources:
            assert info.read == info.stored + info.set_aside + info.blank
        assert sum(info.stored for info in view.sources) == view.height
        assert sum(info.set_aside for info in view.sources) == view.aside.height
        self.views.append(view)

    def load(self, *sources, options=None):
        return Loader(sources, Head(), options, self.progress.append, self.view).run()


KINDS = {
    "event": lambda n: json.dumps({"ts": AT + n, "n": n}).encode(),
    "late": lambda n: json.dumps({"ts": AT - n, f"k{n % 3}": [n]}).encode(),
    "timeless": lambda n: b'{"msg":"no time"}',
    "blank": lambda n: b"  ",
    "words": lambda n: b"words %d" % n,
    "torn": lambda n: b'{"ts":1705333643,"msg":"',
    "nul": lambda n: b"\0" * 9,
}


@settings(max_examples=30, deadline=None)
@given(
    plans=st.lists(st.lists(st.sampled_from(sorted(KINDS)), max_size=40), min_size=1, max_size=3),
    end=st.sampled_from([b"", b"\n"]),
    repeat=st.sampled_from([1, 300]),
)
def test_every_line_is_accounted_for(plans, end, repeat):
    sources, expected = [], []
    for place, plan in enumerate(plans):
        written = [b'{"ts":1705333643,"msg":"first"}']
        written += [KINDS[kind](n) for n, kind in enumerate(plan * repeat)]
        sources.append(source(b"\n".join(written) + end, name=f"s{place}"))
        trailing_nothing = written[-1] == b"" and not end
        expected.append(len(written) - trailing_nothing)
    watch = Watch()
    view = watch.load(*sources)
    assert [info.read for info in view.sources] == expected
    assert view.complete
    assert view.events[schema.SEQ].n_unique() == view.height


def test_the_first_picture_comes_before_the_rest():
    watch = Watch()
    view = watch.load(source(lines(60_000)))
    assert view.height == 60_000
    assert 0 < watch.views[0].height < 6_000
    assert not watch.views[0].complete
    assert watch.views[-1].complete
    assert watch.progress[-1].done
    assert watch.progress[-1].rows == 60_000
    assert [p.rows for p in watch.progress] == sorted(p.rows for p in watch.progress)


def test_a_snapshot_is_sorted_and_never_changes():
    watch = Watch()
    watch.load(source(lines(20_000, start=5)), source(lines(20_000)))
    first = watch.views[0]
    before = first.events.clone()
    for view in watch.views:
        order = view.events.select(schema.TIME, schema.SEQ)
        assert order.equals(order.sort(schema.TIME, schema.SEQ))
    assert first.events.equals(before)


def test_cancel_keeps_what_was_read():
    head = Head()
    loader = Loader([source(lines(100_000))], head, on_snapshot=lambda _: loader.cancel())
    view = loader.run()
    assert 0 < view.height < 100_000
    (info,) = view.sources
    assert not info.complete
    assert info.notes == ("loading was stopped here; the rest of the source was not read",)
    assert head.view is view


def test_cancel_before_the_start_reads_nothing():
    loader = Loader([source(lines(10))], Head())
    loader.cancel()
    assert loader.run().height == 0


def test_one_bad_source_among_good_ones_is_noted():
    view = Watch().load(source(b"[1]\n", name="w"), source(lines(3)))
    assert view.height == 3
    assert view.sources[0].notes[-1] == (
        "w holds no events that this version can read (its first line: a JSON array, not an object)"
    )


def test_only_bad_sources_are_an_error():
    with pytest.raises(InputError, match="w holds no events"):
        Watch().load(source(b"[1]\n", name="w"), source(b"", name="e"))


def test_a_large_text_file_is_given_up_early():
    taken = []

    def pieces():
        for _ in range(64):
            taken.append(1)
            yield b"[1, 2, 3, 4, 5, 6]\n" * 50_000

    with pytest.raises(InputError, match="holds no events that this version can read"):
        Watch().load(LinesSource("big.txt", pieces))
    assert len(taken) < 40


def test_since_and_until_bound_the_events():
    options = LoadOptions(since=AT + 2_000, until=AT + 5_000)
    view = Watch().load(source(lines(10)), options=options)
    assert view.times.tolist() == [AT + 2_000, AT + 3_000, AT + 4_000]
    assert "7 events lie outside" in view.sources[0].notes[-1]


def test_options_reach_the_decoder():
    options = LoadOptions(field_map=FieldMap((("time", "when"),)), tz="Europe/Berlin")
    view = Watch().load(source(b'{"when":"2024-01-15 16:47:23","msg":"x"}\n'), options=options)
    assert view.times.tolist() == [AT]
    assert (view.sources[0].zone, view.sources[0].time_field) == ("Europe/Berlin", "when")


def test_columns_of_two_sources_stand_side_by_side():
    view = Watch().load(source(lines(2, a=1)), source(lines(2, b="x", a=2.5)))
    assert view.events["a"].drop_nulls().sort().to_list() == [1.0, 1.0, 2.5, 2.5]
    assert view.events["b"].null_count() == 2
    assert sorted(view.events[schema.SEQ].to_list()) == [0, 1, 1 << 40, (1 << 40) + 1]


def test_each_row_knows_its_bytes():
    data = b"\n" + lines(3) + b"bad\r\n" + lines(2, odd="\u00e9")
    view = Watch().load(source(data))
    for offset, length, message in view.events.select("offset", "length", "message").rows():
        assert json.loads(data[offset : offset + length])["msg"] == message


def test_a_mapped_key_that_no_line_has_is_noted():
    options = LoadOptions(field_map=FieldMap((("service", "who"),)))
    view = Watch().load(source(lines(3)), options=options)
    assert view.sources[0].notes == ("no line has the key who that --map names",)


def test_a_mapped_time_that_no_line_has_is_an_error_that_says_so():
    options = LoadOptions(field_map=FieldMap((("time", "when"),)))
    with pytest.raises(InputError, match=r"no event time on this line.*--map time=KEY"):
        Watch().load(source(lines(3)), options=options)


def test_a_zone_that_does_not_exist():
    with pytest.raises(InputError, match="there is no time zone 'Nowhere/Land'"):
        LoadOptions(tz="Nowhere/Land")
    with pytest.raises(InputError, match="no time zone"):
        LoadOptions(tz="../etc/passwd")


def test_cancel_does_not_wait_for_a_pipe_that_stays_silent():
    read, write = os.pipe()
    os.write(write, lines(500))
    head = Head()
    loader = Loader([StdinSource(read)], head, on_snapshot=lambda _: loader.cancel())
    with mock.patch.object(blocks, "FIRST_CHUNK", 4_000), mock.patch.object(blocks, "CHUNK", 10**7):
        view = loader.run()
    os.close(write)
    assert 0 < view.height < 500
    assert not view.complete


@pytest.mark.parametrize("packed", [False, True])
def test_lines_that_come_slowly_are_shown_as_they_come(packed):
    pack = zlib.compressobj(wbits=31)

    def send(data):
        whole = pack.compress(data) + pack.flush(zlib.Z_SYNC_FLUSH) if packed else data
        os.write(write, whole)

    read, write = os.pipe()
    shown = Queue()
    loader = Loader([StdinSource(read)], Head(), on_snapshot=shown.put)
    thread = Thread(target=loader.run, daemon=True)
    thread.start()
    whole = lines(6)
    first, rest = whole[:150].rindex(b"\n") + 1, whole.rindex(b"\n", 0, -1) + 20
    expected = whole.count(b"\n", 0, first)
    send(whole[:first])
    assert shown.get(timeout=30).height == expected
    send(whole[first:rest])
    while (view := shown.get(timeout=30)).height < 5:
        pass
    assert view.height == view.sources[0].read == 5
    assert not view.complete
    send(whole[rest:])
    os.close(write)
    thread.join(timeout=30)
    assert shown.queue[-1].height == 6


def test_an_error_while_reading_keeps_what_came_before():
    def pieces():
        yield lines(50)
        raise InputError("the disk is gone")

    view = Watch().load(LinesSource("s", pieces))
    assert view.height == 50
    assert view.sources[0].notes == ("the disk is gone",)
    assert not view.complete
