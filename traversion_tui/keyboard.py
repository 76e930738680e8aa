"""Where a key goes: each one meant for what the keys before it left, however fast they come.

Textual sends a key to whatever had the focus when it was read, so keys that are typed ahead of a
change of focus would act on the wrong pane. Here the console's own state decides, in order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from textual import events

from traversion_tui import suggesting
from traversion_tui.actions import BY_ID
from traversion_tui.receive import entered
from traversion_tui.scene import Pane
from traversion_tui.widgets.prompt import Line

if TYPE_CHECKING:
    from traversion_tui.app import TraversionApp

MOST_HELD: Final = 1024
"""Keys kept while an answer is waited for; more than that is a stuck key."""

_COMPLETING: Final = frozenset({"tab", "shift+tab"})

OneKey = Callable[[str | None], None]
"""Takes the character of a single key, None for esc."""


@runtime_checkable
class TakesKeys(Protocol):
    """A screen over the console that reads its keys itself."""

    def take_key(self, event: events.Key) -> None:
        """Do what a key says."""
        ...


class Keyboard:
    """Takes keys one after the other; used from the app's own message handler only."""

    def __init__(self, app: TraversionApp) -> None:
        self._app = app
        self._once: OneKey | None = None
        self._waits = False
        self._held: list[events.Key] = []

    def once(self, do: OneKey) -> None:
        """Let the next key be a letter for `do`, whatever it means elsewhere."""
        self._once = do

    def hold(self) -> None:
        """Keep keys until `release`: what they mean depends on an answer under way."""
        self._waits = True

    def release(self) -> None:
        """The answer is there: the keys typed meanwhile are meant for what it opened."""
        self._waits = False
        while self._held and not self._waits:
            self.take(self._held.pop(0))

    def drop(self) -> None:
        """Nothing is waited for any more, and what was typed for it means nothing."""
        self._waits = False
        self._held.clear()

    def take(self, event: events.Key) -> None:
        """Do what a key says where it was typed."""
        app, screen = self._app, self._app.screen
        if event.key in BY_ID["interrupt"].keys:
            self.drop()
            app.action_act("interrupt")
        elif isinstance(screen, TakesKeys):
            screen.take_key(event)
        elif self._waits:
            self._wait(event)
        elif self._once is not None:
            do, self._once = self._once, None
            do(None if event.key == "escape" else event.character or event.key)
        elif self._completes_ahead(event):
            self._waits = True
            self._held.insert(0, event)
        elif app.pane is Pane.PROMPT and (line := app.main.prompt.take_key(event)) is not None:
            self._typed(line)
        elif (action := app.keys.action_of(event.key, app.pane)) is not None:
            app.action_act(action.id)

    def _completes_ahead(self, event: events.Key) -> bool:
        """Whether an offer is to be taken that is still being looked for."""
        app = self._app
        typing = app.pane is Pane.PROMPT and app.main.prompt.mode == "timeql"
        return typing and event.key in _COMPLETING and app.channels["help"].busy

    def _typed(self, line: Line) -> None:
        app, prompt = self._app, self._app.main.prompt
        if line is Line.ENTERED:
            suggesting.close(app)
            entered(app, prompt.mode, prompt.edited.text.strip())
        elif line is Line.LEFT:
            app.focus_pane(app.tab)
        elif line is Line.EDITED:
            suggesting.ask(app)
        else:
            suggesting.step(app, 1 if line is Line.ONWARD else -1)

    def _wait(self, event: events.Key) -> None:
        if event.key == "escape":
            self.drop()
            self._app.give_up()
        elif len(self._held) < MOST_HELD:
            self._held.append(event)

    def paste(self, text: str) -> None:
        """Put pasted text where text is typed; elsewhere it is no keys."""
        app = self._app
        if app.screen is app.main and app.pane is Pane.PROMPT:
            app.main.prompt.paste(text)
            suggesting.ask(app)
        elif app.screen is app.main:
            app.say("a paste goes into the prompt: press : first")
