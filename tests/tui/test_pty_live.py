"""A file that grows while the real console watches it."""

from __future__ import annotations

from pathlib import Path

from .command_line import EVENTS, lines
from .terminal_harness import TRAVERSION, Terminal


def test_lines_are_shown_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "app.jsonl"
    path.write_bytes(lines(EVENTS[:1]))
    with Terminal([TRAVERSION, str(path), "--follow"]) as terminal:
        terminal.wait_for("= 1 + 0 aside + 0 blank")
        assert "LIVE" in terminal.lines[0]
        with path.open("ab") as file:
            file.write(lines(EVENTS[1:2]))
        terminal.wait_for("pool 19/20")
        terminal.press(",")
        terminal.wait_for("PAUSED")
        with path.open("ab") as file:
            file.write(lines(EVENTS[2:]))
        terminal.wait_for("+1 new")
        terminal.press("t")
        terminal.wait_for("LIVE")
        terminal.wait_for(lambda text: "pool exhausted" in text)
        terminal.press("q")
        terminal.wait_for("q again leaves")
        terminal.press("q")
        assert terminal.leave() == 0
        assert terminal.switched_on() == set()


def test_what_cannot_be_read_is_said_until_it_can(tmp_path: Path) -> None:
    path = tmp_path / "app.jsonl"
    path.symlink_to(path)
    with Terminal([TRAVERSION, str(path), "--follow"], columns=80, rows=24) as terminal:
        terminal.wait_for("cannot be read just now")
        path.unlink()
        path.write_bytes(lines())
        terminal.wait_for("pool exhausted")
        terminal.wait_for(lambda text: "cannot be read" not in text)
        terminal.press("q", "q")
        assert terminal.leave() == 0
