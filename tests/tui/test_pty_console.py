"""The console in a real terminal: opened, read, driven by keys, left."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest

from .command_line import EVENTS, lines
from .terminal_harness import TRAVERSION, Terminal, close_result, environment, open_prompt

LOADED = "= 3 + 0 aside + 0 blank"
"""What the status row says once the small recording is loaded."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "events.jsonl"
    path.write_bytes(lines())
    return path


def shell(command: str) -> list[str]:
    return ["/bin/sh", "-c", command]


def test_demo_opens_the_bundled_incident_and_leaves_no_trace() -> None:
    with Terminal([TRAVERSION, "demo"]) as terminal:
        shown = terminal.wait_for(lambda text: " 0 aside" in text and "api-gateway" in text)
        assert "scenario:checkout-cascade" in shown
        assert "alternate screen" in terminal.switched_on()
        terminal.press("q")
        assert terminal.leave() == 0
        assert terminal.switched_on() == set()


def test_next_error_shows_the_first_error_of_the_scenario() -> None:
    with Terminal([TRAVERSION, "scenario:checkout-cascade"]) as terminal:
        terminal.wait_for(" 0 aside")
        terminal.press("e")
        terminal.wait_for(lambda text: re.search(r"▸ 15:4\S+ E ", text) is not None)
        terminal.press("q")
        assert terminal.leave() == 0


def test_a_statement_at_the_prompt_is_answered(file: Path) -> None:
    with Terminal([TRAVERSION, str(file)]) as terminal:
        terminal.wait_for(LOADED)
        open_prompt(terminal)
        terminal.press(*"SELECT count()", "enter")
        terminal.wait_for("1 row  ")
        close_result(terminal)
        terminal.press("q")
        assert terminal.leave() == 0


def test_without_a_source_the_start_screen_offers_the_demo() -> None:
    with Terminal([TRAVERSION]) as terminal:
        terminal.wait_for("demo")
        terminal.press("q")
        assert terminal.leave() == 0


@pytest.mark.parametrize(
    "command",
    ["cat {file} | {traversion} -", "{traversion} - < {file}", "cat {file} | {traversion}"],
)
def test_data_from_a_pipe_and_keys_from_the_terminal(command: str, file: Path) -> None:
    command = command.format(file=shlex.quote(str(file)), traversion=shlex.quote(TRAVERSION))
    with Terminal(shell(command)) as terminal:
        terminal.wait_for(LOADED)
        terminal.press("e")
        terminal.wait_for(lambda text: re.search(r"▸.*pool exhausted", text) is not None)
        terminal.press("q")
        assert terminal.leave() == 0
        assert "q again leaves" not in terminal.text
        assert terminal.switched_on() == set()


def test_a_pipe_that_never_ends_does_not_hold_the_console(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = os.open(pipe, os.O_RDWR)
    try:
        os.write(writer, lines())
        with Terminal(shell(f"exec {TRAVERSION} - < {pipe}")) as terminal:
            terminal.wait_for("pool exhausted")
            terminal.press("q")
            terminal.wait_for("q again leaves")
            terminal.press("q")
            assert terminal.leave() == 0
            assert terminal.switched_on() == set()
    finally:
        os.close(writer)


def test_standard_error_elsewhere_is_still_a_console(file: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with Terminal(shell(f"exec {TRAVERSION} {file} 2>{log}")) as terminal:
        terminal.wait_for(LOADED)
        terminal.press("q")
        assert terminal.leave() == 0
    assert log.read_bytes() == b""


def test_a_small_terminal_says_so_and_recovers(file: Path) -> None:
    with Terminal([TRAVERSION, str(file)], columns=50, rows=14) as terminal:
        terminal.wait_for(lambda text: re.search(r"60\s*[x×]\s*16", text) is not None)
        terminal.resize(100, 30)
        terminal.wait_for(LOADED)
        terminal.press("q")
        assert terminal.leave() == 0


def test_eighty_by_twenty_four_shows_one_pane_whole(file: Path) -> None:
    with Terminal([TRAVERSION, str(file)], columns=80, rows=24) as terminal:
        terminal.wait_for("What was understood")
        terminal.press("escape")
        terminal.wait_for("pool exhausted")
        terminal.press("q")
        assert terminal.leave() == 0


@pytest.mark.parametrize("locale", ["C", "POSIX", "en_US.ISO-8859-1"])
def test_a_locale_that_is_not_utf8_gets_ascii(locale: str, file: Path) -> None:
    with Terminal([TRAVERSION, str(file)], env=environment(LC_ALL=locale)) as terminal:
        terminal.wait_for(LOADED)
        terminal.press("q")
        assert terminal.leave() == 0
        assert terminal.raw.isascii()


def test_the_option_ascii_draws_with_ascii(file: Path) -> None:
    with Terminal([TRAVERSION, "--ascii", str(file)]) as terminal:
        terminal.wait_for(LOADED)
        terminal.press("q")
        assert terminal.leave() == 0
        assert terminal.raw.isascii()


def test_no_color_is_no_colour(file: Path) -> None:
    with Terminal([TRAVERSION, str(file)], env=environment(NO_COLOR="1")) as terminal:
        terminal.wait_for(LOADED)
        terminal.press("q")
        assert terminal.leave() == 0
        codes = {
            code
            for found in re.finditer(rb"\x1b\[([0-9;]*)m", terminal.raw)
            for code in re.sub(rb"[34]8;(?:5;\d+|2;\d+;\d+;\d+)", b"C", found[1]).split(b";")
        }
        coloured = {code for code in codes if re.fullmatch(rb"C|3[0-7]|4[0-7]|9\d|10\d", code)}
        assert coloured == set()


@pytest.mark.parametrize("theme", ["dark", "light", "ansi"])
def test_every_theme_opens(theme: str, file: Path) -> None:
    with Terminal([TRAVERSION, "--theme", theme, str(file)]) as terminal:
        terminal.wait_for(LOADED)
        terminal.press("q")
        assert terminal.leave() == 0


HOSTILE = "\x1b]0;owned\x07\x1b[2J\x1b[31m\x1bPq\x1b\\\u009b31m\x9d0;x\u202egnp.exe\x00[/]][red]"


def screen_of(text: str, tmp_path: Path) -> tuple[set[bytes], bytes]:
    """The kinds of escapes that a recording makes the console write, and all it wrote."""
    named = {"message": text, "service": text, "operation": text, "note": text}
    events = [{**event, **named} for event in EVENTS]
    file = tmp_path / "events.jsonl"
    file.write_bytes(lines(events))
    with Terminal([TRAVERSION, str(file)], env=environment(NO_COLOR="1")) as terminal:
        terminal.wait_for(LOADED)
        terminal.press("e")
        terminal.wait_for(lambda shown: re.search(r"▸.* E ", shown) is not None)
        open_prompt(terminal)
        terminal.press(*"TIMELINE", "enter")
        terminal.wait_for("3 rows")
        close_result(terminal)
        terminal.press("q")
        assert terminal.leave() == 0
        return terminal.escape_kinds(), bytes(terminal.raw)


def test_hostile_text_adds_no_escape_of_any_kind(tmp_path: Path) -> None:
    benign, _ = screen_of("x" * len(HOSTILE), tmp_path)
    hostile, raw = screen_of(HOSTILE, tmp_path)
    assert hostile - benign == set()
    raw = re.sub(rb"\x1b\]22;\w+\x07", b"", raw)  # Textual's own shape of the pointer
    assert b"\x07" not in raw
    assert b"\x00" not in raw
    assert not re.search("[\u0080-\u009f\u202e]", raw.decode())


def incidents() -> list[Path]:
    """The files named by $TRAVERSION_INCIDENTS: files, or folders of event files."""
    named = [Path(name) for name in os.environ.get("TRAVERSION_INCIDENTS", "").split(":") if name]
    return [
        path
        for place in named
        for path in (sorted(place.rglob("*.jsonl*")) if place.is_dir() else [place])
    ]


@pytest.mark.incidents
@pytest.mark.skipif(not incidents(), reason="TRAVERSION_INCIDENTS names no recordings to open")
@pytest.mark.parametrize("path", incidents(), ids=lambda path: path.name)
def test_a_real_recording_opens_and_answers_keys(path: Path) -> None:
    with Terminal([TRAVERSION, str(path)]) as terminal:
        terminal.wait_for(lambda text: re.search(r"read = [\d,]+ \+", text) is not None, 90)
        terminal.press("e")
        terminal.wait_for(lambda text: "▸" in text or "no error" in text)
        open_prompt(terminal)
        terminal.press(*"SHOW SERVICES", "enter")
        terminal.wait_for(lambda text: re.search(r"[\d,]+ rows", text) is not None, 60)
        close_result(terminal)
        terminal.press("q")
        assert terminal.leave() == 0
        assert terminal.switched_on() == set()
