"""Filters of the log: from the value under the cursor, and all off or on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from traversion_data import schema
from traversion_tui import filters
from traversion_tui.answers import Result
from traversion_tui.deeds.deed import Deed
from traversion_tui.filtering import filter_by
from traversion_tui.scene import Pane

if TYPE_CHECKING:
    from traversion_tui.app import TraversionApp

Compose = Callable[[str | None, str], str]


def _filter(app: TraversionApp, compose: Compose) -> None:
    predicate = _under_cursor(app)
    if predicate is None:
        app.say("nothing to filter by here: choose a row, or a column with left and right")
        return
    filter_by(app, compose(app.state.predicate, predicate), on=True)


def _switch(app: TraversionApp) -> None:
    if app.state.where is None:
        app.say("there are no filters; f keeps the service under the cursor, F drops it")
        return
    filter_by(app, app.state.where, on=not app.state.filtering)
    app.say("filters on" if app.state.filtering else "filters off; ctrl+f switches them on again")


def _under_cursor(app: TraversionApp) -> str | None:
    """What the focused pane's row stands for; in the log its service."""
    why, result = app.answers.why, app.answers.result
    match app.pane:
        case Pane.STATE:
            chosen = app.main.state_pane.service()
            return None if chosen is None else filters.equals(schema.SERVICE, chosen)
        case Pane.WHY if why is not None and why.links:
            rows = app.main.rows_of(Pane.WHY)
            link = why.links[rows.selected if rows else 0]
            return filters.equals(schema.SERVICE, link.service or None)
        case Pane.VIEW:
            service = app.main.view_pane.value("service", "callee")
            return None if service is None else filters.equals(schema.SERVICE, service)
        case Pane.RESULT if result is not None:
            return _of_result(app, result)
    if app.state.cursor is None or app.state.cursor >= app.shown.view.height:
        return None
    row = app.shown.view.page(app.state.cursor, 1, [schema.SERVICE])
    return filters.equals(schema.SERVICE, row[schema.SERVICE][0])


def _of_result(app: TraversionApp, result: Result) -> str | None:
    """What a TIMELINE keeps; of other results the cell in the first column shown."""
    # Imported with the first filter: the console shows its first picture without the language.
    from traversion_engine.positions import predicate_of  # noqa: PLC0415

    if (predicate := predicate_of(result.statement)) is not None:
        return predicate
    cell = app.main.result.cell()
    return None if cell is None else filters.cell(*cell)


FILTERING: Final[dict[str, Deed]] = {
    "filter_in": partial(_filter, compose=filters.within),
    "filter_out": partial(_filter, compose=filters.without),
    "filters": _switch,
}
