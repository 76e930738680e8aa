"""Palettes keep their contrast and glyphs their width; the look follows the terminal."""

from __future__ import annotations

from dataclasses import fields

import pytest
from rich.cells import cell_len

from traversion_tui.glyphs import ASCII, SHADES, UNICODE
from traversion_tui.theme import DARK, LIGHT, PALETTES, ROLES, Palette, choose, look


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(palette: Palette, ink: str, ground: str) -> float:
    """WCAG 2 contrast ratio of two roles."""
    pair = [luminance(str(palette.inks[role].colour)) for role in (ink, ground)]
    return (max(pair) + 0.05) / (min(pair) + 0.05)


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=lambda p: p.name)
def test_text_can_be_read_on_the_grounds_it_stands_on(palette: Palette) -> None:
    for ink in ("text", "bright", "muted", "accent", "E", "W", "I", "D"):
        for ground in ("bg", "sel", "surface"):
            assert contrast(palette, ink, ground) >= 4.5, (ink, ground)
    assert contrast(palette, "future", "bg") >= 4.5
    for ink in ("bright", "E", "W", "text"):
        assert contrast(palette, ink, "chg") >= 4.5, ink
    for ink in ("future", "accent", "F"):
        assert contrast(palette, ink, "bg") >= 4.5, ink
    assert contrast(palette, "on_accent", "F") >= 4.5
    for ground in ("bg", "win", "surface"):
        assert contrast(palette, "accent", ground) >= 3, ground
    assert contrast(palette, "on_accent", "accent") >= 4.5
    for bar in ("barE", "barW", "barI"):
        assert contrast(palette, bar, "bg") >= 3


def test_every_palette_knows_every_role_that_is_drawn() -> None:
    needed = set(ROLES) - {"surface", "sel", "chg", "win"}
    for palette in PALETTES.values():
        assert needed <= set(palette.inks), palette.name


def test_glyphs_are_one_cell_wide_and_ascii_is_ascii() -> None:
    for field in fields(UNICODE):
        value = getattr(UNICODE, field.name)
        if isinstance(value, str) and field.name not in {"pause", "becomes"}:
            assert all(cell_len(character) == 1 for character in value), field.name
        plain = getattr(ASCII, field.name)
        text = "".join(plain) if isinstance(plain, tuple) else plain
        assert not isinstance(text, str) or text.isascii(), field.name
    assert all(cell_len(character) == 1 for character in SHADES)
    assert len(UNICODE.bars) == len(ASCII.bars) == 8


@pytest.mark.parametrize(
    ("environ", "encoding", "palette", "ascii_only"),
    [
        ({"TERM": "xterm-256color"}, "utf-8", "dark", False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, "UTF-8", "mono", False),
        ({"TERM": "dumb"}, "utf-8", "mono", True),
        ({"TERM": "linux"}, "utf-8", "ansi", True),
        ({"TERM": "xterm"}, "iso-8859-1", "dark", True),
        ({"TERM": "xterm", "TRAVERSION_THEME": "light"}, "utf8", "light", False),
        ({"TERM": "xterm", "TRAVERSION_THEME": "pink"}, "utf8", "dark", False),
    ],
)
def test_the_look_follows_the_terminal(
    environ: dict[str, str], encoding: str, palette: str, *, ascii_only: bool
) -> None:
    chosen = choose(environ, encoding)
    assert chosen.palette.name == palette
    assert (chosen.glyphs is ASCII) == ascii_only


def test_without_colour_no_style_has_one() -> None:
    mono = look("mono")
    for role in mono.palette.inks:
        for ground in ("bg", "sel", "chg", "surface", "accent"):
            style = mono.ink(role, on=ground)
            assert style.color is None
            assert style.bgcolor is None
    assert mono.ink("text", on="sel").reverse
    assert mono.ink("future").dim
    assert mono.glyphs.stacks == SHADES
