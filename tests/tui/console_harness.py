"""Drives the console without a terminal: keys in, rows of text and style out."""

from __future__ import annotations

import asyncio
import os
import string
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from rich.style import Style
from textual import events
from textual.keys import _character_to_key, key_to_character
from textual.pilot import Pilot
from textual.strip import Strip
from textual.worker import Worker

from traversion_tui.app import TraversionApp
from traversion_tui.loading import Load
from traversion_tui.recording import Recording
from traversion_tui.theme import Look, look
from traversion_tui.widgets.painted import Painted

SNAPSHOTS = Path(__file__).parent / "snapshots"
UPDATE = "TRAVERSION_UPDATE_SNAPSHOTS"
"""Set to 1 it writes the snapshots anew; read the difference before keeping them."""

Console = Pilot[None]


def app_of(pilot: Console) -> TraversionApp:
    assert isinstance(pilot.app, TraversionApp)
    return pilot.app


async def settle(pilot: Console) -> None:
    """Wait until no worker runs and everything it posted is shown; what is followed goes on.

    Pilot's own pause waits for the whole process to be idle, which on a busy machine is most of a
    test's time; here messages are followed through the queues instead.
    """
    app = app_of(pilot)
    for _ in range(50):
        await _through_the_queues(pilot)
        if ending := [worker for worker in app.workers if not _goes_on(app, worker)]:
            await app.workers.wait_for_complete(ending)
        await _through_the_queues(pilot)
        if not any(channel.busy for channel in app.channels.values()):
            break
    app.screen._on_timer_update()
    await _through_the_queues(pilot)


def _goes_on(app: TraversionApp, worker: Worker[object]) -> bool:
    grows = app.recording is not None and app.recording.terms.grows
    return grows and isinstance(worker._work, Load)


async def _through_the_queues(pilot: Console) -> None:
    """Let a message pass from the app to a widget and bubble back up."""
    for _ in range(3):
        await pilot._wait_for_screen()


@asynccontextmanager
async def console(
    recording: Recording | None,
    size: tuple[int, int] = (120, 40),
    wears: Look | None = None,
    **given: object,
) -> AsyncIterator[Console]:
    """A console with its recording loaded; at the end no pane may have failed."""
    app = TraversionApp(
        recording,
        look=wears or look("dark"),
        memory=lambda: 214 << 20,
        **given,  # type: ignore[arg-type]
    )
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        yield pilot
        for pane in app.main.query(Painted):
            assert pane.failure is None, (pane, pane.failure)


def drive(play: Callable[[], Awaitable[None]]) -> None:
    """Run one asynchronous test."""
    asyncio.run(play())  # type: ignore[arg-type]


async def press(pilot: Console, keys: str | Iterable[str]) -> None:
    """Press keys, named as Textual does, and let their answers arrive."""
    app = app_of(pilot)
    for key in keys.split() if isinstance(keys, str) else keys:
        name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
        event = events.Key(name, key_to_character(name))
        event.set_sender(app)
        app.post_message(event)
        await _through_the_queues(pilot)
    await settle(pilot)


async def enter(pilot: Console, key: str, text: str) -> None:
    """Open a prompt with a key, type a line and enter it."""
    await press(pilot, [key])
    app_of(pilot).main.prompt.edited = app_of(pilot).main.prompt.edited.at_end(text)
    await press(pilot, ["enter"])


def strips(pilot: Console) -> list[Strip]:
    """The screen's rows."""
    app = app_of(pilot)
    return app.screen._compositor.render_strips(app.size)


def rows(pilot: Console) -> list[str]:
    """The screen's rows as text."""
    return [strip.text for strip in strips(pilot)]


def text(pilot: Console) -> str:
    """The screen as text."""
    return "\n".join(rows(pilot))


def dump(shown: list[Strip]) -> str:
    """Rows of text, a map of style letters under them, and what each letter means."""
    letters: dict[str, str] = {}
    names = string.ascii_letters + string.digits + "!#$%&*+-/<=>?@^_~"
    plain: list[str] = []
    styled: list[str] = []
    for strip in shown:
        plain.append(strip.text.rstrip())
        row: list[str] = []
        for segment in strip:
            name = _style_name(segment.style)
            letter = letters.setdefault(name, names[min(len(letters), len(names) - 1)])
            row.append(letter * segment.cell_length)
        styled.append("".join(row))
    legend = [f"{letter} {name}" for name, letter in letters.items()]
    return "\n".join([*plain, "", *styled, "", *legend, ""])


def _style_name(style: Style | None) -> str:
    if style is None:
        return "none"
    flags = ("bold", "dim", "italic", "underline", "reverse")
    words = [word for word in flags if getattr(style, word)]
    fore = style.color.name if style.color else "default"
    back = style.bgcolor.name if style.bgcolor else "default"
    return " ".join([*words, fore, "on", back])


def matches_snapshot(pilot: Console, name: str) -> None:
    """The screen equals the stored one, text and style."""
    shown = dump(strips(pilot))
    path = SNAPSHOTS / f"{name}.txt"
    if os.environ.get(UPDATE):
        SNAPSHOTS.mkdir(exist_ok=True)
        path.write_text(shown, encoding="utf-8")
    stored = path.read_text(encoding="utf-8")
    assert shown == stored, f"{path.name} differs; {UPDATE}=1 writes it anew"
