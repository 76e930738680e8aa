"""Palettes as data, and the styles that come of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from rich.color import Color
from rich.style import Style

from traversion_tui.glyphs import ASCII, SHADES, UNICODE, Glyphs

ROLES: Final = (
    *("bg", "surface", "sel", "chg", "win", "text", "bright", "muted", "future", "faint", "rule"),
    *("accent", "on_accent", "F", "E", "W", "I", "D"),
    *("barE", "barW", "barI", "aheadE", "aheadW", "aheadI"),
)


@dataclass(frozen=True, slots=True)
class Paint:
    """How one role is drawn: a colour or none, and attributes that also carry it without colour."""

    colour: str | None = None
    bold: bool = False
    dim: bool = False
    reverse: bool = False
    underline: bool = False


@dataclass(frozen=True)
class Palette:
    """Foregrounds and grounds by role. `grounds` need not name those that are not painted."""

    name: str
    inks: Mapping[str, Paint]
    grounds: Mapping[str, Paint]
    dark: bool = True
    native: bool = False
    """The terminal's own colours are used and its ground is never painted."""


def _true_colour(name: str, text: str, *, dark: bool) -> Palette:
    inks = {role: Paint(colour) for role, colour in (pair.split("=") for pair in text.split())}
    grounds = {
        role: inks[role] for role in ("bg", "surface", "sel", "chg", "win", "accent", "E", "F")
    }
    return Palette(name, inks, grounds, dark=dark)


DARK: Final = _true_colour(
    "dark",
    "bg=#10141b surface=#171d27 sel=#24334a chg=#173d3c win=#1b2431 text=#cfd7e3 bright=#f3f6fa "
    "muted=#98a4b5 future=#7a8594 faint=#4a5667 rule=#2c3644 accent=#35c7b2 "
    "F=#f4502f E=#ff8f45 W=#f1dfa6 I=#82b1e6 D=#8aa2c0 "
    "barE=#f0822f barW=#e9d394 barI=#4f6f9c aheadE=#7a5033 aheadW=#665c44 aheadI=#2c3f5c "
    "on_accent=#0b1416",
    dark=True,
)

LIGHT: Final = _true_colour(
    "light",
    "bg=#fbfaf6 surface=#f0eee7 sel=#d9e6f4 chg=#cfeee6 win=#ecebe4 text=#222b38 bright=#05090f "
    "muted=#4f5b6c future=#66717e faint=#a9b0b8 rule=#d8d6cd accent=#00695f "
    "F=#7a0f00 E=#a84200 W=#6b5d0c I=#1f5c99 D=#4c6279 "
    "barE=#c2540a barW=#b08a16 barI=#6089ba aheadE=#ecb894 aheadW=#ecdcb0 aheadI=#c9d8e9 "
    "on_accent=#ffffff",
    dark=False,
)


def _sixteen(name: str, *, dark: bool) -> Palette:
    text, bright = ("white", "bright_white") if dark else ("black", "black")
    accent = "bright_cyan" if dark else "cyan"
    inks = {
        "text": Paint(text),
        "bright": Paint(bright, bold=not dark),
        "muted": Paint(text),
        "future": Paint("bright_black"),
        "faint": Paint("bright_black"),
        "rule": Paint("bright_black"),
        "accent": Paint(accent, bold=True),
        "F": Paint("red", bold=True),
        "E": Paint("bright_red" if dark else "red", bold=True),
        "W": Paint("yellow"),
        "I": Paint("bright_blue" if dark else "blue"),
        "D": Paint("blue"),
        "barE": Paint("red"),
        "barW": Paint("yellow"),
        "barI": Paint("blue"),
        "aheadE": Paint("red", dim=True),
        "aheadW": Paint("yellow", dim=True),
        "aheadI": Paint("blue", dim=True),
        "on_accent": Paint("black" if dark else "white"),
        "bg": Paint(),
    }
    grounds = {
        "sel": Paint(reverse=True),
        "chg": Paint(underline=True, bold=True),
        "accent": Paint(accent),
        "E": Paint("red"),
        "F": Paint("red"),
        **{f"bar{letter}": inks[f"bar{letter}"] for letter in "EWI"},
    }
    return Palette(name, inks, grounds, dark=dark, native=True)


ANSI: Final = _sixteen("ansi", dark=True)
ANSI_LIGHT: Final = _sixteen("ansi-light", dark=False)

MONO: Final = Palette(
    "mono",
    inks={
        **{role: Paint() for role in ROLES},
        "bright": Paint(bold=True),
        "accent": Paint(bold=True),
        "future": Paint(dim=True),
        "faint": Paint(dim=True),
        "rule": Paint(dim=True),
        "F": Paint(bold=True),
        "E": Paint(bold=True),
        "D": Paint(dim=True),
        "aheadE": Paint(dim=True),
        "aheadW": Paint(dim=True),
        "aheadI": Paint(dim=True),
    },
    grounds={
        "sel": Paint(reverse=True),
        "accent": Paint(reverse=True),
        "F": Paint(reverse=True),
        "E": Paint(reverse=True),
        "chg": Paint(underline=True, bold=True),
    },
    native=True,
)

PALETTES: Final[Mapping[str, Palette]] = {p.name: p for p in (DARK, LIGHT, ANSI, ANSI_LIGHT, MONO)}


@lru_cache(2048)
def _style(palette: str, role: str, on: str, attributes: str) -> Style:
    chosen = PALETTES[palette]
    ink, ground = chosen.inks[role], chosen.grounds.get(on, Paint())
    if chosen.native and role == "on_accent" and ground.colour:
        attributes = attributes.replace("b", "")  # many terminals make bold black grey
    return Style(
        color=Color.parse(ink.colour) if ink.colour and not ground.reverse else None,
        bgcolor=Color.parse(ground.colour) if ground.colour else None,
        bold="b" in attributes or ink.bold or ground.bold or None,
        dim=(ink.dim and not ground.reverse) or None,
        italic="i" in attributes or None,
        underline="u" in attributes or ink.underline or ground.underline or None,
        reverse=ground.reverse or None,
    )


@dataclass(frozen=True, slots=True)
class Look:
    """A palette with glyphs: all that a painter needs to know of the terminal."""

    palette: Palette
    glyphs: Glyphs

    def ink(self, role: str, attributes: str = "", *, on: str = "bg") -> Style:
        """The style of a role's text on a ground, made once and kept.

        `attributes` holds any of `b` bold, `i` italic, `u` underlined.
        """
        return _style(self.palette.name, role, on, attributes)

    def severity(self, letter: str, *, on: str = "bg") -> Style:
        """The style of a severity letter: fatal is a chip, errors are bold, unknown is blank."""
        if letter == " ":
            return self.ink("text", on=on)
        if letter == "F":
            return self.ink("on_accent", "b", on="F")
        return self.ink(letter, "b" if letter == "E" else "", on=on)


def look(palette: str, *, ascii_glyphs: bool = False) -> Look:
    """A look by its palette's name. Without colours the bars of the scrubber get shades."""
    chosen = PALETTES[palette]
    glyphs = ASCII if ascii_glyphs else UNICODE
    if chosen is MONO and glyphs is UNICODE:
        glyphs = replace(UNICODE, stacks=SHADES)
    return Look(chosen, glyphs)


def choose(environ: Mapping[str, str], encoding: str) -> Look:
    """The look that suits a terminal, from its environment and the encoding of its output.

    NO_COLOR and TERM=dumb take all colour away, TERM=linux has sixteen, and an encoding that is
    not UTF-8 has no glyphs but ASCII. TRAVERSION_THEME names a palette.
    """
    term = environ.get("TERM", "")
    narrow = encoding.lower().replace("-", "") != "utf8" or term in {"dumb", "linux"}
    if environ.get("NO_COLOR") or term == "dumb":
        return look("mono", ascii_glyphs=narrow)
    wished = environ.get("TRAVERSION_THEME", "")
    if wished in PALETTES:
        return look(wished, ascii_glyphs=narrow)
    sixteen = term == "linux" or environ.get("TEXTUAL_COLOR_SYSTEM") == "standard"
    return look("ansi" if sixteen else "dark", ascii_glyphs=narrow)
