"""The event log as a widget: a window of rows on any number of events."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.strip import Strip

from traversion_data import schema
from traversion_tui.formats import count, event_name
from traversion_tui.messages import PaneFocused, PickRow
from traversion_tui.reading.gaps import LETTER, fitting, with_gaps
from traversion_tui.reading.repeats import folded_page
from traversion_tui.reading.rows import LogRow
from traversion_tui.render.log import LogLayout, anchor, paint_row, playhead_line, service_width
from traversion_tui.render.title import paint_note, paint_title
from traversion_tui.scene import Pane, Scene
from traversion_tui.state import Follow
from traversion_tui.text import NOTHING, SafeText, safe
from traversion_tui.widgets.painted import Painted


class EventLog(Painted, can_focus=True):
    """Rows by position with the playhead's line between known and ahead."""

    pane = Pane.EVENTS

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.top = 0
        self.titled = True
        self._service = 0
        self._lines: list[LogRow | None] = []
        self._placed_for: tuple[object, ...] = ()

    @property
    def room(self) -> int:
        """Rows of events that fit."""
        return max(self.size.height - self.titled, 1)

    def paint(self, scene: Scene, width: int) -> list[Strip]:
        """Title, rows, and the playhead's line among them."""
        title = [self._title(scene, width)] if self.titled else []
        if not scene.view.height and scene.marks.view.height:
            text = "no event passes the filters; ctrl+f switches them off"
            return [*title, paint_note(text, width, scene.look)]
        if not scene.view.height:
            text = _nothing(scene)
            return [*title, paint_note(text, width, scene.look)]
        known, room = scene.known, self.room
        self._scroll(scene, known, room)
        first = self.top - (self.top > known)
        last = self.top + room > scene.view.height and self.top <= known
        playhead, cursor = scene.state.playhead, scene.state.cursor
        page = folded_page(scene.view, first, room - last, playhead, cursor)
        rows = with_gaps(page, scene.view, scene.marks.view, playhead)
        rows = fitting(rows, room - last, cursor, end=last)
        self._service = service_width(rows, width, self._service)
        layout = LogLayout(self._service)
        strips = [
            paint_row(
                row, width, scene.look, scene.times, layout,
                selected=row.position == scene.state.cursor,
            )
            for row in rows
        ]  # fmt: skip
        at, away = _line_among(rows, known, room)
        taken = slice(at, at + 1 if away else at)
        strips[taken] = [playhead_line(width, scene.look, scene.view.height - known, away)]
        self._lines = [None if row.letter == LETTER else row for row in rows]
        self._lines[taken] = [None]
        return [*title, *strips[:room]]

    def _scroll(self, scene: Scene, known: int, room: int) -> None:
        state = scene.state
        cursor = state.cursor
        seen = (state.playhead, cursor, room, scene.shown)
        if seen == self._placed_for:
            return
        live = state.follow is Follow.LIVE
        moved = not self._placed_for or self._placed_for[0] != state.playhead
        self._placed_for = seen
        line = None if cursor is None else cursor + (cursor >= known)
        top = known - room * 2 // 3 if state.playing else known if live else self.top
        self.top = anchor(
            top, room, scene.view.height + 1, cursor=line, playhead=known, follow=moved and not live
        )

    def _title(self, scene: Scene, width: int) -> Strip:
        state = scene.state
        total = f"{count(scene.view.height)}"
        kept = filtered(scene)
        if kept:
            facts = [kept, f"{total} of {count(scene.marks.view.height)}"]
            return paint_title(
                "Events", facts, width, scene.look, focused=scene.focus is Pane.EVENTS
            )
        facts = [f"{total} events", "all levels, all services"]
        if state.cursor is not None:
            seq = int(scene.view.page(state.cursor, 1)[schema.SEQ][0])
            facts[0] = f"{event_name(seq)} of {count(scene.view.height)}"
        focused = scene.focus is Pane.EVENTS
        return paint_title("Events", facts, width, scene.look, focused=focused)

    def on_focus(self) -> None:
        """Tell the app."""
        self.post_message(PaneFocused(Pane.EVENTS))

    def on_click(self, event: events.Click) -> None:
        """Select the event under the pointer."""
        at = event.y - self.titled
        if 0 <= at < len(self._lines) and (row := self._lines[at]) is not None:
            self.post_message(PickRow(row.position))

    def beside(self, position: int, rows: int) -> int:
        """The position so many rows further down or up; what is not in view counts by events."""
        shown = [row.run for row in self._lines if row is not None] if self.display else []
        at = next((index for index, run in enumerate(shown) if position in run), None)
        if at is None:
            return position + rows
        if 0 <= at + rows < len(shown):
            return shown[at + rows].start
        return (shown[-1].stop - 1 if rows > 0 else shown[0].start) + rows

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Look three rows further down; the cursor stays where it is."""
        self._look(event, 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Look three rows further up."""
        self._look(event, -3)

    def _look(self, event: events.MouseEvent, rows: int) -> None:
        event.stop()
        shown = [row.run for row in self._lines if row is not None]
        if self.scene is not None and shown:
            known, lines = self.scene.known, self.scene.view.height + 1
            to = shown[min(rows, len(shown) - 1)].start if rows > 0 else shown[0].start + rows
            self.top = max(min(to + (to >= known), lines - self.room), 0)
            self.repaint()


def _line_among(rows: Sequence[LogRow], known: int, room: int) -> tuple[int, str]:
    """Where the playhead's line stands among rows, and how far off it is if that is elsewhere."""
    at = sum(not row.ahead for row in rows)
    if at >= room:
        return room - 1, f"{count(known - rows[room - 1].run.start)} events down"
    if at == 0 and rows and rows[0].run.start > known:
        return 0, f"{count(rows[0].run.stop - known)} events up"
    return at, ""


def _nothing(scene: Scene) -> str:
    """Why there is no event to show."""
    loading = scene.loading
    if loading.done and scene.state.follow is not Follow.NONE:
        return "nothing yet: events are shown as they are written"
    if loading.done:
        return loading.failure or "no events in this recording"
    share = "" if loading.share is None else f"   {loading.share:.0%} read"
    return f"loading   {count(loading.stored)} events so far{share}   ctrl+c stops"


def filtered(scene: Scene) -> SafeText:
    """The predicate that the events shown pass; nothing where all are shown."""
    shown = scene.shown is not scene.marks
    return safe(scene.state.predicate or "being switched") if shown else NOTHING
