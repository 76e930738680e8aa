"""Brackets outside strings, wherever the pieces of a stream are cut."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data.source.brackets import STRAY, Brackets

_SIGNS = st.sampled_from([*rb'{}[]{}""\\,:a{['])
_STREAM = st.one_of(
    st.lists(_SIGNS, max_size=400).map(bytes),
    st.binary(max_size=200),
    st.tuples(st.integers(0, 200), st.lists(_SIGNS, max_size=80)).map(
        lambda it: b'"' + b"\\" * it[0] + bytes(it[1])
    ),
)


def _one_by_one(stream: bytes) -> tuple[list[tuple[int, int]], int, bool]:
    """The brackets with their levels, how many are open, whether a string is."""
    found: list[tuple[int, int]] = []
    level, inside, escaped = 0, False, False
    for at, sign in enumerate(stream):
        if escaped and sign in b'\\"':
            escaped = False
            continue
        escaped = sign == ord("\\")
        if sign == ord('"'):
            inside = not inside
        elif inside:
            continue
        elif sign in b"{[":
            found.append((at, level))
            level += 1
        elif sign in b"}]":
            found.append((at, level - 1 if level else STRAY))
            level = max(0, level - 1)
    return found, level, inside


def _scanned(pieces: list[bytes]) -> tuple[list[tuple[int, int]], int, bool]:
    found: list[tuple[int, int]] = []
    brackets, offset = Brackets(), 0
    for piece in pieces:
        at, levels = brackets.scan(piece)
        found += zip((at + offset).tolist(), levels.tolist(), strict=True)
        offset += len(piece)
    return found, brackets.level, brackets.in_string


@settings(max_examples=200)
@given(_STREAM, st.lists(st.integers(0, 400), max_size=4))
def test_brackets_are_those_found_by_looking_at_each_byte(stream: bytes, cuts: list[int]) -> None:
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    pieces = [stream[start:end] for start, end in pairwise(edges)]
    assert _scanned(pieces) == _one_by_one(stream)


def test_strings_and_escapes_go_on_through_a_piece_of_any_length() -> None:
    element = rb'{"a\\": "}\"]\\\\", "b": [{}, "' + b"x" * 61 + rb'\\\""]}, '
    stream = element * 6_000
    assert len(stream) > 600_000
    found, level, inside = _scanned([stream])
    assert found[:6] == [(at, depth) for at, depth in _one_by_one(element)[0]]
    assert (found, level, inside) == _one_by_one(stream)
