"""Rules of the tree that no linter knows."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES = [
    ROOT / path for path in SETTINGS["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
]
TREES = [*PACKAGES, ROOT / "tests", ROOT / "docs", ROOT / ".ci"]
TEXT = {".py", ".md", ".toml", ".tcss", ".peg", ".txt", ""}


def sources() -> Iterator[Path]:
    yield from (path for tree in TREES for path in tree.rglob("*.py"))


def texts() -> Iterator[Path]:
    yield from (path for path in ROOT.glob("*") if path.is_file() and path.suffix in TEXT)
    for tree in TREES:
        for path in tree.rglob("*"):
            if path.is_file() and path.suffix in TEXT and "__pycache__" not in path.parts:
                yield path


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    long = {
        relative(path): lines
        for path in sources()
        if (lines := len(path.read_text().splitlines())) > 400
    }
    assert not long


def test_nothing_names_the_place_where_it_was_written() -> None:
    place = re.compile(r"(?<![\w.-])/[w]ork/|\.\./[s]hared|\b[s]hared/(?:data|bench|mock|\w+\.md)")
    named = [
        f"{relative(path)}:{number}: {line.strip()}"
        for path in texts()
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if place.search(line)
    ]
    assert not named


@pytest.mark.parametrize("word", ["utils", "common", "helpers", "manager", "misc"])
def test_no_module_is_a_drawer(word: str) -> None:
    drawers = [
        relative(path) for path in sources() if path.stem == word or path.parent.name == word
    ]
    assert not drawers


def test_tests_have_unique_names_and_no_packages() -> None:
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(set(names)) == sorted(names)
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_every_package_is_typed_and_documented() -> None:
    for package in PACKAGES:
        assert (package / "py.typed").exists(), package
        undocumented = [
            relative(path)
            for path in package.rglob("*.py")
            if not path.read_text().lstrip().startswith(('"""', 'r"""'))
        ]
        assert not undocumented


def test_every_layer_is_named_in_the_import_contracts() -> None:
    assert {package.name for package in PACKAGES} == set(
        SETTINGS["tool"]["importlinter"]["root_packages"]
    )


def test_readme_and_ci_run_the_same_test_command() -> None:
    command = "python3 -m pip install -qt .uv uv && .uv/bin/uv run pytest"
    assert command in (ROOT / ".ci" / "run").read_text()
    assert command in (ROOT / "README.md").read_text()


def test_readme_opens_the_console_with_its_first_command() -> None:
    commands = re.findall(r"^python3 -m pip install .*$", (ROOT / "README.md").read_text(), re.M)
    assert commands[0].startswith(
        "python3 -m pip install -qt .uv uv && .uv/bin/uv run --no-dev traversion demo"
    )
