"""What keys inside `attrs` lead to, however they are spelled."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data.attributes import value_at
from traversion_engine import open_recording

KEYS = st.text(alphabet="ab'\"\\$[]\x14\n\x7f�߉😀*?@().,:0 ", max_size=6)


def at(keys: tuple[str, ...], *texts: str | None) -> list[str | None]:
    frame = pl.DataFrame({"attrs": pl.Series(texts, dtype=pl.String)})
    return frame.select(value_at(pl.col("attrs"), keys)).to_series().to_list()


@settings(deadline=None)
@given(KEYS, KEYS.filter(lambda key: key != ""))
def test_any_key_finds_its_value_and_no_other(outer: str, inner: str) -> None:
    texts = [
        json.dumps({outer: {inner: "found", f"{inner}x": "other"}}, ensure_ascii=False),
        json.dumps({f"{outer}x": {inner: "elsewhere"}}, ensure_ascii=False),
    ]
    assert at((outer, inner), *texts, None) == ["found", None, None]


@pytest.mark.parametrize("key", ["plain", "back\\slash"])
def test_values_of_every_type_are_given_alike(key: str) -> None:
    values = ["x", 1, 1.5, True, None, {"a": 1}, [1, 2], 'q"uoé']
    texts = [json.dumps({key: value}, ensure_ascii=False) for value in values]
    assert at((key,), *texts) == ["x", "1", "1.5", "true", None, '{"a":1}', "[1,2]", 'q"uoé']


def test_a_status_under_a_key_with_odd_characters_that_drifts_ends_no_load(tmp_path: Path) -> None:
    for key in ("a\\.status", "''.status", "\x14$'x\x14$'.status", "'\".status"):
        rows = [{"time": 1_705_333_643, "msg": "m", key: value} for value in (200, 503, "503")]
        file = tmp_path / "events.jsonl"
        file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
        view = open_recording(file).view
        assert view.height == 3
        (source,) = view.sources
        assert source.read == source.stored + source.set_aside + source.blank
