"""UTF-16 text, as some Windows programs write it, to UTF-8."""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Iterator
from typing import Final

UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
UTF_32: Final = (b"\xff\xfe\0\0", b"\0\0\xfe\xff")
"""Byte order marks. Without one, text is UTF-8."""


def as_utf8(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces, but UTF-16 behind its byte order mark as UTF-8.

    Offsets of events then count bytes of UTF-8. What cannot be decoded becomes U+FFFD.
    """
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= 2 or not piece:
            break
    if not head.startswith(UTF_16):
        yield head
        yield from pieces
        return
    decoder = getincrementaldecoder("utf-16")(errors="replace")
    yield decoder.decode(head).encode()
    for piece in pieces:
        yield decoder.decode(piece).encode() if piece else b""
    yield decoder.decode(b"", final=True).encode()
