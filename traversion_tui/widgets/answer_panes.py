"""STATE, CHANGED and WHY as widgets: what the workers found, for the moment shown."""

from __future__ import annotations

from typing import Final

from textual.strip import Strip

from traversion_tui.answers import Service, Why
from traversion_tui.formats import count
from traversion_tui.render import services as state_rows
from traversion_tui.render import why as why_rows
from traversion_tui.render.changes import paint_changes
from traversion_tui.render.title import paint_note, paint_notes, paint_title
from traversion_tui.scene import Pane, Scene
from traversion_tui.text import SafeText
from traversion_tui.widgets.painted import UNHURRIED
from traversion_tui.widgets.rows import Rows

ROOM_FOR_EVIDENCE: Final = 8
"""Rows of the pane from which the tree gives some up for the evidence in words."""

EVIDENCE_ROWS: Final = 2

_CHOOSE: Final = "select an event to see its causes"


def _waiting(scene: Scene, otherwise: str) -> str:
    """What stands in a pane that has nothing to show."""
    return "loading" if not scene.loading.done and not scene.view.height else otherwise


class StatePane(Rows):
    """Every service at the playhead."""

    pane = Pane.STATE
    patience = UNHURRIED

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.order: list[Service] = []

    def count(self) -> int:
        """Number of services."""
        state = self.scene.answers.state if self.scene else None
        return len(state.services) if state else 0

    def service(self) -> SafeText | None:
        """The selected row's service."""
        return self.order[self.selected].name if self.selected < len(self.order) else None

    def paint(self, scene: Scene, width: int) -> list[Strip]:
        """Title, header, services."""
        state, look = scene.answers.state, scene.look
        self.head = 1 + self.titled
        late = state is not None and state.time != scene.state.playhead
        moment = f"at {scene.times.clock(state.time)}" if state and late else "at the playhead"
        hidden = self.count() - self.room
        facts = [moment, "last 60 s", f"{count(hidden)} more" if hidden > 0 else ""]
        title = paint_title("State", facts, width, look, focused=scene.focus is Pane.STATE)
        shown = [title] if self.titled else []
        if state is None or not state.services:
            text = (
                state.note
                if state is not None and state.note
                else _waiting(scene, "no service known yet")
            )
            return [*shown, paint_note(text, width, look)]
        longest = max(len(service.name) for service in state.services)
        samples = max(len(service.trend) for service in state.services)
        layout = state_rows.StateLayout.of(width, longest, samples)
        shown.append(state_rows.paint_head(width, look, layout))
        tinted = scene.answers.tinted
        self.order = state_rows.ordered(
            state.services, self.room, [s.name for s in self.order], playing=scene.state.playing
        )
        return shown + [
            state_rows.paint_service(
                self.order[index], tinted, width, look, layout, selected=self.chosen(index)
            )
            for index in self.in_view()
        ]


class ChangedPane(Rows):
    """What the last step changed."""

    pane = Pane.CHANGED
    patience = UNHURRIED
    head = 1

    def count(self) -> int:
        """Number of changes."""
        return len(self.scene.answers.changes) if self.scene else 0

    def paint(self, scene: Scene, width: int) -> list[Strip]:
        """Title, changes."""
        look, changes = scene.look, scene.answers.changes
        self.head = int(self.titled)
        more = len(changes) - self.room
        scope = ["by the last step", f"{count(more)} more" if more > 0 else ""]
        focused = scene.focus is Pane.CHANGED
        shown = [paint_title("Changed", scope, width, look, focused=focused)] if self.titled else []
        if not changes:
            return [*shown, paint_note(_waiting(scene, "nothing that STATE shows"), width, look)]
        view = self.in_view()
        return shown + paint_changes(changes[view.start : view.stop], width, look)


class WhyPane(Rows):
    """The causes of the selected event."""

    pane = Pane.WHY
    patience = UNHURRIED
    _told = 0

    @property
    def room(self) -> int:
        """Rows of the tree that fit above the evidence."""
        return max(self.size.height - self.head - self._told, 1)

    def count(self) -> int:
        """Number of links."""
        why = self.scene.answers.why if self.scene else None
        return len(why.links) if why else 0

    def paint(self, scene: Scene, width: int) -> list[Strip]:
        """Title, header, tree."""
        look, why = scene.look, scene.answers.why
        self.head = 1 + self.titled
        scope = [why.title] if why is not None else []
        focused = scene.focus is Pane.WHY
        shown = [paint_title("Why", scope, width, look, focused=focused)] if self.titled else []
        if why is None or not why.links:
            text = (why.note if why is not None else "") or _waiting(scene, _CHOOSE)
            return [*shown, *paint_notes(text, width, look)]
        layout = why_rows.WhyLayout.of(width)
        shown.append(why_rows.paint_head(width, look, layout))
        evidence = self._evidence(why, width, scene)
        self._told = len(evidence) if self.size.height >= ROOM_FOR_EVIDENCE else 0
        for index in self.in_view():
            link = why.links[index]
            shown.append(
                why_rows.paint_link(link, width, look, layout, selected=self.chosen(index))
            )
        return shown + evidence[: max(self.size.height - len(shown), 0)]

    def _evidence(self, why: Why, width: int, scene: Scene) -> list[Strip]:
        """What ties the selected link to its effect in words, under an empty row."""
        link = why.links[max(min(self.selected, len(why.links) - 1), 0)]
        words = link.evidence or why.note
        if not words:
            return []
        blank = Strip.blank(width, scene.look.ink("text"))
        return [blank, *paint_notes(words, width, scene.look)[:EVIDENCE_ROWS]]
