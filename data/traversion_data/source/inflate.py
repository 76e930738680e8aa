"""Compressed input, opened by its first bytes and inflated piece by piece."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Final, Protocol

import zstandard

from traversion_data.errors import InputError
from traversion_data.safe import printable
from traversion_data.source.blocks import PIECE
from traversion_data.source.unicode import as_utf8

GZIP: Final = b"\x1f\x8b"
ZSTD: Final = b"\x28\xb5\x2f\xfd"
XZ: Final = b"\xfd7zXZ\x00"
BZIP2: Final = tuple(
    b"BZh%d" % level + block for level in range(1, 10) for block in (b"1AY&", b"\x17rE8")
)
COMPRESSED: Final = (GZIP, ZSTD, XZ, *BZIP2)
"""How compressed input begins."""
MAX_INFLATE: Final = 200
"""Inflated bytes per compressed byte beyond which input is refused."""
_FREE: Final = 64 * 1024 * 1024
"""Inflated bytes before the ratio is looked at."""
_SLICE: Final = 16 * 1024
_ZSTD_STEP: Final = 1024
"""Compressed bytes given at once: a block of 4 bytes may inflate to 128 KiB, so 32 MiB at most."""
_MAGIC: Final = max(map(len, COMPRESSED))
_LZMA_MEMORY: Final = 128 * 1024 * 1024
"""Bytes that inflating xz may take: twice what its strongest level needs."""
_WINDOW: Final = 27
"""Largest zstd window accepted, as a power of two: 128 MiB, what its own tool accepts."""


class Damage(Exception):  # noqa: N818 - the stream's state, not a failure of ours
    """Compressed bytes that cannot be read on."""


class Codec(Protocol):
    """One member or frame of a compressed stream."""

    @property
    def ended(self) -> bool:
        """Whether the member is complete."""
        ...

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Inflated pieces of at most about `PIECE` bytes; raises Damage."""
        ...

    @property
    def unused(self) -> bytes:
        """Bytes behind the end of this member."""
        ...


class Inflater:
    """Passes plain bytes through and inflates gzip, zstd, bzip2 and xz, many members too."""

    def __init__(self, name: str, max_inflate: int = MAX_INFLATE) -> None:
        self._name = name
        self._ratio = max_inflate
        self._in = self._out = 0
        self._notes: list[str] = []
        self._inner = b""

    @property
    def notes(self) -> tuple[str, ...]:
        """Whether the stream was torn or damaged, in a sentence."""
        return tuple(self._notes)

    def inflate(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The plain bytes of a stream, UTF-16 as UTF-8. A torn or damaged end is noted, not raised.

        Empty pieces, which say that nothing came for a while, are passed on.

        Raises:
            InputError: if the input inflates beyond `max_inflate` times its size.
        """
        yield from as_utf8(self._inflated(iter(pieces)))

    def _inflated(self, stream: Iterator[bytes]) -> Iterator[bytes]:
        head = b""
        for piece in stream:
            head += piece
            if head and not any(magic.startswith(head) for magic in COMPRESSED):
                break
        whole = chain([head], stream) if head else iter(())
        make = _codec(head)
        if make is None:
            yield from whole
            return
        try:
            for piece in self._members(whole, make):
                self._look_within(piece)
                yield piece
        except Damage as damage:
            self._notes.append(
                f"{printable(self._name)} is damaged after {self._out} inflated bytes ({damage}); "
                "what stands before that was read"
            )

    def _look_within(self, piece: bytes) -> None:
        """Note where the first plain bytes are those of a compressed stream."""
        if len(self._inner) >= _MAGIC:
            return
        before, self._inner = self._inner, self._inner + piece[:_MAGIC]
        if self._inner.startswith(COMPRESSED) and not before.startswith(COMPRESSED):
            self._notes.append(
                f"{printable(self._name)} is compressed twice; inflate it once and open the result"
            )

    def _members(self, stream: Iterator[bytes], make: Callable[[], Codec]) -> Iterator[bytes]:
        codec: Codec | None = None
        data = b""
        for piece in _slices(stream):
            if not piece:
                yield piece
            self._in += len(piece)
            data = data + piece if data else piece
            while data:
                if codec is None:
                    if len(data) < _MAGIC:
                        break
                    if _codec(data) is not make:
                        if data.strip(b"\0"):
                            raise Damage("bytes that are no compressed data follow")
                        data = b""
                        break
                    codec = make()
                for plain in codec.feed(data):
                    self._out += len(plain)
                    self._guard()
                    yield plain
                data = codec.unused if codec.ended else b""
                if codec.ended:
                    codec = None
        if codec is not None or data.strip(b"\0"):
            self._notes.append(
                f"{printable(self._name)} is cut off: its compressed data end early, "
                f"after {self._out} inflated bytes; what is there was read"
            )

    def _guard(self) -> None:
        if self._out > _FREE and self._out > self._ratio * max(self._in, 1):
            raise InputError(
                f"{printable(self._name)} inflates to more than {self._ratio} times its size; "
                "if that is meant, allow more with --max-inflate"
            )


def _codec(head: bytes) -> Callable[[], Codec] | None:
    if head.startswith(GZIP):
        return _Gzip
    if head.startswith(ZSTD):
        return _Zstd
    if head.startswith(XZ):
        return _xz
    return _bzip2 if head.startswith(BZIP2) else None


class _Stepper(Protocol):
    """What bzip2 and xz have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes:
        """At most so many inflated bytes."""
        ...


class _Stepwise:
    def __init__(self, inner: _Stepper) -> None:
        self._inner = inner

    @property
    def ended(self) -> bool:
        return self._inner.eof

    @property
    def unused(self) -> bytes:
        return self._inner.unused_data

    def feed(self, data: bytes) -> Iterator[bytes]:
        try:
            while not self._inner.eof and (data or not self._inner.needs_input):
                plain = self._inner.decompress(data, PIECE)
                data = b""
                if plain:
                    yield plain
        except (OSError, ValueError, lzma.LZMAError) as error:
            raise Damage(_words(error)) from None


def _bzip2() -> Codec:
    return _Stepwise(bz2.BZ2Decompressor())


def _xz() -> Codec:
    return _Stepwise(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_LZMA_MEMORY))


class _Gzip:
    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    @property
    def ended(self) -> bool:
        return self._inner.eof

    @property
    def unused(self) -> bytes:
        return self._inner.unused_data

    def feed(self, data: bytes) -> Iterator[bytes]:
        try:
            while data and not self._inner.eof:
                plain = self._inner.decompress(data, PIECE)
                data = self._inner.unconsumed_tail
                if plain:
                    yield plain
        except zlib.error as error:
            raise Damage(_words(error)) from None


class _Zstd:
    def __init__(self) -> None:
        self._inner = zstandard.ZstdDecompressor(max_window_size=1 << _WINDOW).decompressobj()
        self._behind = b""

    @property
    def ended(self) -> bool:
        return self._inner.eof

    @property
    def unused(self) -> bytes:
        return self._inner.unused_data + self._behind

    def feed(self, data: bytes) -> Iterator[bytes]:
        at = 0
        try:
            while at < len(data) and not self._inner.eof:
                plain = self._inner.decompress(data[at : at + _ZSTD_STEP])
                at += _ZSTD_STEP
                if plain:
                    yield plain
        except zstandard.ZstdError as error:
            raise Damage(_words(error)) from None
        self._behind = data[at:]


def _slices(stream: Iterable[bytes]) -> Iterator[bytes]:
    """Short slices, so that what stands behind each of many small members is copied cheaply."""
    for piece in stream:
        for at in range(0, len(piece) or 1, _SLICE):
            yield piece[at : at + _SLICE]


def _words(error: Exception) -> str:
    return str(error).rsplit(": ", 1)[-1]
