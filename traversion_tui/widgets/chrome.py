"""Rows around the panes: status, tabs, sick services, footer, and the line between columns."""

from __future__ import annotations

from textual import events
from textual.strip import Strip

from traversion_data import schema
from traversion_tui.formats import count, event_name
from traversion_tui.keys import Keys
from traversion_tui.line import Line
from traversion_tui.messages import TabPicked
from traversion_tui.pages import card_page
from traversion_tui.render.footer import paint_footer
from traversion_tui.render.pieces import paint_pieces
from traversion_tui.render.scrubber import SMALLEST, layout
from traversion_tui.render.status import Status, paint_status
from traversion_tui.render.tabs import paint_sick, paint_tabs
from traversion_tui.render.title import paint_note
from traversion_tui.scene import Pane, Scene
from traversion_tui.widgets.event_log import filtered
from traversion_tui.widgets.painted import Painted


class StatusRow(Painted):
    """What is open, the sum of its lines, play."""

    def paint(self, scene: Scene, width: int) -> list[Strip]:
        """One row."""
        state, times = scene.state, scene.times
        event = clock = ""
        narrow = layout(self.app.size.width, self.app.size.height).compact
        if narrow:
            zone = "Z" if times.label == "UTC" else f" {times.label}"
            clock = times.clock(state.playhead) + zone
        if narrow and state.cursor is not None:
            event = event_name(int(scene.view.page(state.cursor, 1)[schema.SEQ][0]))
        model = Status(
            name=scene.name,
            loading=scene.loading,
            zone=times.label,
            memory=scene.memory,
            playing=state.playing,
            pace=state.speed,
            note=scene.note,
            event=event,
            clock=clock,
            follow=state.follow,
            news=max(scene.marks.view.height - state.left, 0),
            gaps=len(scene.marks.view.gaps),
            redacted=scene.redacted,
        )
        return [paint_status(model, width, scene.look)]


class FooterRow(Painted):
    """The keys that matter now."""

    def __init__(self, keys: Keys, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._keys = keys

    def paint(self, scene: Scene, width: int) -> list[Strip]:
        """One row."""
        return [paint_footer(scene.focus, width, scene.look, self._keys)]


class SickRow(Painted):
    """Services that are not well, where STATE is a tab."""

    def paint(self, scene: Scene, width: int) -> list[Strip]:
        """One row."""
        return [paint_sick(scene.answers.state, width, scene.look)]


class Divider(Painted):
    """The hairline between two columns."""

    def paint(self, scene: Scene, width: int) -> list[Strip]:
        """As many rows as there are."""
        glyphs, ink = scene.look.glyphs, scene.look.ink("rule")
        ground = scene.look.ink("text")
        rows = [glyphs.corner, *[glyphs.column] * (self.size.height - 1)]
        return [Line(width, ground).put(glyph, ink).strip() for glyph in rows]


class Card(Painted):
    """What was understood of the sources; the next key that does something takes it away."""

    def paint(self, scene: Scene, width: int) -> list[Strip]:
        """The page's first rows."""
        ground = scene.look.ink("text")
        rows = [Line(width, ground).skip(1).strip()]
        for pieces in card_page(scene.marks.view, scene.times, scene.loading.trouble):
            row = paint_pieces(pieces, width - 2, scene.look)
            rows.append(Line(width, ground).skip(1).extend(row).strip())
        return rows[1:]


class Notice(Painted):
    """What stands on a screen that is too small."""

    def paint(self, scene: Scene, width: int) -> list[Strip]:
        """Two sentences."""
        columns, rows = SMALLEST
        need = f"Traversion needs {columns} x {rows} cells."
        return [
            paint_note(need, width, scene.look),
            paint_note(f"This screen has {width} x {self.size.height}.", width, scene.look),
            paint_note("Make it larger; q quits.", width, scene.look),
        ]


class TabsRow(Painted):
    """Tabs where one pane has all the room; a click opens one."""

    def paint(self, scene: Scene, width: int) -> list[Strip]:
        """One row."""
        tabs = [(pane, name_of(scene, pane), fact(scene, pane)) for pane in scene.tabs]
        scope = ""
        if scene.tab is Pane.EVENTS:
            scope = str(filtered(scene)) or "all levels"
        return [paint_tabs(tabs, scene.tab, scope, width, scene.look)]

    def on_click(self, event: events.Click) -> None:
        """Open the tab under the pointer."""
        if self.scene is None:
            return
        end = 1
        for pane in self.scene.tabs:
            words = fact(self.scene, pane)
            end += len(name_of(self.scene, pane)) + 3 + (len(words) + 1 if words else 0)
            if event.x < end:
                self.post_message(TabPicked(pane))
                return


def name_of(scene: Scene, pane: Pane) -> str:
    """What a tab is called."""
    return (scene.left.value if pane is Pane.VIEW else pane.value).capitalize()


def fact(scene: Scene, pane: Pane) -> str:
    """A tab's count in words."""
    answers = scene.answers
    match pane:
        case Pane.STATE if answers.state is not None:
            return f"{answers.state.sick} sick" if answers.state.sick else ""
        case Pane.CHANGED:
            return count(len(answers.changes)) if answers.changes else ""
        case Pane.WHY if answers.why is not None and answers.why.links:
            return count(len(answers.why.links))
        case Pane.RESULT if answers.result is not None and answers.result.table is not None:
            return count(answers.result.table.total)
        case _:
            return ""
