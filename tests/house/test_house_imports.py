"""Who imports whom, by the contracts and by what is loaded when a command runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

LOADED = """
import sys
sys.argv = ["traversion", *{words!r}]
from traversion_tui.cli import main
try:
    main()
except SystemExit as leaving:
    code = leaving.code
print(*sorted(name for name in sys.modules if "." not in name), file=sys.stderr)
sys.exit(code)
"""


def modules_loaded_by(*words: str) -> set[str]:
    program = LOADED.format(words=words)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout
    return set(done.stderr.splitlines()[-1].split())


def test_import_contracts_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "words",
    [("--help",), ("--version",), ("query", "--help"), ("open", "--help"), ("demo", "--help")],
    ids=" ".join,
)
def test_help_and_version_load_nothing_heavy(words: tuple[str, ...]) -> None:
    loaded = modules_loaded_by(*words)
    assert "typer" in loaded
    assert not loaded & {"polars", "pyarrow", "numpy", "textual", "rustworkx", "parsimonious"}


def test_listing_scenarios_needs_no_console() -> None:
    assert "textual" not in modules_loaded_by("scenarios", "list")


@pytest.mark.parametrize(
    "package", ["traversion_data", "traversion_engine", "traversion_scenarios"]
)
def test_every_module_below_the_console_loads_without_a_terminal(package: str) -> None:
    program = f"""
import importlib, pkgutil, sys
package = importlib.import_module({package!r})
for module in pkgutil.walk_packages(package.__path__, "{package}."):
    importlib.import_module(module.name)
print(*sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert not {"textual", "rich", "typer"} & set(done.stdout.split())


def test_the_headless_half_loads_without_textual() -> None:
    program = """
import importlib, pkgutil, sys
import traversion_tui.headless as package
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
print(*sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "textual" not in done.stdout.split()


def test_the_console_shows_itself_before_the_language_is_loaded() -> None:
    program = "import sys, traversion_tui.console; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    later = {
        "parsimonious",
        "rustworkx",
        "wcwidth",
        "pyarrow.parquet",
        "traversion_engine.timeql.bind",
        "traversion_engine.timeql.ast",
    }
    assert not later & set(done.stdout.split())
