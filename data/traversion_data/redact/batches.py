"""Batches without secrets, lines too long to be kept named by a digest that gives nothing away."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Final

import polars as pl

from traversion_data.decode.base import Batch
from traversion_data.redact.kernel import redact_aside, redact_events
from traversion_data.redact.pseudonym import keyed_digest
from traversion_data.redact.redaction import Redaction

_DIGEST: Final = re.compile("SHA-256 ([0-9a-f]{64})")


def redact_batch(batch: Batch, redaction: Redaction) -> tuple[Batch, Counter[str]]:
    """The batch without secrets, and the number of cells that each rule changed."""
    events, found = redact_events(batch.events, redaction)
    if not batch.aside.height:
        return replace(batch, events=events), Counter(found)
    aside, beside = redact_aside(batch.aside, redaction)
    keyed = aside.with_columns(_keyed(aside["reason"], redaction.key))
    return replace(batch, events=events, aside=keyed), Counter(found) + Counter(beside)


def _keyed(reasons: pl.Series, key: bytes) -> pl.Series:
    """Plain digests of whole lines, by which short secrets could be guessed, become keyed ones."""
    if not reasons.str.contains(_DIGEST.pattern).any():
        return reasons
    texts = [
        _DIGEST.sub(lambda it: f"keyed digest {keyed_digest(bytes.fromhex(it[1]), key)}", text)
        for text in reasons
    ]
    return pl.Series(reasons.name, texts, dtype=pl.String)
