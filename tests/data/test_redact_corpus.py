"""Recall and false rate on a labelled corpus, and no byte of a secret in what is written."""

from __future__ import annotations

import json

import polars as pl
import pytest

from traversion_data import schema
from traversion_data.redact.cells import in_texts
from traversion_data.redact.kernel import Redaction, redact_aside, redact_events

from .decoded import batch_of
from .secrets_corpus import RULES, benign, secrets

STANDARD = Redaction.standard(b"k" * 32)


def written(frame: pl.DataFrame, folder) -> bytes:
    path = folder / "frame.parquet"
    frame.write_parquet(path, compression="uncompressed")
    frame.write_ndjson(folder / "frame.ndjson")
    return path.read_bytes() + (folder / "frame.ndjson").read_bytes()


@pytest.mark.parametrize("rule", RULES)
def test_every_secret_of_a_rule_is_found_and_named(rule):
    corpus = [labelled for labelled in secrets(200 * len(RULES)) if labelled.rule == rule]
    cells = pl.Series("message", [labelled.text for labelled in corpus])
    texts = in_texts([cells], STANDARD)[0].cells
    kept = [(a, b) for a, b in zip(corpus, texts, strict=True) if a.secret in b]
    assert kept == []
    assert texts.str.contains(f"[redacted:{rule}:", literal=True).all()
    assert STANDARD.texts(texts).equals(texts)


def test_false_redactions_are_at_most_one_in_ten_thousand():
    lines = pl.Series("message", benign(100_000, seed=7))
    events = schema.conform(pl.DataFrame({"message": lines}).with_columns(flags=0))
    redacted, counts = redact_events(events, STANDARD)
    assert (redacted["message"] != lines).sum() <= len(lines) // 10_000
    assert sum(counts.values()) <= len(lines) // 10_000


def test_no_byte_of_a_secret_is_written_wherever_in_an_event_it_stood(tmp_path):
    corpus = secrets(200, seed=3)
    lines = []
    for at, labelled in enumerate(corpus):
        event = {"timestamp": f"2024-01-15T15:47:23.{at:03}Z", "service": "api"}
        place = at % 5
        if place == 0:
            event |= {"message": labelled.text}
        elif place == 1:
            event |= {"message": "x", "http": {"request": {"headers": labelled.text}}}
        elif place == 2:
            event |= {"message": "x", "password": labelled.secret}
        elif place == 3:
            event |= {"message": "x", "steps": [{"at": 1, "said": labelled.text}, 2]}
        else:
            event |= {"operation": labelled.text, "tokens": [labelled.secret]}
        lines.append(json.dumps(event))
    events, counts = redact_events(batch_of(*lines)[0].events, STANDARD)
    found = written(events, tmp_path)
    said = [json.dumps(labelled.secret)[1:-1].encode() for labelled in corpus]
    assert [secret for secret in said if secret in found] == []
    assert events.filter(pl.col("flags") & 16 != 0).height == len(corpus)
    assert set(RULES) <= set(counts)


def test_no_byte_of_a_secret_is_in_lines_set_aside(tmp_path):
    corpus = secrets(200, seed=4)
    batch, _ = batch_of(*(labelled.text.replace("\n", " ") for labelled in corpus))
    assert batch.aside.height >= 190, "a few texts of the corpus are JSON by themselves"
    aside, counts = redact_aside(batch.aside, STANDARD)
    found = written(aside, tmp_path)
    assert [x for x in corpus if x.secret.replace("\n", " ").encode() in found] == []
    assert aside.drop("text").equals(batch.aside.drop("text"))
    assert sum(counts.values()) >= 190
