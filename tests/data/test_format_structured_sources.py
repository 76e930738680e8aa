"""Every structured format opened from the command line, without a word on what it is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from .loaded import FORMS

FORMATS = {
    "otlp.jsonl": "OTLP JSON",
    "jaeger.json": "Jaeger JSON",
    "zipkin.json": "Zipkin JSON",
    "events.json": "JSON document",
    "cloudtrail.json": "AWS CloudTrail",
    "gcp.json": "Google Cloud Logging",
    "azure.json": "Azure Monitor",
    "docker.log": "Docker container log",
    "journald.jsonl": "journald JSON",
    "clef.jsonl": "Serilog CLEF",
    "table.csv": "CSV",
}
MANY = "a record holds many events: #N counts events in the order of their bytes"


def test_show_sources(tmp_path):
    table = pa.table({"time": ["2024-01-15T15:47:23Z"], "msg": ["x"]})
    pq.write_table(table, tmp_path / "t.parquet")
    with pa.ipc.new_file(tmp_path / "t.arrow", table.schema) as writer:
        writer.write_table(table)
    files = [FORMS / name for name in FORMATS] + [tmp_path / "t.parquet", tmp_path / "t.arrow"]
    command = [Path(sys.executable).with_name("traversion"), "query", "SHOW SOURCES"]
    done = subprocess.run(
        [*command, *files, "--format", "jsonl"],
        capture_output=True,
        check=True,
        env={"HOME": str(tmp_path)},
    )
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith(b"{")]
    assert [row["format"] for row in rows] == [*FORMATS.values(), "Parquet", "Arrow"]
    for row in rows:
        assert row["read"] == row["stored"] + row["set_aside"] + row["blank"]
        assert row["stored"] > 0
    assert all(row["time_field"] for row in rows)
    assert done.stderr.decode().count(MANY) >= 3
