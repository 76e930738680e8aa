"""The bundled scenarios, listed and written."""

from __future__ import annotations

from pathlib import Path

from traversion_data.errors import InputError
from traversion_scenarios import UnknownScenarioError, describe, lines, names
from traversion_tui.headless.outcome import ExitCode, outcome
from traversion_tui.headless.output import opened


def show() -> ExitCode:
    """List names and titles on standard output."""
    return outcome(_show)


def write(name: str, path: Path) -> ExitCode:
    """Write a scenario's lines to a file, `-` for standard output."""
    return outcome(lambda: _write(name, path))


def _show() -> None:
    width = max(map(len, names()))
    with opened(None) as output:
        for name in names():
            output.stream.write(f"{name:<{width}}  {describe(name).title}\n".encode())


def _write(name: str, path: Path) -> None:
    try:
        events = lines(name)
    except UnknownScenarioError as error:
        raise InputError(str(error)) from error
    with opened(None if path == Path("-") else path) as output:
        output.stream.writelines(events)
