"""The line of progress: for those who watch, at a bearable pace, gone when the load is done."""

from __future__ import annotations

import io

import pytest

from traversion_data.errors import InputError
from traversion_data.ingest import Progress
from traversion_tui.headless.progress import INTERVAL, ProgressLine, line, shown_on


class Screen(io.StringIO):
    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def step(rows: int, seconds: float) -> Progress:
    return Progress(rows, 4_000, rows, seconds, done=False)


@pytest.mark.parametrize(
    ("screen", "quiet"), [(Screen(terminal=False), False), (Screen(terminal=True), True)]
)
def test_only_a_terminal_that_wants_it_gets_a_line(screen: Screen, quiet: bool) -> None:
    with shown_on(screen, quiet=quiet) as show:
        show(step(10, 2.0))
    assert screen.getvalue() == ""


def test_closed_standard_error_gets_none() -> None:
    with shown_on(None, quiet=False) as show:
        show(step(10, 2.0))


def test_the_line_is_wiped_also_when_the_load_fails() -> None:
    screen = Screen(terminal=True)

    def load() -> None:
        with shown_on(screen, quiet=False) as show:
            show(step(10, 2.0))
            raise InputError("no events")

    with pytest.raises(InputError):
        load()
    assert screen.getvalue().endswith("events/s\r\x1b[K")


def test_the_line_keeps_its_pace() -> None:
    screen = Screen(terminal=True)
    now = 0.0
    show = ProgressLine(screen, clock=lambda: now)
    for tenth in range(100):
        now = tenth * INTERVAL / 10
        show(step(tenth, 1.0 + now))
    assert screen.getvalue().count("\r") == 10


def test_a_quick_load_shows_nothing() -> None:
    screen = Screen(terminal=True)
    with shown_on(screen, quiet=False) as show:
        show(step(10, 0.1))
    assert screen.getvalue() == ""


def test_the_line_says_how_far_and_how_fast() -> None:
    assert line(step(1_000, 2.0)) == "loading  25 %  1,000 events  500 events/s"
    unknown = Progress(10, None, 1_234_567, 2.0, done=False)
    assert line(unknown) == "loading  1,234,567 events  617,284 events/s"
