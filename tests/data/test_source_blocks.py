"""Chunks of whole lines, whatever pieces the bytes come in."""

import hashlib
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data.source import blocks
from traversion_data.source.blocks import cut


@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(st.integers(0, 90), max_size=20),
    piece=st.integers(1, 64),
    end=st.sampled_from([b"", b"\n"]),
    bom=st.booleans(),
)
def test_every_line_stands_once_with_its_number_and_offset(lines, piece, end, bom):
    texts = [bytes([97 + n % 26]) * length for n, length in enumerate(lines)]
    data = b"\n".join(texts) + (end if lines else b"")
    stored = (blocks.BOM if bom else b"") + data
    found = []
    pieces = (stored[at : at + piece] for at in range(0, len(stored), piece))
    with mock.patch.multiple(blocks, FIRST_CHUNK=50, CHUNK=120, MAX_LINE=40, LINE_HEAD=8):
        chunks = list(cut(pieces, 3))
    for chunk in chunks:
        assert chunk.source == 3
        if chunk.long_line:
            start, length = chunk.offset, chunk.long_line.length
            whole = stored[start : start + length]
            assert length > 40
            assert chunk.long_line.sha256 == hashlib.sha256(whole).hexdigest()
            assert chunk.data == whole[:8]
            found.append((chunk.first_line, whole))
        else:
            assert stored[chunk.offset : chunk.offset + len(chunk.data)] == chunk.data
            whole_lines = chunk.data.removesuffix(b"\n").split(b"\n")
            found += [(chunk.first_line + n, line) for n, line in enumerate(whole_lines)]
    expected = data.removesuffix(b"\n").split(b"\n") if data else []
    assert found == list(enumerate(expected))
