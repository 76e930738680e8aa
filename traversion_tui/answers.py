"""What the workers found out for the panes: frozen, each part replaced as its answer arrives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from traversion_data.model import Nanos
from traversion_engine.result import ResultTable
from traversion_tui.editor import Edited
from traversion_tui.text import NOTHING, SafeText
from traversion_tui.views import Seen


@dataclass(frozen=True, slots=True)
class Service:
    """One service at a moment. Missing measures are None; rates per second, error_rate a ratio."""

    name: SafeText
    health: str
    request_rate: float | None = None
    error_rate: float | None = None
    p99_ms: float | None = None
    open: int | None = None
    trend: tuple[float, ...] = ()

    @property
    def sick(self) -> bool:
        """Whether it is degraded or failing."""
        return self.health in {"degraded", "failing"}


@dataclass(frozen=True, slots=True)
class Change:
    """A field that the last step changed."""

    service: SafeText
    field: SafeText
    was: SafeText
    now: SafeText


@dataclass(frozen=True, slots=True)
class Link:
    """A row of the causality tree: an event and the evidence that ties it to its effect."""

    depth: int
    seq: int
    letter: str
    service: SafeText
    text: SafeText
    kind: SafeText = NOTHING
    confidence: float | None = None
    lag_ms: float | None = None
    evidence: SafeText = NOTHING
    trunk: tuple[bool, ...] = ()
    """For each level above, whether a sibling follows below; the last one is this row's own."""
    seen: bool = False
    """Whether this row only refers to an event listed above it."""

    @property
    def guess(self) -> bool:
        """Whether the link is inferred from time alone."""
        return self.kind == "temporal"


@dataclass(frozen=True, slots=True)
class Why:
    """The causality tree of one event, or a sentence that says why there is none."""

    seq: int
    title: SafeText
    links: tuple[Link, ...] = ()
    note: SafeText = NOTHING


@dataclass(frozen=True, slots=True)
class StateAt:
    """All services at a moment, worst first among equals kept in name order."""

    time: Nanos
    services: tuple[Service, ...] = ()
    note: SafeText = NOTHING

    @property
    def sick(self) -> int:
        """Number of services that are degraded or failing."""
        return sum(service.sick for service in self.services)


@dataclass(frozen=True, slots=True)
class Result:
    """What the prompt's last statement gave: a table, or an error's lines."""

    statement: SafeText
    table: ResultTable | None = None
    error: tuple[SafeText, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """A text that may be typed next, as it is and as it is shown, and what it is."""

    text: str
    shown: SafeText
    sort: str
    detail: SafeText = NOTHING


@dataclass(frozen=True, slots=True)
class Help:
    """What may be typed at a caret: offers for the word from `start` on.

    part: where the clause at the caret stands in the signature. estimate: events that the statement
    would read, None where it is not whole. chosen: the offer that stands in the word's place.
    """

    text: str
    caret: int
    start: int
    offers: tuple[Offer, ...]
    signature: SafeText = NOTHING
    part: tuple[int, int] = (0, 0)
    estimate: int | None = None
    chosen: int | None = None

    def line(self, chosen: int | None) -> Edited:
        """The line with an offer taken; without one, as it was typed."""
        if chosen is None:
            return Edited(self.text, self.caret)
        head = self.text[: self.start] + self.offers[chosen].text
        return Edited(head + self.text[self.caret :], len(head))


@dataclass(frozen=True, slots=True)
class Answers:
    """All panes' answers. `tinted` names the cells of STATE changed by the last step."""

    state: StateAt | None = None
    changes: tuple[Change, ...] = ()
    tinted: frozenset[tuple[str, str]] = frozenset()
    why: Why | None = None
    result: Result | None = None
    seen: Seen | None = None
    asking: bool = False
    help: Help | None = None
    statements: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


NO_ANSWERS: Final = Answers()
