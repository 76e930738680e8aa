"""Compressed sources: many members, torn ends, damage, bombs."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tracemalloc

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data.errors import InputError
from traversion_data.source.inflate import Inflater

PLAIN = b"".join(b'{"ts":%d,"msg":"event %d"}\n' % (1705333643 + n, n * n) for n in range(5000))


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


PACKS = [gzip.compress, zstd, bz2.compress, lzma.compress]
IDS = ["gzip", "zstd", "bzip2", "xz"]


def inflated(data: bytes, piece: int = 4096, limit: int = 200) -> tuple[bytes, tuple[str, ...]]:
    inflater = Inflater("events", limit)
    pieces = (data[at : at + piece] for at in range(0, len(data), piece))
    return b"".join(inflater.inflate(pieces)), inflater.notes


@pytest.mark.parametrize("pack", PACKS, ids=IDS)
@pytest.mark.parametrize("piece", [1, 7, 4096, 1 << 20])
def test_members_and_frames_are_read_across(pack, piece):
    parts = [PLAIN[:1000], b"", PLAIN[1000:40_000], PLAIN[40_000:]]
    data = b"".join(pack(part) for part in parts)
    if piece == 1:
        data, parts = b"".join(pack(part[:500]) for part in parts), [part[:500] for part in parts]
    assert inflated(data, piece) == (b"".join(parts), ())


@pytest.mark.parametrize("pack", PACKS, ids=IDS)
def test_what_is_compressed_twice_is_said_to_be(pack):
    found, notes = inflated(gzip.compress(pack(PLAIN)), 7)
    assert found == pack(PLAIN)
    assert notes == ("events is compressed twice; inflate it once and open the result",)


@pytest.mark.parametrize("data", [PLAIN, b"{", b"", b"\x1f", b"\x28\xb5"])
def test_plain_bytes_pass_through(data):
    assert inflated(data) == (data, ())


@pytest.mark.parametrize("pack", PACKS, ids=IDS)
@settings(max_examples=25, deadline=None)
@given(share=st.floats(0.01, 0.999))
def test_a_torn_end_keeps_what_is_there_and_says_so(pack, share):
    whole = pack(PLAIN)
    found, notes = inflated(whole[: max(8, int(len(whole) * share))])
    assert PLAIN.startswith(found)
    (note,) = notes
    assert "events is cut off" in note


def test_a_torn_gzip_gives_its_first_rows():
    whole = gzip.compress(PLAIN)
    found, _ = inflated(whole[: len(whole) // 2])
    assert len(found) > len(PLAIN) // 4


@pytest.mark.parametrize("pack", PACKS, ids=IDS)
def test_a_damaged_middle_keeps_what_stands_before(pack):
    first, second = pack(PLAIN), bytearray(pack(PLAIN))
    second[len(second) // 2 : len(second) // 2 + 40] = b"\xff" * 40
    found, notes = inflated(first + bytes(second))
    assert found.startswith(PLAIN)
    assert "damaged" in notes[0] or "cut off" in notes[0]


def test_bytes_behind_the_last_member_are_noted():
    found, notes = inflated(gzip.compress(PLAIN) + b"something else")
    assert found == PLAIN
    assert "no compressed data follow" in notes[0]


def test_zeros_behind_the_last_member_are_padding():
    assert inflated(gzip.compress(PLAIN) + b"\0" * 512) == (PLAIN, ())


@pytest.mark.parametrize("pack", PACKS, ids=IDS)
def test_a_bomb_is_refused_in_bounded_memory(pack):
    bomb = pack(b"\0" * (200 << 20))
    inflater = Inflater("bomb", 200)
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match=r"more than 200 times its size; .*--max-inflate"):  # noqa: PT012
            for piece in inflater.inflate(iter([bomb])):
                assert len(piece) <= 64 << 20
        assert tracemalloc.get_traced_memory()[1] < 200 << 20
    finally:
        tracemalloc.stop()


def test_a_higher_limit_lets_it_through():
    bomb = gzip.compress(b"\0" * (80 << 20))
    inflater = Inflater("bomb", 5000)
    assert sum(len(piece) for piece in inflater.inflate(iter([bomb]))) == 80 << 20


def test_lines_shorter_than_a_magic_number_come_at_once():
    assert next(Inflater("-").inflate(iter([b"a\n", b"", b"b\n"]))) == b"a\n"


def test_xz_that_wants_more_memory_than_it_may_take_is_damage():
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 512 << 20}]
    found, notes = inflated(lzma.compress(PLAIN, filters=filters))
    assert found == b""
    assert "Memory usage limit" in notes[0]


def test_text_that_begins_like_bzip2_passes_through():
    assert inflated(b"BZh1 is no archive\n") == (b"BZh1 is no archive\n", ())


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("piece", [1, 3, 4096])
def test_utf_16_is_read_as_utf_8(order, piece):
    text = '{"msg":"caf\u00e9 \U0001f600"}\n'
    assert inflated(("\ufeff" + text).encode(order), piece) == (text.encode(), ())
