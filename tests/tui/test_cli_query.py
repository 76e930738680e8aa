"""`traversion query` as a script sees it: standard output, standard error and the exit code."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet
import pytest

from .command_line import EVENTS, lines, run
from .terminal_harness import TRAVERSION, Terminal, environment

MESSAGES = [event["message"] for event in EVENTS]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "events.jsonl"
    path.write_bytes(lines())
    return path


@pytest.mark.parametrize("format_", ["json", "jsonl", "csv", "arrow", "parquet"])
def test_every_format_reads_back(format_: str, file: Path) -> None:
    done = run("query", "TIMELINE", file, "--format", format_)
    assert done.returncode == 0, done.stderr
    match format_:
        case "json":
            messages = [row["message"] for row in json.loads(done.stdout)["rows"]]
        case "jsonl":
            messages = [json.loads(line)["message"] for line in done.stdout.splitlines()]
        case "csv":
            messages = [row["message"] for row in csv.DictReader(io.StringIO(done.stdout.decode()))]
        case "arrow":
            messages = pyarrow.ipc.open_stream(done.stdout).read_all()["message"].to_pylist()
        case _:
            messages = pyarrow.parquet.read_table(pa.BufferReader(done.stdout))[
                "message"
            ].to_pylist()
    assert messages == MESSAGES


def test_table_is_the_default(file: Path) -> None:
    done = run("query", "TIMELINE", file)
    assert done.returncode == 0
    head, rule, *rows = done.stdout.decode().splitlines()
    assert head.split()[:3] == ["seq", "event_id", "time"]
    assert set(rule) == {"─", " "}
    assert [row.split()[2] for row in rows] == [
        "2024-01-15T15:47:23.100Z",
        "2024-01-15T15:47:23.200Z",
        "2024-01-15T15:47:23.300Z",
    ]
    assert b"\x1b" not in done.stdout


def test_json_has_meta_and_times_as_precise_as_the_source(file: Path) -> None:
    answer = json.loads(run("query", "TIMELINE", file, "--format", "json").stdout)
    assert [column["name"] for column in answer["columns"]] == list(answer["rows"][0])
    first = answer["rows"][0]
    assert first["seq"] == 0
    assert first["time"] == "2024-01-15T15:47:23.100Z"
    assert first["severity"] == "info"
    assert answer["meta"]["rows"] == answer["meta"]["total"] == 3
    assert answer["meta"]["notes"] == []


@pytest.mark.parametrize("format_", ["jsonl", "csv"])
def test_notes_and_meta_stand_on_standard_error(format_: str, file: Path) -> None:
    done = run("query", "TIMELINE WHERE service = 'dv'", file, "--format", format_)
    assert done.returncode == 0
    assert done.stdout.count(b"\n") == (1 if format_ == "csv" else 0)
    *notes, meta = done.stderr.decode().splitlines()
    assert any("'db'" in note for note in notes)
    assert json.loads(meta.removeprefix("meta: "))["rows"] == 0


def test_no_rows_are_an_answer_with_a_reason(file: Path) -> None:
    done = run("query", "TIMELINE WHERE service = 'dv'", file)
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 2
    assert "note: " in done.stderr.decode()


def test_quiet_says_nothing_but_errors(file: Path) -> None:
    file.write_bytes(lines() + b"nonsense\n")
    assert run("query", "TIMELINE WHERE service = 'dv'", file, "-q").stderr == b""
    assert run("query", "TIMELIN", file, "-q").stderr


@pytest.mark.parametrize(
    ("statement", "code", "said"),
    [
        ("TIMELINE WERE service = 'db'", 2, "         ^^^^ "),
        ("TIMELINE WHERE servise = 'db'", 2, "               ^^^^^^^ "),
        ("", 2, "expected"),
        ("TIMELINE " + "(" * 5_000, 2, "deep"),
        ("WHAT IF 'db'.duration = BASELINE", 3, "not available in this version"),
        ("ROOT CAUSE", 3, "not available in this version"),
    ],
    ids=["keyword", "field", "empty", "depth", "what if", "root cause"],
)
def test_statements_that_get_no_answer(statement: str, code: int, said: str, file: Path) -> None:
    done = run("query", statement, file)
    assert done.returncode == code
    assert said in done.stderr.decode()
    assert done.stdout == b""


def test_a_statement_error_is_the_page_s(file: Path) -> None:
    done = run("query", "STATE AT '2024-01-15 15:47:23' WERE service = 'api'", file)
    assert done.returncode == 2
    assert done.stderr.decode() == (
        "STATE AT '2024-01-15 15:47:23' WERE service = 'api'\n"
        "                               ^^^^ "
        "expected WHERE, FOR, CHANGED, OVER or the end. Did you mean WHERE?\n"
    )


def test_a_bad_statement_reads_no_source() -> None:
    done = run("query", "TIMELIN", "no-such-file.jsonl")
    assert done.returncode == 2


def test_output_goes_to_a_file(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "answer.parquet"
    done = run("query", "TIMELINE", file, "-f", "parquet", "-o", out)
    assert (done.returncode, done.stdout) == (0, b"")
    assert pyarrow.parquet.read_table(out)["message"].to_pylist() == MESSAGES


def test_a_failed_query_leaves_the_output_file_alone(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "answer.json"
    out.write_text("before")
    assert run("query", "TIMELINE WHERE servise = 'x'", file, "-o", out).returncode == 2
    assert out.read_text() == "before"


def test_standard_input_is_a_source() -> None:
    done = run("query", "TIMELINE", "-", "--format", "jsonl", stdin=lines())
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 3


def test_several_sources_are_one_recording(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl"
    other.write_bytes(lines([{**EVENTS[1], "message": "from the other file"}]))
    done = run("query", "TIMELINE WHERE service = 'db'", file, other, "--format", "jsonl")
    assert done.returncode == 0
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["message"] for row in rows] == [
        "pool 19/20",
        "from the other file",
        "pool exhausted",
    ]
    assert rows[1]["seq"] == 1 << 40


def test_a_map_and_a_zone_say_how_to_read(tmp_path: Path) -> None:
    odd = tmp_path / "odd.jsonl"
    odd.write_bytes(lines([{"a": {"b": "2024-01-15 15:47:23"}, "who": "db", "message": "m"}]))
    done = run(
        "query", "TIMELINE", odd, "--map", "time=a.b,service=who", "--tz", "Europe/Berlin",
        "--format", "jsonl",
    )  # fmt: skip
    row = json.loads(done.stdout)
    assert (row["time"], row["service"]) == ("2024-01-15T14:47:23Z", "db")


def test_since_and_until_leave_the_rest_out(file: Path) -> None:
    done = run(
        "query", "TIMELINE", file, "--format", "jsonl",
        "--since", "2024-01-15T15:47:23.150", "--until", "2024-01-15T15:47:23.300",
    )  # fmt: skip
    assert [json.loads(line)["message"] for line in done.stdout.splitlines()] == ["pool 19/20"]


@pytest.mark.parametrize("format_", ["table", "jsonl", "json", "csv", "arrow", "parquet"])
def test_a_reader_that_has_enough_is_no_error(format_: str, tmp_path: Path) -> None:
    many = tmp_path / "many.jsonl"
    many.write_bytes(lines({**EVENTS[0], "n": n, "message": "x" * 200} for n in range(20_000)))
    with subprocess.Popen(
        [TRAVERSION, "query", "TIMELINE", str(many), "--format", format_, "-q"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_closed_standard_error_puts_no_notes_among_the_results(file: Path) -> None:
    command = f"{TRAVERSION} query \"TIMELINE WHERE service = 'dv'\" {file} --format jsonl 2>&-"
    done = subprocess.run(
        ["/bin/sh", "-c", command], capture_output=True, env=environment(), check=False
    )
    assert (done.returncode, done.stdout) == (0, b"")


def test_on_a_terminal_tables_fit_and_binary_formats_refuse(file: Path) -> None:
    with Terminal([TRAVERSION, "query", "TIMELINE", str(file)], columns=90) as terminal:
        assert terminal.leave() == 0
        assert "pool exhau" in terminal.text
        assert max(len(line.rstrip()) for line in terminal.lines) <= 90
        assert b"\x1b[1m" in terminal.raw
    for format_ in ("arrow", "parquet"):
        with Terminal([TRAVERSION, "query", "TIMELINE", str(file), "-f", format_]) as terminal:
            assert terminal.leave() == 1
            assert f"{format_} is not for reading on a terminal" in terminal.text


def test_without_colour_a_terminal_gets_none(file: Path) -> None:
    argv = [TRAVERSION, "query", "TIMELINE", str(file)]
    for env in (environment(NO_COLOR="1"), environment(TERM="dumb")):
        with Terminal(argv, env=env) as terminal:
            assert terminal.leave() == 0
            assert b"\x1b" not in terminal.raw


def test_hostile_text_reaches_a_terminal_as_pictures(tmp_path: Path) -> None:
    hostile = tmp_path / "hostile.jsonl"
    text = "\x1b]0;owned\x07\x1b[2J\u009b31m\u202egnp.exe\r\n\x00"
    hostile.write_bytes(lines([{**EVENTS[0], "message": text, "service": text}]))
    for format_ in ("table", "json", "jsonl", "csv"):
        argv = [TRAVERSION, "query", "TIMELINE", str(hostile), "--format", format_]
        with Terminal(argv, env=environment(NO_COLOR="1")) as terminal:
            assert terminal.leave() == 0
            assert not set(bytes(terminal.raw)) & {0x1B, 0x07, 0x00}
            assert "\u009b" not in terminal.raw.decode()
            assert "\u202e" not in terminal.raw.decode()


def test_an_ascii_locale_gets_ascii(file: Path) -> None:
    env = environment(LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    with Terminal([TRAVERSION, "query", "TIMELINE", str(file)], env=env) as terminal:
        assert terminal.leave() == 0
        assert terminal.raw.isascii()


def test_python_m_is_the_same_command(file: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "traversion_tui", "query", "TIMELINE", file, "-f", "jsonl"],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 3
