"""Every way out of the console: the screen as it was, and an exit code that tells which."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from .command_line import lines
from .terminal_harness import TRAVERSION, Terminal

LOADED = "= 3 + 0 aside + 0 blank"

CRASHING = """
import sys
from textual.app import App
from textual.widgets import Static
from traversion_tui import terminal

class Crashing(App):
    BINDINGS = [("x", "fail", ""), ("h", "hang", "")]
    def compose(self):
        yield Static("ready to crash")
    def action_fail(self):
        raise RuntimeError("boom")
    def action_hang(self):
        self.query_one(Static).update("hanging")
        self.call_after_refresh(self.hang)
    def hang(self):
        while True:
            pass

terminal.PATIENCE = 0.2
terminal.end(terminal.run(Crashing()))
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "events.jsonl"
    path.write_bytes(lines())
    return path


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]
)
def test_a_signal_restores_the_screen(number: signal.Signals, code: int, file: Path) -> None:
    with Terminal([TRAVERSION, str(file)]) as terminal:
        terminal.wait_for(LOADED)
        assert {"alternate screen", "mouse", "hidden cursor"} <= terminal.switched_on()
        terminal.signal(number)
        assert terminal.leave() == code
        assert terminal.switched_on() == set()
        assert "Traceback" not in terminal.text


def test_a_signal_while_loading_does_not_wait_for_the_load() -> None:
    with Terminal([TRAVERSION, "scenario:checkout-cascade"]) as terminal:
        terminal.wait_for("loading")
        terminal.signal(signal.SIGTERM)
        assert terminal.leave() == 143
        assert terminal.switched_on() == set()


def test_a_closed_terminal_ends_the_console(file: Path) -> None:
    with Terminal([TRAVERSION, str(file)]) as terminal:
        terminal.wait_for(LOADED)
        assert terminal.hang_up() == 129


def test_a_closed_terminal_ends_a_console_that_is_loading() -> None:
    with Terminal([TRAVERSION, "demo"]) as terminal:
        terminal.wait_for("loading")
        assert terminal.hang_up() == 129


def test_a_closed_terminal_ends_a_console_that_ignores_the_signal(file: Path) -> None:
    start = (
        "import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); "
        "os.execv(sys.argv[1], sys.argv[1:])"
    )
    with Terminal([sys.executable, "-c", start, TRAVERSION, str(file)]) as terminal:
        terminal.wait_for(LOADED)
        assert terminal.hang_up() == 129


def test_ctrl_c_twice_quits(file: Path) -> None:
    with Terminal([TRAVERSION, str(file)]) as terminal:
        terminal.wait_for(LOADED)
        terminal.press("ctrl+c")
        terminal.wait_for("ctrl+c again quits")
        terminal.press("ctrl+c")
        assert terminal.leave() == 0
        assert terminal.switched_on() == set()


def test_a_crash_is_no_success() -> None:
    with Terminal([sys.executable, "-c", CRASHING]) as terminal:
        terminal.wait_for("ready to crash")
        terminal.press("x")
        assert terminal.leave() == 1
        assert terminal.switched_on() == set()
        assert "boom" in terminal.text


def test_an_app_that_hangs_is_ended_and_its_screen_restored() -> None:
    with Terminal([sys.executable, "-c", CRASHING]) as terminal:
        terminal.wait_for("ready to crash")
        terminal.press("h")
        terminal.wait_for("hanging")
        terminal.signal(signal.SIGTERM)
        assert terminal.leave() == 143
        assert terminal.switched_on() == set()
