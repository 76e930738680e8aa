"""Hostile text in every pane: shown as text, obeyed by nobody, no row the wrong width."""

from __future__ import annotations

import polars as pl
import pytest

from traversion_data import schema
from traversion_data.model import MILLISECOND
from traversion_engine.result import ResultColumn, ResultTable, Role
from traversion_tui.theme import look

from .console_harness import Console, app_of, console, drive, enter, press, rows, text
from .tui_incident import START, MadeRecording, recording, view_of

PAYLOADS = {
    "action": "[@click=app.quit]x[/]",
    "closing": "[/x] y [/] [bold",
    "markup": "[b]$m[/b] [INFO] [link=http://evil]x[/link]",
    "osc": "\x1b]52;c;ZXZpbA==\x07\x1b]0;title\x1b\\ tail",
    "csi": "\x1b[2J\x1b[31m\x9b5m tail",
    "controls": "a\x00b\x08c\rd\ne\x7f\x85f\tg",
    "bidi": "user\u202egnp.exe\u2066x\u200b\ufeff",
    "wide": "日本語の長いメッセージ" * 8,
    "combining": "e" + "\u0301" * 5000,
    "emoji": "👩\u200d👩\u200d👧 🏴\U000e0067\U000e0062 ok",
    "surrogate": "a\ud800b",
    "private": "\ue000\U000f0000",
    "long": "A" * 4000,
    "empty": "",
    "blank": "   ",
    "quotes": "'; DROP -- \"\\",
}
ENCODABLE = {k: v for k, v in PAYLOADS.items() if k != "surrogate"}


def events(payload: str, count: int = 40):
    """Events that say the payload in every text column."""
    return schema.conform(
        pl.DataFrame(
            {
                "seq": range(count),
                "source": [0] * count,
                "offset": range(count),
                "time": [START + n * MILLISECOND for n in range(count)],
                "end_time": [START + (n + n % 3) * MILLISECOND for n in range(count)],
                "type": payload or "log",
                "service": payload or "none",
                "operation": payload,
                "message": payload,
                "trace_id": payload,
                "event_id": payload,
                "severity": [n % 6 for n in range(count)],
                "attrs": '{"' + "k" + '": "[/x] v"}',
                payload or "learned": payload,
            }
        )
    )


def table(payload: str) -> ResultTable:
    frame = pl.DataFrame({"name": [payload] * 3, "n": [1.5, None, 2.0]})
    columns = (ResultColumn("name", Role.TEXT), ResultColumn("n", Role.NUMBER, "ms"))
    return ResultTable(frame, columns, payload or "x", 3, notes=(payload,))


async def tour(pilot: Console, payload: str, size: tuple[int, int]) -> None:
    """Every pane, sheet and prompt, each looked at."""

    def harmless() -> None:
        shown = rows(pilot)
        assert all(row.isprintable() for row in shown)
        assert len(shown) == size[1]

    app = app_of(pilot)
    for keys in ("e full_stop tab", "v v v", "escape enter", "escape ctrl+l", "escape U"):
        await press(pilot, keys)
        harmless()
        assert app.is_running
    await enter(pilot, "colon", payload or "x")
    harmless()
    await enter(pilot, "slash", payload or "x")
    harmless()
    await enter(pilot, "at", payload or "x")
    harmless()
    assert app.is_running


@pytest.mark.parametrize(
    ("name", "size"),
    [*((name, (120, 40)) for name in ENCODABLE), ("markup", (80, 24)), ("wide", (80, 24))],
)
def test_every_pane_shows_hostile_text_as_text(name: str, size: tuple[int, int]) -> None:
    payload = ENCODABLE[name]

    async def play() -> None:
        made = recording(events(payload))
        made.name = payload
        made.session.reply = lambda statement: table(payload)
        async with console(made, size=size) as pilot:
            await tour(pilot, payload, size)

    drive(play)


@pytest.mark.parametrize("name", PAYLOADS)
def test_errors_names_and_pastes_are_text_too(name: str) -> None:
    payload = PAYLOADS[name]

    async def play() -> None:
        made = MadeRecording([view_of(events("calm"))], name=payload, error=ValueError(payload))

        def refuse(statement: str) -> ResultTable:
            raise ValueError(f"{payload}\n{payload}")

        made.session.reply = refuse
        async with console(made) as pilot:
            prompt = app_of(pilot).main.prompt
            await press(pilot, "colon")
            prompt._change(prompt.edited.at_end(payload or "x"))
            await press(pilot, "enter")
            assert all(row.isprintable() for row in rows(pilot))
            app_of(pilot).say(payload)
            assert all(row.isprintable() for row in rows(pilot))

    drive(play)


def test_the_payload_itself_can_be_read() -> None:
    async def play() -> None:
        made = recording(events(PAYLOADS["action"]))
        async with console(made, wears=look("mono", ascii_glyphs=True)) as pilot:
            await press(pilot, "end")
            assert PAYLOADS["action"] in text(pilot)
            await pilot.click("#events", offset=(34, 5))
            assert app_of(pilot).is_running

    drive(play)
