"""The scrubber as a widget: what is pointed at becomes a message."""

from __future__ import annotations

from textual import events
from textual.strip import Strip

from traversion_tui.messages import Pan, PaneFocused, SeekCell, SeekShare, ZoomAt
from traversion_tui.reading.density import track
from traversion_tui.render.scrubber import Layout, Scrubber, layout, paint
from traversion_tui.scene import Pane, Scene
from traversion_tui.text import safe
from traversion_tui.widgets.painted import Painted

WHEEL = 0.8


class ScrubberPane(Painted, can_focus=True):
    """Click seeks, drag seeks live, the wheel zooms at the pointer, with shift it pans."""

    pane = Pane.SCRUBBER

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
        """Seek, and follow the pointer from here."""
        self.capture_mouse()
        self._seek(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Seek live while the button is down."""
        if event.button and self.app.mouse_captured is self:
            self._seek(event)

    def on_mouse_up(self) -> None:
        """Let the pointer go."""
        self.release_mouse()

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

    def _seek(self, event: events.MouseEvent) -> None:
        plan = self.plan
        cell = event.x - plan.left
        overview = 2 if plan.compact else 0
        if event.y == overview:
            self.post_message(SeekShare((cell + 1) / plan.width))
        else:
            self.post_message(SeekCell(cell, plan.width))


def model_of(scene: Scene, plan: Layout) -> Scrubber:
    """What the scrubber shows of a scene."""
    state = scene.state
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
        focused=scene.focus is Pane.SCRUBBER,
        filtered=scene.shown is not scene.marks,
    )
