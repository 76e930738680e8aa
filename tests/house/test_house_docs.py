"""What the README says can be done can be done, in the words in which it says it."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest

import traversion_engine
from traversion_engine import Recording, StatementError, open_recording
from traversion_engine.timeql.parse import parse
from traversion_scenarios import lines
from traversion_tui.cli import app

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]

FENCES = re.findall(r"^```(\w*)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
COMMANDS = [
    line
    for language, block in FENCES
    if language != "python"
    for line in block.splitlines()
    if line.startswith("traversion ")
]
QUERIES = [
    (words[2], words[3])
    for words in (shlex.split(line, comments=True) for line in COMMANDS)
    if words[1] == "query"
]
SPOKEN = re.findall(r"`((?:SELECT|GOTO|TRAVERSE) [^`]+)`", README)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    file = tmp_path_factory.mktemp("scenario") / "app.jsonl"
    with file.open("wb") as out:
        out.writelines(lines("checkout-cascade"))
    return open_recording(file)


def test_the_readme_shows_queries() -> None:
    assert len(QUERIES) >= 3
    assert SPOKEN


@pytest.mark.parametrize("statement", [statement for statement, _ in QUERIES] + SPOKEN)
def test_every_statement_has_rows_on_the_scenario(statement: str, recording: Recording) -> None:
    assert recording.query(statement).total > 0


def test_the_wrong_statement_is_answered_as_shown() -> None:
    (shown,) = (block for _, block in FENCES if "^^^^" in block)
    with pytest.raises(StatementError) as raised:
        parse(shown.splitlines()[0])
    assert str(raised.value) == shown.rstrip("\n")


def test_the_python_example_runs(recording: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = (block for language, block in FENCES if language == "python")
    monkeypatch.chdir(Path(recording.sources[0].name).parent)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(example, "README.md", "exec"), {})
    assert printed.getvalue().count("shape: (") == example.count("print(")


def test_the_python_page_runs_from_top_to_bottom() -> None:
    page = (ROOT / "docs" / "python.md").read_text()
    examples = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile("".join(examples), "docs/python.md", "exec"), {})
    assert "db pool_in_use 20" in printed.getvalue()
    assert "connection pool exhausted" in printed.getvalue()
    assert "Did you mean WHERE?" in printed.getvalue()


def test_the_python_page_names_every_public_name() -> None:
    page = (ROOT / "docs" / "python.md").read_text()
    assert [name for name in traversion_engine.__all__ if name not in page] == []


def test_every_option_in_a_command_is_one() -> None:
    from typer.main import get_command

    group = get_command(app)
    known = {
        option
        for command in [group, *group.commands.values()]
        for param in command.params
        for option in (*param.opts, *param.secondary_opts)
    }
    named = {word for line in COMMANDS for word in shlex.split(line) if word.startswith("--")}
    assert {word.partition("=")[0] for word in named} <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_inside_the_project_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []
