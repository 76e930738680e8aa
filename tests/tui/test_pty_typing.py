"""Keys typed faster than the console answers, and pastes, in a real terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from .command_line import lines
from .terminal_harness import TRAVERSION, Terminal

LOADED = "= 3 + 0 aside + 0 blank"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "events.jsonl"
    path.write_bytes(lines())
    return path


def test_a_statement_and_what_follows_it_may_come_in_one_write(file: Path) -> None:
    with Terminal([TRAVERSION, str(file)]) as terminal:
        terminal.wait_for(LOADED)
        terminal.press(":SHOW SERVICES\r")
        shown = terminal.wait_for("q back")
        assert " Result " in shown
        terminal.press("q:qqqe e\x1b")
        terminal.wait_for(lambda text: "qqqe e" in text and "space play" in text)
        terminal.press("m" + "k" + "\r" + "?" + "q" + "q")
        assert terminal.leave() == 0


def test_keys_after_enter_wait_for_the_answer(file: Path) -> None:
    with Terminal([TRAVERSION, str(file)]) as terminal:
        terminal.wait_for(LOADED)
        terminal.press(":TIMELINE\rjq:SELECT count()\rqq")
        assert terminal.leave() == 0


def test_a_paste_with_escapes_in_it_is_text(file: Path) -> None:
    with Terminal([TRAVERSION, str(file)]) as terminal:
        terminal.wait_for(LOADED)
        terminal.press(":")
        terminal.paste("\x1b[31mTIMELINE\x1b[0m q\x1b\x1b[Aqe" + " " * 40 + "end")
        shown = terminal.wait_for("end")
        assert "TIMELINE" in shown
        terminal.press("escape")
        terminal.wait_for("space play")
        terminal.paste("q\x1b[31mq")
        terminal.wait_for("paste")
        terminal.press("q")
        assert terminal.leave() == 0
