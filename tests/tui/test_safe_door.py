"""No text of an event reaches the screen but through `safe`: the source is read to see to it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style

import traversion_tui
from traversion_tui.line import Line
from traversion_tui.text import cut, safe, width_of

ROOT = Path(traversion_tui.__file__).parent
MODULES = sorted(
    path
    for path in ROOT.rglob("*.py")
    if "headless" not in path.parts and path.stem not in {"cli", "console", "__main__"}
)
PARSES_MARKUP = {
    "Static", "Label", "Button", "RichLog", "Log", "DataTable", "Tree", "OptionList", "Checkbox",
    "RadioButton", "SelectionList", "Select", "Collapsible", "TabPane", "Tabs", "Markdown", "Input",
    "TextArea", "Header", "Footer", "Toast", "Text", "Content",
}  # fmt: skip
SHOWS_MARKUP = {"notify", "from_markup", "update"}
SETS_MARKUP = {"tooltip", "border_title", "border_subtitle", "sub_title", "title"}


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_widget_or_call_that_parses_markup_is_used(path: Path) -> None:
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("textual", "rich")):
            assert not {alias.name for alias in node.names} & PARSES_MARKUP
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in SHOWS_MARKUP
        if isinstance(node, ast.Assign):
            targets = [t for t in node.targets if isinstance(t, ast.Attribute)]
            assert not {t.attr for t in targets} & SETS_MARKUP


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_only_the_door_makes_safe_text(path: Path) -> None:
    if path.name == "text.py":
        return
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom) and node.module == "traversion_data.safe":
            pytest.fail("only text.py may use printable")
        if isinstance(node, ast.Call) and name_of(node) == "SafeText":
            assert all(isinstance(arg, ast.Constant) for arg in node.args) or path.name == "line.py"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_segments_are_made_only_where_text_is_checked(path: Path) -> None:
    made = [n for n in nodes(path) if isinstance(n, ast.Call) and name_of(n) == "Segment"]
    assert not made or path.name == "line.py"


@given(st.text(st.characters(exclude_categories=())))
def test_safe_text_holds_nothing_a_terminal_obeys(text: str) -> None:
    shown = safe(text)
    assert shown.isprintable()
    shown.encode()


@given(st.text(st.characters(exclude_categories=())), st.integers(1, 40))
def test_a_row_is_as_wide_as_it_says_whatever_it_is_given(text: str, width: int) -> None:
    strip = Line(width, Style()).skip(1).put(text, Style()).strip()
    assert strip.cell_length == width
    assert strip.text.isprintable()


@given(st.text(max_size=60), st.integers(0, 20))
def test_cut_text_fits(text: str, width: int) -> None:
    assert width_of(cut(safe(text), width)) <= width
