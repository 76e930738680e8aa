"""The table of the prompt's last statement."""

from __future__ import annotations

from typing import Any

from textual.strip import Strip

from traversion_engine.result import ResultColumn, ResultTable, Role
from traversion_tui.formats import count, duration
from traversion_tui.render.table import grid, paint_header, paint_row
from traversion_tui.render.title import paint_note, paint_title
from traversion_tui.scene import Pane, Scene
from traversion_tui.text import safe
from traversion_tui.widgets.rows import Rows


class ResultPane(Rows):
    """Any result; left and right move by columns."""

    pane = Pane.RESULT

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.first_column = 0
        self._of: ResultTable | None = None

    @property
    def table(self) -> ResultTable | None:
        """The result shown."""
        result = self.scene.answers.result if self.scene else None
        return result.table if result else None

    def count(self) -> int:
        """Rows of the answer that were kept."""
        return self.table.shown if self.table is not None else 0

    def cell(self) -> tuple[ResultColumn, Any] | None:
        """The selected row's value in the first column shown."""
        table = self.table
        if table is None or not table.shown:
            return None
        column = table.columns[self.first_column]
        return column, table.frame[column.name][self.selected]

    def shift(self, columns: int) -> None:
        """Show columns further right or left."""
        last = len(self.table.columns) - 1 if self.table is not None else 0
        self.first_column = max(min(self.first_column + columns, last), 0)
        self.repaint()

    def event(self) -> int | None:
        """The number of the selected row's event, where the result names one."""
        table = self.table
        names = [c.name for c in table.columns if c.role is Role.EVENT] if table else []
        if table is None or not names or not table.shown:
            return None
        value = table.frame[names[0]][self.selected]
        return int(value) if isinstance(value, int) else None

    def paint(self, scene: Scene, width: int) -> list[Strip]:
        """Title, header, the page of rows in view, notes."""
        look, table = scene.look, self.table
        if table is not self._of:
            self._of, self.selected, self.top, self.first_column = table, 0, 0, 0
        if table is None:
            return [paint_note("no statement asked yet", width, look)]
        self.head = 1 + self.titled
        notes = [safe(note) for note in table.notes]
        rows = self._rows_word(table)
        scope = [rows, duration(table.elapsed)]
        focused = scene.focus is Pane.RESULT
        shown = [paint_title("Result", scope, width, look, focused=focused)] if self.titled else []
        if not table.shown:
            shown.append(paint_note("no rows", width, look))
        else:
            view = self.in_view()
            page = grid(table.columns, table.frame.slice(view.start, len(view)).rows(), scene.times)
            shown.append(paint_header(page, self.first_column, width, look))
            shown.extend(
                paint_row(
                    page, index - view.start, self.first_column, width, look,
                    selected=self.chosen(index),
                )
                for index in view
            )  # fmt: skip
        return shown + [paint_note(note, width, look) for note in notes]

    @staticmethod
    def _rows_word(table: ResultTable) -> str:
        if table.truncated:
            return f"{count(table.shown)} of {count(table.total)} rows"
        return f"{count(table.total)} row{'s' if table.total != 1 else ''}"
