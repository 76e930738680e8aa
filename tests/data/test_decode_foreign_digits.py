"""Digits of another script are no number to a parser: what holds them stays text, and loads."""

from __future__ import annotations

from pathlib import Path

import pytest

from traversion_engine import open_recording

WHOLE, BROKEN = "164\u07c93", "1.5\u0663"
STAMP = "2024-01-15T15:47:23Z"
LINES = {
    "logfmt": (
        "time={t} level=info msg=ok took=12 share=0.5 left=1",
        "time={t} level=info msg=ok took={whole} share={broken} left=2",
    ),
    "JSON": (
        '{{"time":"{t}","msg":"ok","took":"12ms","duration":"1.5s","n":"7"}}',
        '{{"time":"{t}","msg":"ok","took":"{whole}ms","duration":"{broken}s","n":"{whole}"}}',
    ),
    "access log": (
        '10.0.0.1 - - [15/Jan/2024:15:47:23 +0000] "GET / HTTP/1.1" 200 512 "-" "x" 0.25',
        '10.0.0.1 - - [15/Jan/2024:15:47:23 +0000] "GET / HTTP/1.1" 200 {whole} "-" "x" {broken}',
    ),
    "syslog": (
        "<13>1 {t} web app 12 - - ok",
        "<1\u0663>1 {t} web app {whole} - - ok",
    ),
    "CSV": ("{t},web,12,0.5", "{t},web,{whole},{broken}"),
}


@pytest.mark.parametrize("form", LINES)
def test_lines_with_such_digits_are_all_accounted_for(form: str, tmp_path: Path) -> None:
    plain, odd = (line.format(t=STAMP, whole=WHOLE, broken=BROKEN) for line in LINES[form])
    head = ["time,service,took,share"] if form == "CSV" else []
    file = tmp_path / ("events.csv" if form == "CSV" else "events.log")
    file.write_text("\n".join([*head, *[plain] * 50, odd, *[plain] * 50, ""]), encoding="utf-8")
    view = open_recording(file).view
    (source,) = view.sources
    assert source.read == source.stored + source.set_aside + source.blank
    assert view.height >= 100


def test_such_a_number_stays_text_beside_the_numbers(tmp_path: Path) -> None:
    plain, odd = (line.format(t=STAMP, whole=WHOLE, broken=BROKEN) for line in LINES["logfmt"])
    file = tmp_path / "events.log"
    file.write_text("\n".join([*[plain] * 20, odd, ""]), encoding="utf-8")
    view = open_recording(file).view
    assert view.events["took"].to_list() == [*[12] * 20, None]
    assert WHOLE in view.events["attrs"][20]


def test_an_event_without_a_name_for_a_key_keeps_its_value(tmp_path: Path) -> None:
    rows = [f'{{"time":{1_705_333_643 + 9 - n},"":{n},"msg":"m"}}' for n in range(9)]
    file = tmp_path / "events.jsonl"
    file.write_text("\n".join([*rows, ""]), encoding="utf-8")
    recording = open_recording(file)
    found = recording.query('SELECT max("field.") AS most')
    assert found.frame["most"].to_list() == [8]
