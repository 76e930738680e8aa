"""The scrubber as a widget: what is pointed at becomes a message."""

from __future__ import annotations

from textual import events
from textual.strip import Strip

from traversion_tui.bursts import burst
from traversion_tui.messages import (
    LookAt,
    MarkEdges,
    Pan,
    PaneFocused,
    SeekCell,
    SeekShare,
    ZoomAt,
)
from traversion_tui.reading import hits
from traversion_tui.reading.density import track
from traversion_tui.reading.gaps import cells
from traversion_tui.render.scrubber import Layout, Scrubber, layout, paint
from traversion_tui.scene import Pane, Scene
from traversion_tui.text import safe
from traversion_tui.transport import cell_end, cell_start
from traversion_tui.widgets.painted import UNHURRIED, Painted

WHEEL = 0.8


class ScrubberPane(Painted, can_focus=True):
    """Click and drag seek, twice fits a burst; the wheel zooms; shift draws A..B, or pans."""

    pane = Pane.SCRUBBER
    patience = UNHURRIED
    _drawn_from: int | None = None

    @property
    def plan(self) -> Layout:
        """Where the track stands."""
        return layout(self.app.size.width, self.app.size.height)

    def paint(self, scene: Scene, width: int) -> list[Strip]:
        """The scrubber's rows."""
        plan = layout(self.app.size.width, self.app.size.height)
        return paint(model_of(scene, plan), width, scene.look)

    def on_focus(self) -> None:
        """Tell the app."""
        self.post_message(PaneFocused(Pane.SCRUBBER))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Seek, or start to draw A..B, and follow the pointer from here."""
        self.capture_mouse()
        self._drawn_from = event.x - self.plan.left if event.shift else None
        if not event.shift:
            self._seek(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Seek or draw live while the button is down."""
        if event.button and self.app.mouse_captured is self:
            self._follow(event)

    def on_mouse_up(self) -> None:
        """Let the pointer go."""
        self.release_mouse()

    def on_click(self, event: events.Click) -> None:
        """The second click in a row fits the burst under the pointer."""
        scene, plan = self.scene, self.plan
        if event.chain != 2 or event.shift or scene is None or not scene.marks.view.height:
            return
        whole = event.y == self._overview
        window = scene.state.whole if whole else scene.state.window
        counts = track(scene.marks if whole else scene.shown, window, plan.width)
        self.post_message(LookAt(burst(counts, event.x - plan.left)))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zoom in at the pointer, or pan to the left."""
        self._wheel(event, WHEEL, -0.1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zoom out at the pointer, or pan to the right."""
        self._wheel(event, 1 / WHEEL, 0.1)

    def _wheel(self, event: events.MouseEvent, factor: float, share: float) -> None:
        event.stop()
        if event.shift:
            self.post_message(Pan(share))
        else:
            plan = self.plan
            self.post_message(ZoomAt(factor, event.x - plan.left, plan.width))

    @property
    def _overview(self) -> int:
        """The minimap's row."""
        return 2 if self.plan.compact else 0

    def _follow(self, event: events.MouseEvent) -> None:
        plan, scene, first = self.plan, self.scene, self._drawn_from
        if first is None:
            self._seek(event)
        elif scene is not None:
            whole = event.y == self._overview
            window = scene.state.whole if whole else scene.state.window
            cells = sorted((first, event.x - plan.left))
            self.post_message(
                MarkEdges(
                    cell_start(window, cells[0], plan.width), cell_end(window, cells[1], plan.width)
                )
            )

    def _seek(self, event: events.MouseEvent) -> None:
        plan = self.plan
        cell = event.x - plan.left
        if event.y == self._overview:
            self.post_message(SeekShare((cell + 1) / plan.width))
        else:
            self.post_message(SeekCell(cell, plan.width))


def model_of(scene: Scene, plan: Layout) -> Scrubber:
    """What the scrubber shows of a scene."""
    state, result = scene.state, scene.answers.result
    empty = not scene.marks.view.height
    loaded = 1.0 if scene.loading.done or scene.loading.share is None else scene.loading.share
    known = max(round(loaded * plan.width), 1)
    onset = None if empty or not len(scene.marks.errors.known) else int(scene.marks.errors.known[0])
    return Scrubber(
        layout=plan,
        times=scene.times,
        playhead=state.playhead,
        track=None if empty else track(scene.shown, state.window, plan.width),
        overview=None if empty else track(scene.marks, state.whole, known),
        marks=state.marks,
        bookmarks=tuple((safe(name), mark.time) for name, mark in state.bookmarks.items()),
        onset=onset,
        gaps=(
            cells(scene.marks.view.gaps, state.window, plan.width),
            cells(scene.marks.view.gaps, state.whole, known),
        ),
        hits=hits.cells(result.table if result else None, state.window, plan.width),
        focused=scene.focus is Pane.SCRUBBER,
        filtered=scene.shown is not scene.marks,
    )
