"""Which command a command line means, and what is refused with which exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from traversion_tui import later
from traversion_tui.first_word import CONSOLE
from traversion_tui.source_options import parse_map, parse_options, parse_time
from traversion_tui.source_words import SourceWords

from .command_line import EVENTS, lines, run


def test_version_is_the_packages() -> None:
    done = run("--version")
    assert done.returncode == 0
    assert done.stdout.decode().startswith("traversion 0.")


def test_help_names_every_command_of_this_version() -> None:
    done = run("--help")
    assert done.returncode == 0
    shown = done.stdout.decode()
    for command in (CONSOLE, "query", "demo", "scenarios"):
        assert f"\n  {command} " in shown
    assert not done.stderr


@pytest.mark.parametrize("command", later.COMMANDS)
def test_commands_of_later_versions_say_so(command: str, tmp_path: Path) -> None:
    done = run(command, "--store", "x", "--", "y", cwd=tmp_path)
    assert done.returncode == 3
    assert done.stderr.decode() == f"traversion {command} is not available in this version.\n"
    assert not done.stdout
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("option", later.OPTIONS)
@pytest.mark.parametrize("command", ["query", CONSOLE])
def test_options_of_later_versions_say_so(option: str, command: str) -> None:
    done = run(command, "TIMELINE", "events.jsonl", f"{option}=x")
    assert done.returncode == 3
    assert done.stderr.decode().startswith(f"{option} (")


def test_a_later_option_behind_two_dashes_is_a_source() -> None:
    done = run("query", "TIMELINE", "--", "--follow")
    assert done.returncode == 1
    assert "--follow" in done.stderr.decode()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("query", "TIMELINE", "f", "--tz", "Mars/Base"), "there is no time zone 'Mars/Base'"),
        (("query", "TIMELINE", "f", "--map", "time"), "'time' is no pair"),
        (("query", "TIMELINE", "f", "--map", "time=a,time=b"), "'time' is mapped twice"),
        (("query", "TIMELINE", "f", "--since", "noon"), "'noon' is no time"),
        (("query", "TIMELINE", "f", "--format", "xml"), "'xml' is not one of"),
        (("query", "TIMELINE", "f", "--raw"), "it goes with --format csv"),
        (("query", "TIMELINE", "f", "--frobnicate"), "No such option: --frobnicate"),
        (
            ("query", "TIMELINE", "f", "--since", "2024-01-02", "--until", "2024-01-01"),
            "it lies before --since",
        ),
    ],
    ids=" ".join,
)
def test_a_wrong_option_is_named(words: tuple[str, ...], said: str) -> None:
    done = run(*words)
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert not done.stdout


def test_zones_and_offsets_of_times_on_the_command_line() -> None:
    midnight = 1_705_276_800_000_000_000
    hour = 3_600_000_000_000
    assert parse_time("2024-01-15", "UTC", "--since") == midnight
    assert parse_time("2024-01-15T00:00:00.000001", "UTC", "--since") == midnight + 1_000
    assert parse_time("2024-01-15 00:00", "Europe/Berlin", "--since") == midnight - hour
    assert (
        parse_time("2024-01-15T00:00:00-05:00", "Europe/Berlin", "--since") == midnight + 5 * hour
    )
    assert parse_options(SourceWords(since="1969-12-31T23:59:59")).since == -1_000_000_000


def test_a_map_reads_dotted_keys() -> None:
    fields = parse_map("time=ts, service=kubernetes.labels.app")
    assert fields.get("time") == "ts"
    assert fields.get("service") == "kubernetes.labels.app"
    assert fields.get("severity") is None


def test_scenarios_are_listed_and_written(tmp_path: Path) -> None:
    listed = run("scenarios", "list")
    assert listed.returncode == 0
    (name, *_), *_ = (line.split() for line in listed.stdout.decode().splitlines())
    assert run("scenarios").stdout == listed.stdout
    file = tmp_path / "scenario.jsonl"
    assert run("scenarios", "write", name, file).returncode == 0
    written = file.read_bytes().splitlines()
    assert len(written) > 1_000
    assert {"timestamp", "service"} <= json.loads(written[0]).keys()
    assert run("scenarios", "write", name, "-").stdout.splitlines() == written


def test_an_unknown_scenario_names_the_nearest(tmp_path: Path) -> None:
    done = run("scenarios", "write", "checkout-cascad", tmp_path / "x")
    assert done.returncode == 1
    assert "Did you mean checkout-cascade?" in done.stderr.decode()
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "%2e%2e", "a\x1b[31m"])
def test_a_scenario_is_never_a_path(name: str, tmp_path: Path) -> None:
    for words in (("scenarios", "write", name, "out"), ("query", "TIMELINE", f"scenario:{name}")):
        done = run(*words, cwd=tmp_path)
        assert done.returncode == 1
        assert b"\x1b" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_an_output_that_cannot_be_written_is_bad_input(tmp_path: Path) -> None:
    done = run("scenarios", "write", "checkout-cascade", tmp_path / "no" / "such" / "folder")
    assert done.returncode == 1
    assert "cannot be written" in done.stderr.decode()


def test_a_first_word_that_is_no_command_is_a_source(tmp_path: Path) -> None:
    """Without a terminal the console refuses; that it was meant shows in what it says."""
    file = tmp_path / "events.jsonl"
    file.write_bytes(lines(EVENTS))
    for words in ((file,), ("open", file), ("--tz", "UTC", file), ("--", file), ("-",), ()):
        done = run(*words)
        assert done.returncode == 1
        assert "The console needs a terminal" in done.stderr.decode()


def test_a_file_called_like_a_command_is_opened_by_open(tmp_path: Path) -> None:
    (tmp_path / "query").write_bytes(lines(EVENTS))
    assert "Missing argument" in run("query", cwd=tmp_path).stderr.decode()
    assert "needs a terminal" in run("open", "query", cwd=tmp_path).stderr.decode()
    assert "needs a terminal" in run("./query", cwd=tmp_path).stderr.decode()
