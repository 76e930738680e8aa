"""The mouse in a real terminal: ours, the terminal's with F2, and ours again."""

from __future__ import annotations

from pathlib import Path

from .command_line import lines
from .terminal_harness import TRAVERSION, Terminal


def test_f2_gives_the_mouse_to_the_terminal_and_takes_it_back(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(lines())
    with Terminal([TRAVERSION, str(path)]) as terminal:
        terminal.wait_for("= 3 + 0 aside + 0 blank")
        assert "mouse" in terminal.switched_on()
        terminal.press("\x1bOQ")
        terminal.wait_for("the mouse is the terminal's; F2 takes it back")
        assert not {"mouse", "any mouse", "mouse in SGR"} & terminal.switched_on()
        terminal.press("\x1bOQ")
        terminal.wait_for("mouse on")
        assert {"mouse", "mouse in SGR"} <= terminal.switched_on()
        terminal.press("q")
        assert terminal.leave() == 0
