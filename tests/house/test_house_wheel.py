"""What an installation contains."""

from __future__ import annotations

import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TARGETS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]
PACKAGES = [ROOT / path for path in TARGETS["wheel"]["packages"]]


def shipped() -> set[str]:
    """Every file that belongs into the wheel, as it is called there."""
    return {
        str(path.relative_to(package.parent))
        for package in PACKAGES
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_no_ignore_rule_matches_a_file_that_has_to_be_shipped() -> None:
    """Hatchling leaves out what git ignores: a rule `data/` once emptied a wheel."""
    paths = [
        str(path)
        for package in PACKAGES
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    done = subprocess.run(
        ["git", "check-ignore", "--no-index", "--stdin"],
        cwd=ROOT,
        input="\n".join(paths),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 128:
        pytest.skip("the tree is not a git checkout, so no ignore rule can be asked for")
    assert done.stdout == ""


def test_the_wheel_holds_all_four_packages(tmp_path: Path) -> None:
    builders = pytest.importorskip(
        "hatchling.builders.wheel", reason="hatchling, which builds the wheel, is not installed"
    )
    (built,) = builders.WheelBuilder(str(ROOT)).build(
        directory=str(tmp_path), versions=["standard"]
    )
    with zipfile.ZipFile(built) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
        (entry_points,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
        assert "traversion = traversion_tui.cli:main" in wheel.read(entry_points).decode()
    assert names == shipped()
