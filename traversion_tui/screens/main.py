"""The console's screen: panes on one playhead, arranged for the size there is."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from traversion_tui.keys import USUAL_KEYS, Keys
from traversion_tui.render.scrubber import SMALLEST, layout
from traversion_tui.scene import Pane, Scene
from traversion_tui.views import View
from traversion_tui.widgets.answer_panes import ChangedPane, StatePane, WhyPane
from traversion_tui.widgets.chrome import (
    Card,
    Divider,
    FooterRow,
    Notice,
    SickRow,
    StatusRow,
    TabsRow,
)
from traversion_tui.widgets.event_log import EventLog
from traversion_tui.widgets.painted import Painted
from traversion_tui.widgets.prompt import PromptRow
from traversion_tui.widgets.result_pane import ResultPane
from traversion_tui.widgets.rows import Rows
from traversion_tui.widgets.scrubber import ScrubberPane
from traversion_tui.widgets.suggestions import Suggestions
from traversion_tui.widgets.view_pane import ViewPane

CHANGED_ROWS: Final = 5
STATE_SHARE: Final = 0.45


class MainScreen(Screen[None], inherit_bindings=False):
    """Lays the panes out; what they show comes down in one scene."""

    CSS_PATH = "main.tcss"
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, keys: Keys = USUAL_KEYS) -> None:
        super().__init__()
        self._keys = keys
        self.scene: Scene | None = None

    def compose(self) -> ComposeResult:
        """All panes; which of them are shown follows from size and tab."""
        yield StatusRow(id="status")
        yield ScrubberPane(id="scrubber")
        yield TabsRow(id="tabs")
        with Horizontal(id="body"):
            yield EventLog(id="events")
            yield ViewPane(id="view")
            yield Divider(id="divider")
            with Vertical(id="side"):
                yield StatePane(id="state")
                yield ChangedPane(id="changed")
                yield WhyPane(id="why")
            yield ResultPane(id="result")
            yield Card(id="card")
        yield SickRow(id="sick")
        yield PromptRow(id="prompt")
        yield FooterRow(self._keys, id="footer")
        yield Suggestions(id="suggestions")
        yield Notice(id="notice")

    @cached_property
    def panes(self) -> tuple[Painted, ...]:
        """All that is painted from a scene."""
        return tuple(self.query(Painted))

    @property
    def scrubber(self) -> ScrubberPane:
        """The scrubber."""
        return self.query_one(ScrubberPane)

    @property
    def prompt(self) -> PromptRow:
        """The prompt."""
        return self.query_one(PromptRow)

    @property
    def state_pane(self) -> StatePane:
        """The services."""
        return self.query_one(StatePane)

    @property
    def result(self) -> ResultPane:
        """The result."""
        return self.query_one(ResultPane)

    @property
    def view_pane(self) -> ViewPane:
        """The left pane's views besides the log."""
        return self.query_one(ViewPane)

    @property
    def event_log(self) -> EventLog:
        """The event log."""
        return self.query_one(EventLog)

    def rows_of(self, pane: Pane) -> Rows | None:
        """The pane if it is a list with a selected row of its own."""
        found = self.query_one(f"#{pane.value}")
        return found if isinstance(found, Rows) else None

    def give_focus(self, pane: Pane) -> None:
        """Focus a pane that is shown."""
        self.set_focus(self.query_one(f"#{pane.value}"), scroll_visible=False)

    def has_given_focus(self, pane: Pane) -> bool:
        """Whether a pane is the one with the focus."""
        return self.focused is not None and self.focused.id == pane.value

    def show(self, scene: Scene) -> None:
        """Pass a scene down."""
        before, self.scene = self.scene, scene
        if before is None or _frame(before) != _frame(scene):
            self.place()
        for pane in self.panes:
            pane.show(scene)

    def on_resize(self, event: events.Resize) -> None:
        """Arrange for the new size; playhead and selection stay."""
        del event
        self.place()

    def place(self) -> None:
        """Show, hide and size the panes for the screen's size and the tab that has the room."""
        scene = self.scene
        if scene is None:
            return
        width, height = self.app.size
        plan = layout(width, height)
        narrow, solo = plan.compact, scene.solo or plan.compact
        self.set_class(narrow, "-narrow")
        self.query_one("#scrubber").styles.height = plan.height
        small = width < SMALLEST[0] or height < SMALLEST[1]
        side = not solo or scene.tab in {Pane.STATE, Pane.CHANGED, Pane.WHY}
        card = scene.card and (narrow or not solo)
        left = not solo or (scene.tab in {Pane.EVENTS, Pane.VIEW} and not card)
        shown = {
            "notice": small,
            "status": not small,
            "scrubber": not small,
            "body": not small,
            "prompt": not small,
            "footer": not small,
            "tabs": solo and not small,
            "sick": narrow and not small,
            "card": card,
            "divider": not solo,
            "side": side and not card,
            "events": scene.left is View.LOG and left,
            "view": scene.left is not View.LOG and left,
            "state": not solo or scene.tab is Pane.STATE,
            "changed": scene.tab is Pane.CHANGED if solo else height >= 36,
            "why": not solo or scene.tab is Pane.WHY,
            "result": solo and scene.tab is Pane.RESULT and not card,
        }
        for name, display in shown.items():
            self.query_one(f"#{name}").display = display
        for pane in self.panes:
            pane.outdate()
            if isinstance(pane, EventLog | Rows):
                pane.titled = not solo
        self._size_side(scene, width, height, solo=solo)

    def _size_side(self, scene: Scene, width: int, height: int, *, solo: bool) -> None:
        state, changed = self.query_one("#state"), self.query_one("#changed")
        columns = (self.query_one("#side"), self.query_one("#card"))
        if solo:
            for column in columns:
                column.styles.width = "1fr"
            state.styles.height = changed.styles.height = "1fr"
            return
        for column in columns:
            column.styles.width = max(49, min(round(width * 0.483), 84))
        state.styles.height = 2 + max(min(scene.marks.services, round(height * STATE_SHARE) - 6), 3)
        changed.styles.height = CHANGED_ROWS


def _frame(scene: Scene) -> tuple[object, ...]:
    return scene.tab, scene.left, scene.solo, scene.card, scene.marks.services
