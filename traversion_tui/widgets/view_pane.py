"""The left pane's views besides the log: a trace, the stack, the map of calls."""

from __future__ import annotations

from textual.strip import Strip

from traversion_data.model import MILLISECOND
from traversion_engine.result import ResultTable
from traversion_tui.formats import count, duration
from traversion_tui.render import standing, waterfall
from traversion_tui.render.title import paint_notes, paint_title
from traversion_tui.scene import Pane, Scene
from traversion_tui.views import View
from traversion_tui.widgets.rows import Rows

TITLES = {View.TRACE: "Trace", View.STACK: "Stack", View.MAP: "Map"}


class ViewPane(Rows):
    """One view's answer, drawn as what it is."""

    pane = Pane.VIEW

    @property
    def table(self) -> ResultTable | None:
        """The answer of the view that is shown."""
        if self.scene is None or self.scene.answers.seen is None:
            return None
        seen = self.scene.answers.seen
        return seen.table if seen.view is self.scene.left else None

    def count(self) -> int:
        """Rows of the answer."""
        return self.table.shown if self.table is not None else 0

    def value(self, *names: str) -> str | int | None:
        """The selected row's value in the first of the columns that the answer has."""
        table = self.table
        if table is None or not table.shown:
            return None
        found = next((name for name in names if name in table.frame.columns), None)
        value = None if found is None else table.frame[found][self.selected]
        return value if isinstance(value, str | int) else None

    def paint(self, scene: Scene, width: int) -> list[Strip]:
        """Title, header, rows."""
        self.head = 1 + self.titled
        look, table = scene.look, self.table
        focused = scene.focus is Pane.VIEW
        title = TITLES.get(scene.left, "")
        facts = self._facts(scene, table)
        shown = [paint_title(title, facts, width, look, focused=focused)] if self.titled else []
        seen = scene.answers.seen
        if table is None or not table.shown:
            mine = seen is not None and seen.view is scene.left
            note = seen.note if seen is not None and mine else "looking"
            return [*shown, *paint_notes(note or _NOTHING[scene.left], width, look)]
        view = self.in_view()
        rows = table.frame.slice(view.start, len(view)).rows(named=True)
        match scene.left:
            case View.TRACE:
                start = int(table.frame["time"].min() or 0)  # type: ignore[arg-type]
                deepest = int(table.frame["depth"].max() or 0)  # type: ignore[arg-type]
                plan = waterfall.Waterfall.of(width, deepest, start, _length(table, start))
                shown.append(waterfall.paint_head(width, look, plan))
                shown += [
                    waterfall.paint_span(
                        row, scene.state.playhead, width, look, plan, selected=self.chosen(index)
                    )
                    for index, row in zip(view, rows, strict=True)
                ]
            case View.STACK:
                shown.append(standing.stack_head(width, look))
                shown += [
                    standing.paint_open(row, width, look, selected=self.chosen(index))
                    for index, row in zip(view, rows, strict=True)
                ]
            case _:
                names = table.frame["caller"].drop_nulls().str.len_chars().max()
                caller = min(int(names) if isinstance(names, int) else 6, 16)
                shown.append(standing.map_head(width, look, max(caller, 6)))
                shown += [
                    standing.paint_call(
                        row, width, look, max(caller, 6), selected=self.chosen(index),
                        first=at == 0 or rows[at - 1]["caller"] != row["caller"],
                    )
                    for at, (index, row) in enumerate(zip(view, rows, strict=True))
                ]  # fmt: skip
        return shown

    @staticmethod
    def _facts(scene: Scene, table: ResultTable | None) -> list[str]:
        if table is None:
            return []
        match scene.left:
            case View.TRACE if table.shown:
                start = int(table.frame["time"].min() or 0)  # type: ignore[arg-type]
                spans = f"{count(table.total)} span{'s' if table.total != 1 else ''}"
                return [duration(_length(table, start)), spans]
            case View.STACK:
                return ["at the playhead", f"{count(table.total)} open"]
            case _:
                return ["60 s to the playhead", f"{count(table.total)} edges"]


_NOTHING = {
    View.TRACE: "the selected event belongs to no trace",
    View.STACK: "nothing is open at the playhead",
    View.MAP: "no calls in the 60 s before the playhead",
    View.LOG: "",
}


def _length(table: ResultTable, start: int) -> int:
    """From the first start to the last end, ns."""
    took = (table.frame["duration_ms"].fill_null(0.0) * MILLISECOND).cast(int)
    end = (table.frame["time"] + took).max()
    return max(int(end) - start, 1) if isinstance(end, int) else 1
