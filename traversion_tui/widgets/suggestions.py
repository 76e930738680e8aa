"""The offers over the prompt, as a widget."""

from __future__ import annotations

from textual.strip import Strip

from traversion_tui.answers import Help
from traversion_tui.render.suggestions import paint_suggestions, suggestion_rows
from traversion_tui.scene import Pane, Scene
from traversion_tui.widgets.painted import Painted


class Suggestions(Painted):
    """Stands over the panes while a statement is typed, and is gone otherwise."""

    def show(self, scene: Scene) -> None:
        """Take the room that the offers need."""
        model = _model(scene)
        rows = 0 if model is None else suggestion_rows(model)
        self.display = rows > 0
        self.styles.height = rows
        super().show(scene)

    def paint(self, scene: Scene, width: int) -> list[Strip]:
        """The signature and the offers."""
        model = _model(scene)
        return [] if model is None else paint_suggestions(model, width, scene.look)


def _model(scene: Scene) -> Help | None:
    found, result = scene.answers.help, scene.answers.result
    if scene.focus is not Pane.PROMPT or found is None:
        return None
    failed = result is not None and result.error and result.statement == found.text.strip()
    return None if failed else found
