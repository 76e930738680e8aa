"""What one statement is bound against, and where its notes gather."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from traversion_data.model import Nanos, TimeRange
from traversion_data.store.view import StoreView
from traversion_engine.catalogue import Catalogue
from traversion_engine.context import Context
from traversion_engine.diagnostic import Diagnostic, Span, StatementError
from traversion_engine.timeql.ast import Node, Predicate
from traversion_engine.timeql.times import Clock


class NothingThereError(Exception):
    """An event the statement starts from does not exist here; the answer is empty, with a note."""

    def __init__(self, note: str) -> None:
        super().__init__(note)
        self.note = note


@dataclass
class Environment:
    """The snapshot, its fields, the asker's place and the text, for one statement.

    `notes` and `meta` are filled while binding. `over` is the window of derived fields.
    `matches` gives the positions in a range whose events pass a predicate of the tree.
    """

    text: str
    view: StoreView
    catalogue: Catalogue
    context: Context
    over: Nanos
    matches: Callable[[Environment, Predicate, TimeRange], np.ndarray]
    notes: list[str] = field(default_factory=list)
    meta: dict[str, str | int | float | bool] = field(default_factory=dict)

    @property
    def clock(self) -> Clock:
        """What the words of time stand for."""
        bounds = self.view.bounds
        context = self.context
        return Clock(
            bounds,
            bounds.end if context.now is None else context.now,
            bounds.end if context.playhead is None else context.playhead,
            context.zone,
        )

    def note(self, text: str) -> None:
        """Add a note, once."""
        if text not in self.notes:
            self.notes.append(text)

    def error(
        self,
        place: Node | Span,
        message: str,
        hint: str | None = None,
        expected: Iterable[str] = (),
    ) -> StatementError:
        """An error whose caret is under `place`."""
        span = place.span if isinstance(place, Node) else place
        return StatementError(Diagnostic(message, self.text, span, tuple(expected), hint))

    def words(self, node: Node) -> str:
        """The text of a node as typed, blanks run together."""
        return " ".join(self.text[node.span.start : node.span.end].split())
