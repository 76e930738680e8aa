"""Samples of every format beside what each of their events is: `formats/`, `formats.tsv`.

The samples are those of the formats' own manuals and specifications where these give any, else
made after them; what each event is was checked against the sample by hand.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from traversion_data import schema
from traversion_data.decode.recognise import FORMATS
from traversion_data.model import SECOND, Severity

from .loaded import FORMS, rows_of

COLUMNS = {
    "time": (schema.TIME,),
    "severity": (schema.SEVERITY,),
    "service": (schema.SERVICE,),
    "ids": (schema.EVENT_ID, schema.TRACE_ID, schema.SPAN_ID, schema.PARENT_SPAN_ID),
}
"""What is compared under one heading."""

SAMPLES = {
    "jsonl": "lines.jsonl",
    "otlp": "otlp.jsonl",
    "jaeger": "jaeger.json",
    "zipkin": "zipkin.json",
    "cloudtrail": "cloudtrail.json",
    "gcp": "gcp.json",
    "azure": "azure.json",
    "docker": "docker.log",
    "journald": "journald.jsonl",
    "clef": "clef.jsonl",
    "bunyan": "bunyan.log",
    "log4j2": "log4j2.json",
    "csv": "table.csv",
    "parquet": "table.parquet",
    "arrow": "table.arrow",
    "json": "events.json",
    "logfmt": "logfmt.log",
    "access": "access.log",
    "syslog": "syslog.log",
    "syslog5424": "syslog5424.log",
    "python": "python.log",
    "logback": "logback.log",
    "glog": "glog.log",
    "cri": "cri.log",
    "text": "text.log",
    "plain": "plain.txt",
}
"""By the word of the format."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a sample, opened without an option. wrong: headings with a wrong value."""

    title: str
    sample: str
    recognised_as: str
    expected: int
    events: int
    aside: int
    wrong: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether the format was recognised and every event is what it should be."""
        recognised = self.recognised_as == self.title
        return recognised and self.events == self.expected and not self.wrong


def judged(word: str) -> Verdict:
    """Open a format's sample and compare each of its events."""
    sample, title = SAMPLES[word], titles()[word]
    rows, info = rows_of(content(sample), name=f"/var/log/{sample}")
    expected = list(_expected(sample))
    wrong = tuple(
        heading
        for heading, columns in COLUMNS.items()
        if [[row[it] for it in columns] for row in rows]
        != [[row[it] for it in columns] for row in expected]
    )
    counts = (len(expected), info.stored, info.set_aside)
    return Verdict(title, sample, info.format, *counts, wrong)


def titles() -> dict[str, str]:
    """All formats, their titles by their words."""
    return {form.word: form.title for form in FORMATS}


def content(sample: str) -> bytes:
    """A sample's bytes; tables of columns are made here."""
    path = FORMS / sample
    return path.read_bytes() if path.exists() else _table(path.suffix)


def _table(suffix: str) -> bytes:
    at = 1_705_333_643 * SECOND
    table = pa.table(
        {
            "timestamp": pa.array(
                [at + SECOND // 2, at + SECOND + 1], pa.timestamp("ns", tz="UTC")
            ),
            "level": ["ERROR", "info"],
            "service": pa.array(["pay", "pay"]).dictionary_encode(),
            "message": ["declined", "plain"],
            "trace_id": ["ab" * 16, None],
        }
    )
    out = io.BytesIO()
    if suffix == ".parquet":
        pq.write_table(table, out)
    else:
        with pa.ipc.new_file(out, table.schema) as writer:
            writer.write_table(table)
    return out.getvalue()


def _expected(sample: str) -> Iterator[dict[str, Any]]:
    header, *lines = Path(__file__).with_name("formats.tsv").read_text().splitlines()
    names = header.split("\t")
    for line in lines:
        values = line.split("\t")
        row = dict(zip(names, values + [""] * (len(names) - len(values)), strict=True))
        if row.pop("sample") == sample:
            yield {
                **{name: value or None for name, value in row.items()},
                schema.TIME: _nanos(row["time"]),
                schema.SEVERITY: Severity[row["severity"].upper()] if row["severity"] else None,
            }


def _nanos(text: str) -> int:
    whole, _, fraction = text.removesuffix("Z").partition(".")
    seconds = int(datetime.fromisoformat(whole).replace(tzinfo=UTC).timestamp())
    return seconds * SECOND + int(fraction.ljust(9, "0") or 0)
