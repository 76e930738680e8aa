"""The keymap file: keys for actions, sentences for what it asks for in vain, the help as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_tui.actions import ACTIONS, BY_ID
from traversion_tui.keyfile import key_named, read_keys
from traversion_tui.keys import USUAL_KEYS, Keys
from traversion_tui.scene import Pane

from .command_line import lines
from .console_harness import app_of, console, drive, press, rows, text
from .terminal_harness import TRAVERSION, Terminal, environment
from .tui_incident import recording


def keys_of(tmp_path: Path, toml: str | bytes) -> Keys:
    path = tmp_path / "keys.toml"
    path.write_bytes(toml if isinstance(toml, bytes) else toml.encode())
    return read_keys(path)


def test_without_a_file_the_usual_keys_hold(tmp_path: Path) -> None:
    assert read_keys(tmp_path / "keys.toml") is USUAL_KEYS
    assert USUAL_KEYS.action_of("e", Pane.EVENTS) is BY_ID["next_error"]


def test_an_action_gets_the_keys_of_the_file_in_place_of_its_own(tmp_path: Path) -> None:
    keys = keys_of(tmp_path, 'next_error = "ctrl+y"\nhelp = ["?", "f3", "Ö"]\n')
    assert keys.notes == ()
    assert keys.action_of("ctrl+y", Pane.EVENTS) is BY_ID["next_error"]
    assert keys.action_of("e", Pane.EVENTS) is None
    assert keys.bound["help"] == ("question_mark", "f3", "Ö")
    assert keys.bound["previous_error"] == BY_ID["previous_error"].keys


def test_a_key_is_taken_from_the_action_that_usually_has_it(tmp_path: Path) -> None:
    keys = keys_of(tmp_path, 'next_error = "x"\nfind = "n"\n')
    assert keys.action_of("x", Pane.STATE) is BY_ID["next_error"]
    assert keys.bound["next_anomaly"] == ()
    assert keys.notes == (
        "next_anomaly has no key left; ctrl+p still finds it by name.",
        "find_next has no key left; ctrl+p still finds it by name.",
    )


def test_keys_of_the_scrubber_are_apart_from_the_others(tmp_path: Path) -> None:
    keys = keys_of(tmp_path, 'pan_left = "e"\n')
    assert keys.action_of("e", Pane.SCRUBBER) is BY_ID["pan_left"]
    assert keys.action_of("e", Pane.EVENTS) is BY_ID["next_error"]


@pytest.mark.parametrize(
    ("toml", "sentence"),
    [
        ('next_eror = "e"', "keys.toml: 'next_eror' is no action; did you mean next_error?"),
        ("zzz = 1", "keys.toml: 'zzz' is no action; ? lists the actions."),
        ("find = 5", 'keys.toml: find wants a key or a list of keys, as in find = "e".'),
        ("find = [5]", 'keys.toml: find wants a key or a list of keys, as in find = "e".'),
        ('find = "ctrl+banana"', "keys.toml: 'ctrl+banana' is no key that find can have."),
        ('find = ""', "keys.toml: '' is no key that find can have."),
        ('find = "ctrl+c"', "keys.toml: 'ctrl+c' is no key that find can have."),
        ('interrupt = "x"', "keys.toml: interrupt always has ctrl+c."),
        ('find = "y"\nhelp = "y"', "y is for find already, so help does not get it."),
    ],
)
def test_a_line_that_cannot_be_obeyed_is_told_and_changes_nothing(
    tmp_path: Path, toml: str, sentence: str
) -> None:
    keys = keys_of(tmp_path, toml)
    assert sentence in keys.notes
    assert keys.action_of("ctrl+c", Pane.EVENTS) is BY_ID["interrupt"]
    if "y" not in toml.split('"'):
        assert keys.bound == USUAL_KEYS.bound


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"find = ", "is no TOML"),
        (b"find = '\xff'", "is no TOML"),
        (b"#" * (1 << 17), "is over 64 KiB"),
        (b"[" * 5000, "is no TOML"),
    ],
)
def test_a_file_that_is_no_keymap_leaves_the_usual_keys(
    tmp_path: Path, raw: bytes, words: str
) -> None:
    keys = keys_of(tmp_path, raw)
    assert words in keys.notes[0]
    assert keys.bound == USUAL_KEYS.bound


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "keys.toml").mkdir()
    assert "cannot be read" in read_keys(tmp_path / "keys.toml").notes[0]


@settings(max_examples=150)
@given(st.text(max_size=20))
def test_any_text_is_a_key_or_none(word: str) -> None:
    name = key_named(word)
    assert name is None or name


def test_every_usual_key_can_be_written_as_the_help_writes_it() -> None:
    for action in ACTIONS:
        words = USUAL_KEYS.all_of(action.id).split()
        assert tuple(map(key_named, words)) == action.keys, action.id


def test_help_palette_and_footer_show_the_keys_that_hold(tmp_path: Path) -> None:
    keys = keys_of(tmp_path, 'next_error = "ctrl+y"\nnope = 1\n')

    async def play() -> None:
        async with console(recording(), keys=keys) as pilot:
            app = app_of(pilot)
            assert "'nope' is no action" in rows(pilot)[0]
            assert "ctrl+y next error" in rows(pilot)[-1]
            await press(pilot, "e")
            assert app.state.playhead == app.state.whole.start
            await press(pilot, "ctrl+y")
            assert app.state.playhead == app.marks.errors.known[0]
            await press(pilot, "question_mark")
            assert "'nope' is no action" in text(pilot)
            assert any("ctrl+y" in row and "next error" in row for row in rows(pilot))
            await press(pilot, "escape")
            await press(pilot, ["ctrl+p", *"next err"])
            assert "ctrl+y" in text(pilot)

    drive(play)


def test_the_file_is_found_where_a_person_keeps_settings(tmp_path: Path) -> None:
    events, home = tmp_path / "events.jsonl", tmp_path / "settings"
    events.write_bytes(lines())
    (home / "traversion").mkdir(parents=True)
    (home / "traversion" / "keys.toml").write_text('leave = "ctrl+y"\n')
    with Terminal(
        [TRAVERSION, str(events)], env={**environment(), "XDG_CONFIG_HOME": str(home)}
    ) as terminal:
        terminal.wait_for("= 3 + 0 aside + 0 blank")
        terminal.press("q", "\x19")
        assert terminal.leave() == 0
