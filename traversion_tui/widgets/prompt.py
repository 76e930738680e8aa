"""The prompt as a widget: it takes keys for itself while it has the focus."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, auto

from textual import events
from textual.strip import Strip

from traversion_tui.editor import LONGEST, Edited, History, insert, press
from traversion_tui.formats import count, duration
from traversion_tui.messages import PaneFocused
from traversion_tui.render.prompt import NOTE, Prompt, error_rows, paint_prompt
from traversion_tui.scene import Pane, Scene
from traversion_tui.text import NOTHING, SafeText, safe
from traversion_tui.widgets.painted import Painted

ERROR_ROWS = 2


class Line(Enum):
    """What a key did to the line."""

    EDITED = auto()
    ENTERED = auto()
    LEFT = auto()
    ONWARD = auto()
    BACK = auto()


class PromptRow(Painted, can_focus=True):
    """One line to type a statement, a moment or a text to find; errors stand under it."""

    pane = Pane.PROMPT

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.mode = "timeql"
        self.edited = Edited()
        self.too_long = NOTHING
        self._kept = ""
        self._histories: dict[str, History] = {}

    @property
    def history(self) -> History:
        """Lines entered in this mode."""
        return self._histories.get(self.mode, History())

    @property
    def statements(self) -> tuple[str, ...]:
        """Statements entered, the newest last."""
        return self._histories.get("timeql", History()).lines

    def open(self, mode: str, text: str = "") -> None:
        """Be ready for a line of a kind, with a text to start from."""
        if self.mode == "timeql":
            self._kept = self.edited.text
        answered = self._histories.get(mode, History()).lines[-1:] == (self.edited.text.strip(),)
        if mode != self.mode or text or answered:
            self.edited = Edited.at_end(text)
        self.mode = mode
        self.repaint()

    def rest(self) -> None:
        """Be a prompt for statements again, with what was typed there."""
        if self.mode != "timeql":
            self.mode, self.edited = "timeql", Edited.at_end(self._kept)
        self.repaint()

    def paint(self, scene: Scene, width: int) -> list[Strip]:
        """The row typed into and the error's rows."""
        error = self._error(scene)
        model = Prompt(
            mode=self.mode,
            edited=self.edited,
            focused=scene.focus is Pane.PROMPT,
            facts=self._facts(scene),
            hint=safe("press : to ask, ? for help"),
            error=error,
        )
        self.styles.height = 1 + error_rows(model, width)
        return paint_prompt(model, width, scene.look)

    def _error(self, scene: Scene) -> tuple[SafeText, ...]:
        if self.too_long:
            return (self.too_long,)
        result = scene.answers.result
        if result is None or scene.focus is not Pane.PROMPT or self.mode != "timeql":
            return ()
        asked = result.statement == safe(self.edited.text.strip())
        return result.error[-ERROR_ROWS:] if asked else ()

    def _facts(self, scene: Scene) -> str:
        if self.mode.startswith(NOTE):
            return "enter without a note skips"
        if scene.answers.asking:
            return "asking   ctrl+c cancels"
        result = scene.answers.result
        if result is None or result.table is None or result.error or self.mode != "timeql":
            return ""
        total = result.table.total
        rows = f"{count(total)} row{'s' if total != 1 else ''}"
        return f"{rows}   {duration(result.table.elapsed)}"

    def on_focus(self) -> None:
        """Tell the app."""
        self.post_message(PaneFocused(Pane.PROMPT))

    def paste(self, text: str) -> None:
        """Insert what is pasted, as one line."""
        self._change(insert(self.edited, text))

    def take_key(self, event: events.Key) -> Line | None:
        """What a key does to the line; None for a key that means nothing here."""
        match event.key:
            case "enter":
                return self._enter()
            case "escape":
                return Line.LEFT
            case "tab" if self._completes:
                return Line.ONWARD
            case "shift+tab" if self._completes:
                return Line.BACK
            case "up" | "ctrl+up":
                self._recall(*self.history.older(self.edited.text))
            case "down" | "ctrl+down":
                self._recall(*self.history.newer(self.edited.text))
            case key if (edited := press(self.edited, key)) is not None:
                self._change(edited)
            case _ if event.character and event.is_printable:
                self._change(insert(self.edited, event.character))
            case _:
                return None
        return Line.EDITED

    def put(self, edited: Edited) -> None:
        """Take an offer for what is typed."""
        self._change(edited)

    @property
    def _completes(self) -> bool:
        return self.mode == "timeql" and bool(self.edited.text.strip())

    def _change(self, edited: Edited | None) -> None:
        if edited is None:
            self.too_long = safe(f"a statement has at most {count(LONGEST)} characters")
        else:
            self.edited, self.too_long = edited, NOTHING
            self._histories[self.mode] = replace(self.history, at=0)
        self.repaint()

    def _recall(self, history: History, text: str) -> None:
        self._histories[self.mode] = history
        self.edited = Edited.at_end(text)
        self.repaint()

    def _enter(self) -> Line:
        text = self.edited.text.strip()
        if not text:
            return Line.LEFT
        self._histories[self.mode] = self.history.entered(text)
        return Line.ENTERED
