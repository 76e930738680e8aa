"""The program says which format each text is of, and takes the word for one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

FORMS = Path(__file__).parent / "formats"
TRAVERSION = Path(sys.executable).with_name("traversion")


def query(statement, *words):
    done = subprocess.run(
        [TRAVERSION, "query", statement, *words, "--format", "jsonl", "--quiet"],
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()


def test_sources_are_shown_with_their_formats():
    names = ["access.log", "cri.log", "glog.log", "logback.log", "logfmt.log", "plain.txt"]
    names += ["python.log", "syslog.log", "syslog5424.log", "text.log"]
    rows, _ = query("SHOW SOURCES", *(str(FORMS / name) for name in names))
    assert [row["format"] for row in rows] == [
        "access log",
        "Kubernetes container log",
        "glog or klog",
        "Java log",
        "logfmt",
        "text without times",
        "Python log",
        "syslog (RFC 3164)",
        "syslog (RFC 5424)",
        "text with times",
    ]
    assert all(row["read"] == row["stored"] + row["set_aside"] + row["blank"] for row in rows)


def test_exceptions_of_text_are_fields():
    statement = "SELECT exception.type, exception.message WHERE error"
    rows, _ = query(statement, str(FORMS / "logback.log"))
    assert rows == [
        {
            "exception.type": "java.lang.IllegalStateException",
            "exception.message": "pool exhausted",
        }
    ]


def test_a_format_can_be_named():
    rows, _ = query("SHOW SOURCES", str(FORMS / "logback.log"), "--as", "text")
    assert (rows[0]["format"], rows[0]["stored"]) == ("text with times", 3)
