"""What belongs to a store at one generation: an immutable, numbered file with its own sum.

`MANIFEST-<generation>` is one line, the CRC-32 and length of the rest, then JSON. The highest
number that is intact is the store; the one before it is kept as well.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from types import NoneType
from typing import Any, Final, TypeVar

import orjson

from traversion_data.model import Gap, Recognised, SourceInfo
from traversion_data.store.position import Position, SourceMark
from traversion_data.store.segment import NAME

T = TypeVar("T")

FORMAT: Final = 1
"""The format this version writes."""

_NAME: Final = re.compile(r"MANIFEST-(\d{10,18})")
_HEAD: Final = re.compile(rb"([0-9a-f]{8}) (\d+)")


class ManifestDamagedError(Exception):
    """Bytes that are no manifest as it was written."""


class ManifestNewerError(Exception):
    """A manifest whose format only later versions read."""


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one source in a segment: how many, of how many bytes, from which range `[a, b)`.

    `min_seq` and `max_seq` are both among them.
    """

    source: int
    rows: int
    bytes: int
    min_seq: int
    max_seq: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """One file of rows. `kind`: `EVENTS` or `ASIDE`.

    Times are ns UTC, both ends included; lines set aside have the times of the events they were
    committed with, None where there were none.
    """

    file: str
    kind: str
    bytes: int
    crc32: int
    rows: int
    min_time: int | None
    max_time: int | None
    min_seq: int
    max_seq: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Hole:
    """A segment found damaged: why, and the name its file was given."""

    segment: SegmentEntry
    reason: str
    moved_to: str


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """A source's mark, and how many of its rows retention has removed."""

    mark: SourceMark
    dropped_events: int = 0
    dropped_aside: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """A store at one generation.

    `missed`: what was never read at its sources, as far as that is known. `readable_by`: the lowest
    format whose readers understand it.
    """

    generation: int
    segments: tuple[SegmentEntry, ...] = ()
    sources: tuple[SourceEntry, ...] = ()
    holes: tuple[Hole, ...] = ()
    missed: tuple[Gap, ...] = ()
    format: int = FORMAT
    readable_by: int = FORMAT

    @property
    def files(self) -> frozenset[str]:
        """All names it needs."""
        damaged = [name for hole in self.holes for name in (hole.segment.file, hole.moved_to)]
        return frozenset([segment.file for segment in self.segments] + damaged)

    def with_sources(self, entries: Mapping[int, SourceEntry]) -> Manifest:
        """With these entries in place of those of the same ordinals."""
        merged = {it.mark.info.ordinal: it for it in self.sources} | dict(entries)
        return replace(self, sources=tuple(merged[key] for key in sorted(merged)))


def manifest_name(generation: int) -> str:
    """The file name of a generation's manifest."""
    return f"MANIFEST-{generation:010d}"


def generation_of(name: str) -> int | None:
    """The generation a file name is the manifest of."""
    found = _NAME.fullmatch(name)
    return int(found[1]) if found else None


def encode_manifest(manifest: Manifest) -> bytes:
    """The bytes of a manifest's file."""
    try:
        body = orjson.dumps(manifest, default=bytes.hex)
    except orjson.JSONEncodeError:  # a path that is no text
        body = json.dumps(asdict(manifest), default=bytes.hex).encode("ascii")
    return b"%08x %d\n" % (zlib.crc32(body), len(body)) + body


def decode_manifest(data: bytes) -> Manifest:
    """A manifest from the bytes of its file.

    Raises:
        ManifestDamagedError: if a byte is not as it was written.
        ManifestNewerError: if only later versions understand it.
    """
    first, _, body = data.partition(b"\n")
    head = _HEAD.fullmatch(first)
    if not head or int(head[2]) != len(body) or int(head[1], 16) != zlib.crc32(body):
        raise ManifestDamagedError("its sum does not match")
    try:
        fields = json.loads(body)
        if int(fields["readable_by"]) > FORMAT:
            raise ManifestNewerError(f"format {fields['format']}")
        return Manifest(
            int(fields["generation"]),
            tuple(_segment(it) for it in fields["segments"]),
            tuple(_source(it) for it in fields["sources"]),
            tuple(_hole(it) for it in fields["holes"]),
            tuple(_known(Gap, it) for it in fields["missed"]),
            int(fields["format"]),
            int(fields["readable_by"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ManifestDamagedError(f"it is not as this version writes it: {error!r}") from error


def _segment(fields: dict[str, Any]) -> SegmentEntry:
    parts = tuple(_known(Part, part) for part in fields["parts"])
    entry = _known(SegmentEntry, {**fields, "parts": parts})
    name = NAME.fullmatch(entry.file)
    if not name or name["kind"] != entry.kind:
        raise ValueError(f"{entry.file!r} is no name of a segment")
    if entry.min_time is not None and (entry.max_time is None or entry.max_time < entry.min_time):
        raise ValueError(f"{entry.file} ends before it begins")
    return entry


def _hole(fields: dict[str, Any]) -> Hole:
    segment = _segment(fields["segment"])
    return Hole(segment, str(fields["reason"]), quarantined(segment.file))


def quarantined(file: str) -> str:
    """The name a damaged file is given."""
    return f"bad-{file}"


def _source(fields: dict[str, Any]) -> SourceEntry:
    mark = fields["mark"]
    info = {name: _frozen(value) for name, value in mark["info"].items()}
    info["recognised"] = tuple(_known(Recognised, it) for it in info["recognised"])
    position = mark["position"]
    if position is not None:
        position = _known(Position, {**position, "marker": bytes.fromhex(position["marker"])})
    source = {**fields, "mark": SourceMark(_known(SourceInfo, info), position)}
    return _known(SourceEntry, source)


def _frozen(value: Any) -> Any:
    """A list as the tuple, or tuple of tuples, that it was."""
    if not isinstance(value, list):
        return value
    return tuple(tuple(it) if isinstance(it, list) else it for it in value)


def _known(kind: Callable[..., T], values: dict[str, Any]) -> T:
    """A record of the fields that this version has; later ones may write more.

    Numbers and texts are checked to be such: a sum proves that bytes are whole, not who wrote them.
    """
    fields = kind.__dataclass_fields__  # type: ignore[attr-defined]
    known = {name: value for name, value in values.items() if name in fields}
    for name, value in known.items():
        allowed = _SIMPLE.get(fields[name].type)
        if allowed and not isinstance(value, allowed):
            raise TypeError(f"{name} is not {fields[name].type}")
    return kind(**known)


_SIMPLE: Final[dict[str, tuple[type, ...]]] = {
    "int": (int,),
    "int | None": (int, NoneType),
    "Nanos | None": (int, NoneType),
    "str": (str,),
    "bool": (bool,),
}
"""Types of fields as they are written in annotations."""
