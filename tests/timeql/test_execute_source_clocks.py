"""SHOW SOURCES says how far the clocks of sources run apart, by the calls between their hosts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from traversion_data.source.file import FileSource
from traversion_engine import Recording
from traversion_engine.timeql.execute import source_clocks

T0 = 1_705_333_643_000


def spans(host: str, count: int, skew: int = 0, *, called: bool = False) -> list[str]:
    """Calls of 20 ms within spans of 40 ms, written by the caller's host or by the called one."""
    start, lasts = (10 + skew, 20) if called else (0, 40)
    return [
        json.dumps(
            {
                "ts": T0 + 1000 * n + start, "type": "span", "service": host, "host": host,
                "trace_id": f"t{n}", "span_id": f"{host}{n}", "duration_ms": lasts,
                "message": "x", "operation": "call",
            } | ({"parent_span_id": f"a{n}"} if called else {})
        )
        for n in range(count)
    ]  # fmt: skip


def asked(folder: Path, **files: list[str]):
    paths = []
    for name, lines in files.items():
        paths.append(folder / f"{name}.jsonl")
        paths[-1].write_text("\n".join(lines) + "\n", encoding="utf-8")
    recording = Recording([FileSource(path) for path in paths])
    recording.load()
    answer = recording.query("SHOW SOURCES")
    return answer.frame["skew_ms"].to_list(), answer.notes, recording


@pytest.mark.parametrize("skew", [-340, 340, 2_500])
def test_a_source_whose_clock_is_off_is_told_and_its_times_are_kept(tmp_path, skew):
    files = {"a": spans("a", 57), "b": spans("b", 57, skew, called=True)}
    skews, notes, recording = asked(tmp_path, **files)
    assert skews == [0.0, skew]
    assert "skew_ms is against the clock of host a." in notes
    assert any(note.startswith("Host b is about") for note in notes)
    first = recording.query("TIMELINE WHERE host = 'b' LIMIT 1").frame["time"][0]
    assert first == (T0 + 10 + skew) * 1_000_000


def test_clocks_that_may_be_one_differ_by_nothing(tmp_path):
    skews, notes, _ = asked(tmp_path, a=spans("a", 9), b=spans("b", 9, 5, called=True))
    assert skews == [0.0, 0.0]
    assert not any("ahead" in note or "behind" in note for note in notes)


def test_what_is_not_known_is_null(tmp_path):
    few = asked(tmp_path, a=spans("a", 2), b=spans("b", 2, 400, called=True))
    assert few[0] == [None, None]
    alone = asked(tmp_path, a=spans("a", 9))
    assert alone[0] == [None]
    assert not any("skew_ms" in note for note in alone[1])


def test_a_source_of_several_hosts_has_no_clock_of_its_own_but_they_are_told(tmp_path):
    mixed = [*spans("a", 57), *spans("b", 57, -340, called=True)]
    skews, notes, _ = asked(tmp_path, mixed=mixed, c=spans("c", 9))
    assert skews == [None, None]
    assert "Host b is about 340 ms behind host a (57 pairs); times are shown as recorded." in notes


def test_of_a_large_recording_the_first_events_tell(tmp_path, monkeypatch):
    monkeypatch.setattr(f"{source_clocks.__name__}.WHOLE_UP_TO", 60)
    skews, _, _ = asked(tmp_path, a=spans("a", 90), b=spans("b", 90, 700, called=True))
    assert skews == [0.0, 700.0]
