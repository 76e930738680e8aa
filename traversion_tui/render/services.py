"""STATE: every service at the playhead, sick ones bright, what just changed tinted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.style import Style
from textual.strip import Strip

from traversion_tui.answers import Service
from traversion_tui.formats import count, percent, rate
from traversion_tui.line import Line
from traversion_tui.render import trend
from traversion_tui.text import SafeText
from traversion_tui.theme import Look

TREND_HEAD = "p99 60 s"
HEALTH_ROLE = {"failing": "E", "degraded": "W"}
TREND_ROLE = {"failing": "barE", "degraded": "W"}


@dataclass(frozen=True, slots=True)
class StateLayout:
    """Columns of STATE: the service's width, and how wide a trend there is room for."""

    service: int
    trend: int

    @classmethod
    def of(cls, width: int, longest: int, samples: int) -> StateLayout:
        """Columns that fit; the trend goes first, then open requests are cut by the row's end."""
        service = min(max(longest, 7), max(width - 37, 7), 24)
        left = width - (1 + service + 1 + 10 + 6 + 6 + 7 + 5) - 3
        wished = max((samples + 1) // 2, len(TREND_HEAD))
        return cls(service, min(left, wished) if left >= 4 else 0)


def ordered(
    services: Sequence[Service], room: int, before: Sequence[SafeText], *, playing: bool
) -> list[Service]:
    """By name where all fit, else sick, busy, idle; in play nothing changes its place."""
    if len(services) <= room:
        return list(services)
    places = {name: at for at, name in enumerate(before)} if playing else {}
    ranks = {"failing": 0, "degraded": 1}
    return sorted(
        services,
        key=lambda s: (
            places.get(s.name, len(places)),
            ranks.get(s.health, 2 if s.request_rate else 3),
            s.name,
        ),
    )


def glyph(health: str, look: Look) -> str:
    """The shape that says the health without colour."""
    glyphs = look.glyphs
    shapes = {"failing": glyphs.failing, "degraded": glyphs.degraded, "silent": glyphs.silent}
    return shapes.get(health, glyphs.healthy)


def paint_head(width: int, look: Look, layout: StateLayout) -> Strip:
    """The header row; units stand here, not in the cells."""
    muted = look.ink("muted")
    line = Line(width, muted, look.glyphs.ellipsis)
    line.skip(1).column("service", muted, layout.service).skip(1).column("health", muted, 10)
    for name, cells in (("req/s", 6), ("err %", 6), ("p99 ms", 7), ("open", 5)):
        line.right(name, muted, line.at + cells)
    if layout.trend:
        name = TREND_HEAD if layout.trend >= len(TREND_HEAD) else "p99"
        line.right(name, muted, line.at + 2 + layout.trend)
    return line.strip()


def paint_service(
    service: Service,
    tinted: frozenset[tuple[str, str]],
    width: int,
    look: Look,
    layout: StateLayout,
    *,
    selected: bool,
) -> Strip:
    """One service. The gutter is marked where a cell of the row changed."""
    on = "sel" if selected else "bg"
    quiet = "muted" if not service.sick else "text"
    line = Line(width, look.ink("text", on=on), look.glyphs.ellipsis)
    changed = any(name == service.name for name, _ in tinted)
    line.put(look.glyphs.changed if changed else " ", look.ink("accent", "b", on=on))
    name = look.ink("bright" if service.sick else "muted", on=on)
    line.column(service.name, name, layout.service).skip(1)

    def ink(field: str, role: str) -> Style:
        fresh = (service.name, field) in tinted
        return look.ink(
            "bright" if fresh and role not in "EW" else role,
            "b" if fresh else "",
            on="chg" if fresh else on,
        )

    role = HEALTH_ROLE.get(service.health, "muted")
    line.put(f"{glyph(service.health, look)} {service.health}", ink("health", role)).to(
        1 + layout.service + 1 + 10
    )
    failing = service.error_rate is not None and service.error_rate > 0.05
    measures = (
        ("request_rate", _number(service.request_rate, rate, look), 6, quiet),
        ("error_rate", _number(service.error_rate, percent, look), 6, "E" if failing else quiet),
        ("p99", _number(service.p99_ms, _milliseconds, look), 7, quiet),
        ("open", _number(service.open, _whole, look), 5, quiet),
    )
    for field, text, room, plain in measures:
        line.right(text, ink(field, plain), line.at + room)
    if layout.trend:
        draw = trend.braille if look.glyphs.braille else trend.steps
        cells = min(layout.trend, (len(service.trend) + 1) // 2)
        role = TREND_ROLE.get(service.health, "barI")
        shape = draw(service.trend, cells)
        line.right(shape, look.ink(role, on=on), line.at + 2 + layout.trend)
    return line.strip()


def _number(value: float | None, write: Callable[[float], str], look: Look) -> str:
    return look.glyphs.minus if value is None else write(value)


def _milliseconds(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 or value == 0 else f"{value:.1f}"


def _whole(value: float) -> str:
    return count(round(value))
