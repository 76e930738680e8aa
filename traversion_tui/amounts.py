"""Sizes and lengths of time as a command line writes them."""

from __future__ import annotations

import re
from typing import Final

import typer

from traversion_data.model import DAY, HOUR, MINUTE, SECOND, Nanos

_AMOUNT: Final = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)\s*([a-z]+)", re.IGNORECASE)
_SIZES: Final = {
    "b": 1,
    **{f"{letter}b": 1000 ** (power + 1) for power, letter in enumerate("kmgt")},
    **{f"{letter}ib": 1024 ** (power + 1) for power, letter in enumerate("kmgt")},
    **{letter: 1024 ** (power + 1) for power, letter in enumerate("kmgt")},
}
_AGES: Final = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}


def parse_size(text: str, option: str, least: int = 1) -> int:
    """Bytes from `512MB`, `2GiB` or `1.5g`: KB, MB, GB, TB in thousands, all else in 1024s.

    Raises:
        typer.BadParameter: it is no size, or less than `least`.
    """
    size = _amount(text, _SIZES)
    if not size:
        raise typer.BadParameter(
            f"{text!r} is no size; write it like 500MB or 2GiB.", param_hint=option
        )
    if size < least:
        raise typer.BadParameter(
            f"{text} is too little; give it {least / 2**20:,.0f}MiB or more.", param_hint=option
        )
    return size


def parse_age(text: str, option: str) -> Nanos:
    """Nanoseconds from `12h` or `30d`: seconds, minutes, hours, days, weeks.

    Raises:
        typer.BadParameter: it is no length of time, or none at all.
    """
    age = _amount(text, _AGES)
    if not age:
        raise typer.BadParameter(
            f"{text!r} is no length of time; write it like 12h, 30d or 2w.", param_hint=option
        )
    return age


def _amount(text: str, units: dict[str, int]) -> int:
    """The whole number of units of one that a text says, 0 where it says none."""
    found = _AMOUNT.fullmatch(text.strip())
    unit = units.get(found[2].lower()) if found else None
    return int(float(found[1]) * unit) if found and unit else 0
