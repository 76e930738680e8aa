"""What a command line says about how much of a store is kept."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

import typer

from traversion_data.model import DAY, HOUR, MINUTE, SECOND, Nanos
from traversion_tui.source_options import SourceOptions

_AMOUNT: Final = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s*([a-z]+)", re.IGNORECASE)
_SIZES: Final = {
    "b": 1,
    **{f"{letter}b": 1000 ** (power + 1) for power, letter in enumerate("kmgt")},
    **{f"{letter}ib": 1024 ** (power + 1) for power, letter in enumerate("kmgt")},
}
_AGES: Final = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}


def keeping(options: SourceOptions, size: str | None, age: str | None) -> SourceOptions:
    """The options with the limits of the store, as typed after `--keep-size` and `--keep-age`.

    Raises:
        typer.BadParameter: one is wrong, or there is no store to be held to it.
    """
    for option, text in (("--keep-size", size), ("--keep-age", age)):
        if text is not None and options.store is None:
            raise typer.BadParameter("it goes with --store.", param_hint=option)
    return replace(
        options,
        keep_size=None if size is None else parse_size(size, "--keep-size"),
        keep_age=None if age is None else parse_age(age, "--keep-age"),
    )


def parse_size(text: str, option: str) -> int:
    """Bytes from `500MB` or `2GiB`: KB, MB, GB, TB in thousands, KiB, MiB, GiB, TiB in 1024s.

    Raises:
        typer.BadParameter: it is no size, or none at all.
    """
    return _amount(text, _SIZES, option, "no size; write it like 500MB or 2GiB.")


def parse_age(text: str, option: str) -> Nanos:
    """Nanoseconds from `12h` or `30d`: seconds, minutes, hours, days, weeks.

    Raises:
        typer.BadParameter: it is no length of time, or none at all.
    """
    return _amount(text, _AGES, option, "no length of time; write it like 12h, 30d or 2w.")


def _amount(text: str, units: dict[str, int], option: str, otherwise: str) -> int:
    found = _AMOUNT.fullmatch(text.strip())
    unit = units.get(found[2].lower()) if found else None
    amount = int(float(found[1]) * unit) if found and unit else 0
    if amount <= 0:
        raise typer.BadParameter(f"{text!r} is {otherwise}", param_hint=option)
    return amount
