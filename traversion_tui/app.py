"""The console: one frozen state, changed by actions, shown by panes, filled in by workers."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from time import monotonic_ns
from typing import Final

import numpy as np
from textual import events
from textual.app import App
from textual.driver import Driver
from textual.theme import Theme
from textual.timer import Timer

from traversion_data import schema
from traversion_data.model import TimeRange
from traversion_data.store.view import StoreView
from traversion_tui import live, messages, playhead, suggesting, transport
from traversion_tui.actions import BY_ID
from traversion_tui.answers import NO_ANSWERS
from traversion_tui.deeds import DEEDS
from traversion_tui.filtering import filter_by
from traversion_tui.growing import loaded
from traversion_tui.keyboard import Keyboard
from traversion_tui.keys import USUAL_KEYS, Keys
from traversion_tui.landmarks import Landmarks
from traversion_tui.loading import Load, resident_bytes
from traversion_tui.moves import MOVES, Here
from traversion_tui.panes import context_of, state_job, view_job, why_job
from traversion_tui.receive import receive
from traversion_tui.recording import Recording
from traversion_tui.render.scrubber import layout
from traversion_tui.scene import NOT_LOADING, Loading, Pane, Scene
from traversion_tui.screens.main import MainScreen
from traversion_tui.seldom import Seldom
from traversion_tui.state import Follow, ViewState
from traversion_tui.text import NOTHING, safe
from traversion_tui.theme import Look, choose
from traversion_tui.views import View
from traversion_tui.workers import Channel, Turns

FRAME: Final = 1 / 30
REMOTE_FRAME: Final = 1 / 15
"""Seconds between frames of play; over ssh half as many."""

MEMORY_SECONDS: Final = 2.0

AWAITED: Final = ("ask", "find", "change", "help")
"""Channels whose answers decide what the keys typed meanwhile mean."""

FOLLOWING: Final = frozenset({"state", "why", "view"})
"""Channels whose answers follow the playhead: they take turns."""

_NOWHERE: Final = ViewState(TimeRange(0, 0), TimeRange(0, 0), 0)


class TraversionApp(App[None], inherit_bindings=False):
    """Shows a recording; without one the start screen. `apply` is the only way to another state.

    `demo` makes the bundled incident's recording. `clock` (ns) and `memory` (bytes) are asked for
    the time that passes in play and for this process's size.
    """

    TITLE = "Traversion"
    ENABLE_COMMAND_PALETTE = False

    def __init__(
        self,
        recording: Recording | None = None,
        *,
        look: Look | None = None,
        demo: Callable[[], Recording] | None = None,
        clock: Callable[[], int] = monotonic_ns,
        memory: Callable[[], int] = resident_bytes,
        driver: type[Driver] | None = None,
        keys: Keys = USUAL_KEYS,
    ) -> None:
        self.look = look or choose(os.environ, sys.stdout.encoding or "ascii")
        super().__init__(driver, ansi_color=True if self.look.palette.native else None)
        self.recording = recording
        self.make_demo = demo
        self.state = _NOWHERE
        self.marks = Landmarks(StoreView(schema.empty()))
        self.shown = self.marks
        self.answers = NO_ANSWERS
        self.loading = NOT_LOADING
        self.load: Load | None = None
        self.pane = self.tab = Pane.EVENTS
        self.left_view = View.LOG
        self.solo = self.card = False
        self.note = NOTHING
        self.hits: tuple[str, np.ndarray] = ("", np.array([], dtype=np.int64))
        self.keys = keys
        self.main = MainScreen(keys)
        self.keyboard = Keyboard(self)
        following = Turns()
        self.channels = {
            name: Channel(self, name, following if name in FOLLOWING else None)
            for name in ("state", "why", "ask", "find", "filter", "view", "change", "help")
        }
        self.seldom = {
            "state": Seldom(self.ask_state, self.set_timer),
            "why": Seldom(self.ask_why, self.set_timer),
            "view": Seldom(self.ask_view, self.set_timer),
        }
        self.interrupted = self.leaving = self.mouse_released = False
        self.asked = ""
        self.left: tuple[Pane, bool] = (Pane.EVENTS, False)
        self._clock = clock
        self.weigh = memory
        self.memory = memory()
        self._ticked = 0
        self._ticker: Timer | None = None
        self._wear(self.look)

    def _wear(self, look: Look) -> None:
        palette = look.palette
        if palette.native:
            self.theme = "ansi-dark" if palette.dark else "ansi-light"
            return
        colours = {role: ink.colour or "" for role, ink in palette.inks.items()}
        theme = Theme(
            name="traversion",
            primary=colours["accent"],
            background=colours["bg"],
            surface=colours["surface"],
            foreground=colours["text"],
            dark=palette.dark,
        )
        self.register_theme(theme)
        self.theme = "traversion"

    async def on_mount(self) -> None:
        """Open what there is to open."""
        frame = REMOTE_FRAME if os.environ.get("SSH_TTY") else FRAME
        self._ticker = self.set_interval(frame, self._tick, pause=True)
        self.set_interval(MEMORY_SECONDS, self._weigh)
        await self.push_screen(self.main)
        self.main.give_focus(Pane.EVENTS)
        if self.recording is None:
            DEEDS["start"](self)
        else:
            self.open(self.recording)
        for note in self.keys.notes[:1]:
            self.say(f"{note}   {self.keys.first('help')} help")

    def on_unmount(self) -> None:
        """Let no thread that still reads or computes hold the way out."""
        for channel in self.channels.values():
            channel.cancel()
        if self.recording is not None:
            self.recording.cancel()

    def open(self, recording: Recording) -> None:
        """Show another recording, loading it meanwhile."""
        self.recording = recording
        follow = Follow.LIVE if recording.terms.grows else Follow.NONE
        self.state = replace(_NOWHERE, zone=recording.zone, follow=follow)
        self.loading = Loading(done=False)
        self.load = Load(recording, self.post_message)
        self.run_worker(self.load, thread=True, exit_on_error=False)
        self.push()

    def scene(self) -> Scene:
        """The frame that shows everything known now."""
        return Scene(
            state=self.state,
            marks=self.marks,
            shown=self.shown,
            look=self.look,
            answers=self.answers,
            name=safe(self.recording.name) if self.recording else NOTHING,
            focus=self.pane,
            tab=self.tab,
            left=self.left_view,
            solo=self.solo,
            card=self.card,
            loading=self.loading,
            redacted=self.recording is None or self.recording.terms.redacted,
            note=self.note,
            memory=self.memory,
        )

    def _weigh(self) -> None:
        self.memory = self.weigh()
        self.push()

    def push(self) -> None:
        """Send the newest scene down."""
        if self.main.is_mounted:
            self.main.show(self.scene())

    def apply(self, state: ViewState) -> None:
        """Take another state and show it; the panes' answers follow from the workers."""
        before = self.state
        state = live.settled(before, state, self.shown.view, self.marks.view.height)
        self.state = state
        if state.playing != before.playing and self._ticker is not None:
            self._ticked = self._clock()
            (self._ticker.resume if state.playing else self._ticker.pause)()
        if state.playhead != before.playhead:
            self.ask_state()
        if _place(state) != _place(before):
            if not state.playing:
                self.ask_why()
            self.ask_view()
        self.push()

    def say(self, sentence: str) -> None:
        """Put a sentence in the status row until the next key."""
        self.note = safe(sentence)
        self.push()

    def action_act(self, id_: str) -> None:
        """Do what the registry's action says."""
        self.note, self.card = NOTHING, self.card and id_ in {"card", "escape"}
        self.interrupted = self.interrupted and id_ == "interrupt"
        self.leaving = self.leaving and id_ == "leave"
        action = BY_ID[id_]
        if action.later:
            self.say(f"{action.label} is not available in this version.")
        elif self.pane is Pane.RESULT and id_ in {"cell_back", "cell_forward"}:
            self.main.result.shift(1 if id_ == "cell_forward" else -1)
        elif move := MOVES.get(id_):
            width = layout(self.size.width, self.size.height).width
            moved = move(Here(self.state, self.shown, width))
            if isinstance(moved, str):
                self.say(moved)
            else:
                self.apply(moved)
        else:
            DEEDS[id_](self)

    def ask_panes(self) -> None:
        """Have all panes that follow the playhead answered."""
        self.ask_state()
        self.ask_why()
        self.ask_view()

    def ask_state(self) -> None:
        """Have STATE computed for the playhead."""
        job = state_job(self.marks.view, self.state.playhead)
        self.channels["state"].ask(self.state.generation, job)

    def ask_why(self) -> None:
        """Have the causes of the selected event looked up."""
        context = context_of(self.state, self.shown.view)
        if self.recording is None or context.selected is None:
            return
        job = why_job(self.recording.session, self.marks.view, context.selected, context)
        self.channels["why"].ask(self.state.generation, job)

    @property
    def left_pane(self) -> Pane:
        """The pane on the left: the log, or the view in its place."""
        return Pane.EVENTS if self.left_view is View.LOG else Pane.VIEW

    def ask_view(self) -> None:
        """Have the left pane's view answered for the moment and the selected event."""
        if self.recording is not None and self.left_view is not View.LOG:
            context = context_of(self.state, self.shown.view)
            job = view_job(self.recording.session, self.left_view, context)
            self.channels["view"].ask(self.state.generation, job)

    def _tick(self) -> None:
        now = self._clock()
        elapsed, self._ticked = now - self._ticked, now
        self.apply(live.tick(self.state, self.shown.view, elapsed))

    def focus_pane(self, pane: Pane) -> None:
        """Give a pane the focus; where one pane has the room it gets the room too."""
        if pane not in {Pane.SCRUBBER, Pane.PROMPT}:
            self.tab = pane
        if pane is not Pane.PROMPT:
            self.main.prompt.rest()
        self.pane = pane
        self.push()
        self.main.give_focus(pane)

    async def on_event(self, event: events.Event) -> None:
        """Keys and pastes go where the state says; all else goes Textual's way."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            if self.main.is_mounted:
                self.keyboard.take(event)
        elif isinstance(event, events.Paste) and not event.is_forwarded:
            self.keyboard.paste(event.text)
        else:
            await super().on_event(event)

    def open_prompt(self, mode: str, text: str = "") -> None:
        """Let a line of a kind be typed, with a text to start from."""
        self.main.prompt.open(mode, text)
        self.focus_pane(Pane.PROMPT)
        suggesting.ask(self)

    def give_up(self) -> None:
        """Wait no longer for the answer under way."""
        for name in AWAITED:
            self.channels[name].cancel()
        self.say("cancelled")

    def on_pane_focused(self, message: messages.PaneFocused) -> None:
        """Follow the pointer; of a focus that has moved on since, nothing remains to be done."""
        if message.pane is not self.pane and self.main.has_given_focus(message.pane):
            self.focus_pane(message.pane)

    def on_tab_picked(self, message: messages.TabPicked) -> None:
        """Open a tab."""
        self.focus_pane(message.pane)

    def on_seek_cell(self, message: messages.SeekCell) -> None:
        """Move the playhead to the pointer."""
        view = self.shown.view
        self.apply(transport.seek_cell(self.state, view, message.cell, message.width))

    def on_seek_share(self, message: messages.SeekShare) -> None:
        """Move the playhead to a place of the whole recording."""
        share = min(max(message.share, 0.0), 1.0)
        self.apply(playhead.percent(self.state, self.shown.view, share * 100))

    def on_zoom_at(self, message: messages.ZoomAt) -> None:
        """Zoom at the pointer."""
        about = transport.cell_start(self.state.window, message.cell, message.width)
        self.apply(transport.zoom(self.state, message.factor, about))

    def on_pan(self, message: messages.Pan) -> None:
        """Move the window."""
        self.apply(transport.pan(self.state, self.shown.view, message.share))

    def on_mark_edges(self, message: messages.MarkEdges) -> None:
        """Set both edges."""
        self.apply(transport.set_edges(self.state, message.first, message.last))

    def on_look_at(self, message: messages.LookAt) -> None:
        """Zoom to a stretch of time."""
        self.apply(transport.look_at(self.state, self.shown.view, message.window))

    def on_pick_row(self, message: messages.PickRow) -> None:
        """Select an event of the log."""
        self.apply(playhead.select(self.state, self.shown.view, message.position))

    @property
    def narrow(self) -> bool:
        """Whether the screen has room for one pane at a time only."""
        return layout(self.size.width, self.size.height).compact

    def selected(self) -> int | None:
        """The selected event's position in the whole recording."""
        seq = context_of(self.state, self.shown.view).selected
        return None if seq is None else self.marks.view.row(seq)

    def go_to_event(self, seq: int) -> None:
        """Select an event by its number, at the moment when how it ended became known."""
        events = self.marks.view
        position = events.row(seq)
        if position is None:
            self.say("that event is not in this recording")
            return
        if self.shown.view.row(seq) is None:
            filter_by(self, self.state.where, on=False)
            self.say("filters off: that event does not pass them")
        known = events.page(position, 1, [schema.TIME, schema.END_TIME]).row(0)
        time = max(moment for moment in known if moment is not None)
        self.apply(playhead.jump(self.state, self.shown.view, time, self.shown.view.row(seq)))

    def on_answered(self, message: messages.Answered) -> None:
        """Show what a worker found out."""
        receive(self, message)
        seconds = self.channels[message.channel].answered()
        if message.channel in FOLLOWING:
            self.seldom[message.channel].cost(seconds)
        self.push()
        if message.channel in AWAITED and not self.channels[message.channel].busy:
            if message.error is not None:
                self.keyboard.drop()
            elif not any(self.channels[name].busy for name in AWAITED):
                self.keyboard.release()

    def on_loaded(self, message: messages.Loaded) -> None:
        """Show what has been read so far."""
        loaded(self, message)
        self.push()


def _place(state: ViewState) -> tuple[object, ...]:
    """What the answers about a moment and an event hang on."""
    return state.cursor, state.playhead, state.playing, state.follow
