"""Where the console cannot open, or has nothing to show: a sentence and an exit code."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from .command_line import lines, run
from .terminal_harness import TRAVERSION, Terminal, close_result, environment, open_prompt

LOADED = "= 3 + 0 aside + 0 blank"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "events.jsonl"
    path.write_bytes(lines())
    return path


def test_output_that_is_no_terminal_is_refused(file: Path) -> None:
    done = run(file)
    assert done.returncode == 1
    assert done.stdout == b""
    assert "standard output is not one" in done.stderr.decode()
    assert "traversion query" in done.stderr.decode()


def test_output_into_a_pipe_is_refused_on_a_terminal_too(file: Path) -> None:
    command = f"{shlex.quote(TRAVERSION)} {shlex.quote(str(file))} | cat"
    with Terminal(["/bin/sh", "-c", command]) as terminal:
        terminal.leave()
        assert "traversion query" in terminal.text
        assert terminal.switched_on() == set()


@pytest.mark.parametrize("name", ["dumb", None, "unknown"])
def test_a_terminal_that_cannot_move_its_cursor_is_refused(name: str | None, file: Path) -> None:
    with Terminal([TRAVERSION, str(file)], env=environment(TERM=name)) as terminal:
        assert terminal.leave() == 1
        assert "TERM is" in terminal.text
        assert "traversion query" in terminal.text
        assert b"\x1b" not in terminal.raw


def test_without_a_controlling_terminal_keys_have_no_source(file: Path) -> None:
    """Output on a terminal, input from a pipe, and a session of its own."""
    with Terminal(["/bin/cat"]) as terminal:
        out = Path(f"/proc/{terminal.pid}/fd/1").resolve()
        with out.open("wb") as screen:
            done = subprocess.run(
                [TRAVERSION, "-"],
                input=lines(),
                stdout=screen,
                stderr=subprocess.PIPE,
                start_new_session=True,
                env=environment(),
                check=False,
            )
    assert done.returncode == 1
    assert "reads its keys from the terminal, and this process has none" in done.stderr.decode()


def test_a_dash_without_a_pipe_is_refused() -> None:
    with Terminal([TRAVERSION, "-"]) as terminal:
        assert terminal.leave() == 1
        assert "standard input" in terminal.text
        assert terminal.switched_on() == set()


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("gone.jsonl", "no file gone.jsonl"),
        ("/dev/null", "/dev/null is a device"),
        ("scenario:gone", "There is no scenario"),
        ("qurey", "did you mean the command `traversion query`?"),
        ("verson", "no file verson"),
    ],
)
def test_a_source_that_cannot_be_opened_never_takes_the_screen(
    word: str, said: str, tmp_path: Path
) -> None:
    with Terminal([TRAVERSION, word], cwd=tmp_path) as terminal:
        assert terminal.leave() == 1
        assert said in terminal.text
        assert b"\x1b" not in terminal.raw


def test_a_source_without_events_gives_the_screen_back(tmp_path: Path) -> None:
    numbers = tmp_path / "numbers.txt"
    numbers.write_text("[1, 2]\n[3]\n")
    with Terminal([TRAVERSION, "numbers.txt"], cwd=tmp_path) as terminal:
        assert terminal.leave() == 1
        assert "numbers.txt holds no events" in terminal.text
        assert terminal.switched_on() == set()


def test_an_over_long_paste_is_refused_and_the_prompt_lives_on(file: Path) -> None:
    with Terminal([TRAVERSION, str(file)]) as terminal:
        terminal.wait_for(LOADED)
        open_prompt(terminal)
        terminal.paste("TIMELINE WHERE service = '" + "x" * 70_000 + "'")
        terminal.wait_for("65,536 characters")
        terminal.press(*"SELECT count()", "enter")
        terminal.wait_for("1 row  ")
        close_result(terminal)
        terminal.press("q")
        assert terminal.leave() == 0


def test_a_paste_of_several_lines_is_one_statement(file: Path) -> None:
    with Terminal([TRAVERSION, str(file)]) as terminal:
        terminal.wait_for(LOADED)
        open_prompt(terminal)
        terminal.paste("SELECT count()\nWHERE service = 'db'")
        terminal.wait_for("SELECT count() WHERE service = 'db'")
        terminal.press("escape")
        terminal.wait_for("space play")
        terminal.press("q")
        assert terminal.leave() == 0
