"""How far a source has been read into a store, and how its file is known again."""

from __future__ import annotations

from dataclasses import dataclass

from traversion_data.model import SourceInfo


@dataclass(frozen=True, slots=True)
class Position:
    """The end of what is stored of one life (generation) of a source.

    `generation` names that life. `offset`: the byte after the last whole line taken; `line`: the
    zero-based number of the next one. The file is the same as long as device and inode, the CRC-32
    of its first `head_length` bytes, and the bytes before `offset` (`marker`, at most 64) are.
    """

    generation: str
    offset: int
    line: int
    head_length: int = 0
    head_crc: int = 0
    marker: bytes = b""
    device: int | None = None
    inode: int | None = None


@dataclass(frozen=True, slots=True)
class SourceMark:
    """A source's accounting together with the place in it up to which that counts.

    `position` is None for what cannot be read again.
    """

    info: SourceInfo
    position: Position | None = None
