"""docs/timeql.md, written from the registries that HELP, errors and completion use.

Made by `python -m traversion_engine.timeql.page > docs/timeql.md`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Final

from traversion_engine.catalogue import ALIASES, DERIVED
from traversion_engine.timeql.functions import AGGREGATES
from traversion_engine.timeql.keywords import SHOW_KINDS
from traversion_engine.timeql.registry import SHOW_COLUMNS, STATEMENTS, ColumnInfo, StatementInfo

_OPENING: Final = """# TimeQL

The language of the console's prompt (`:`), of `traversion query 'STATEMENT' SOURCE…` and of
[Python](python.md). A statement gives a table; a pane of the console shows one. This page is
written by the program from its own registry, and every example on it is run by the tests on
`scenario:checkout-cascade`.

## What is common to all statements

Keywords may be in any case, texts stand in `'single quotes'` (a quote inside is doubled), odd names
in `"double quotes"`, comments behind `--`. A statement without a scope is about the window that the
console shows, headless about the whole recording. A missing value is neither equal nor unequal to
anything.
"""
_COMMON: Final = (
    (
        "scope",
        (
            "`FROM t [TO t]` · `SINCE t` · `TO t` · `BETWEEN t AND t` · `[IN] LAST d` · "
            "`AROUND t [WITHIN d]`; the first moment belongs to it, the last does not"
        ),
    ),
    (
        "time `t`",
        (
            "`'2024-01-15 15:47:23'`, `'15:47'`, `'3:46 AM'`, epoch in s, ms, µs or ns, "
            "`now`, `'10 minutes ago'`, `playhead`, `start`, `end`, `@bookmark`, `FIRST "
            "ERROR`, `#1234`, each with `+ 30s` or `- 5m`"
        ),
    ),
    (
        "duration `d`",
        "`250ms`, `30s`, `5 minutes`, `1h30m`, `30 days`",
    ),
    (
        "event",
        (
            "`#1234`, `'evt-9f3'`, a bare id, `selected`, `FIRST ERROR`, `LAST ERROR`, "
            "`(WHERE predicate)` for the first that matches"
        ),
    ),
    (
        "predicate `p`",
        (
            "`AND OR NOT ( )`, `= != < <= > >=`, `IN (…)`, `BETWEEN a AND b`, `LIKE 'a%'`, "
            "`CONTAINS 'text'`, `~ 'regex'`, `IS NULL`; a boolean field alone"
        ),
    ),
    (
        "field `f`",
        (
            "case, `_ . -` and camelCase do not count: `errorRate` is `error_rate`; `cpu` "
            "finds `cpu_pct`"
        ),
    ),
    (
        "number",
        (
            "`80`, `1e6`, `250ms`, `10MB`, `80%`; units are converted, a bare number is in "
            "the field's unit"
        ),
    ),
    (
        "severity",
        "`trace < debug < info < warn < error < fatal`",
    ),
)
"""What is written in any statement, and how."""


def page() -> str:
    """The page, in Markdown."""
    return "\n".join([_OPENING, *_common(), *_words(), *_statements(), ""])


def _common() -> Iterator[str]:
    yield "| what | how it is written |"
    yield "|---|---|"
    for what, how in _COMMON:
        yield f"| {what} | {how} |"
    yield ""


def _words() -> Iterator[str]:
    yield "## Functions"
    yield ""
    yield "| function | gives | takes |"
    yield "|---|---|---|"
    for name, function in AGGREGATES.items():
        yield f"| `{name}()` | {function.meaning} | {function.takes} |"
    yield ""
    yield "`template(message)` in GROUP BY is the message without its values."
    yield ""
    yield "## Derived fields"
    yield ""
    yield "Of each service over the 60 s before, unless `OVER d` says otherwise:"
    yield ""
    yield "| field | unit | meaning |"
    yield "|---|---|---|"
    for name, field in DERIVED.items():
        yield f"| `{name}` | {field.unit or ''} | {field.meaning} |"
    yield ""
    yield "`error_occurred` of an event is true where it is an error in any of its spellings."
    yield ""
    words: dict[str, list[str]] = {}
    for alias, name in ALIASES.items():
        words.setdefault(name, []).append(f"`{alias}`")
    shown = (f"{', '.join(aliases)} for `{name}`" for name, aliases in words.items())
    yield f"Other words, where no recorded field has that name: {'; '.join(shown)}."
    yield ""


def _statements() -> Iterator[str]:
    yield "## Statements"
    yield ""
    yield " · ".join(f"[{keyword}](#{keyword.lower().replace(' ', '-')})" for keyword in STATEMENTS)
    for info in STATEMENTS.values():
        yield ""
        yield from _statement(info)


def _statement(info: StatementInfo) -> Iterator[str]:
    yield f"### {info.keyword}"
    yield ""
    yield f"{info.meaning}{'' if info.available else ' Not available in this version.'}"
    yield ""
    yield "```"
    yield info.signature
    yield "```"
    yield ""
    yield "Examples:" if len(info.examples) > 1 else "Example:"
    yield ""
    yield "```"
    yield from info.examples
    yield "```"
    if info.keyword == "SHOW":
        yield ""
        yield "| kind | columns |"
        yield "|---|---|"
        for kind in SHOW_KINDS:
            yield f"| `{kind}` | {_columns(SHOW_COLUMNS[kind])} |"
    elif info.columns:
        yield ""
        yield f"Columns: {_columns(info.columns)}."


def _columns(columns: Iterable[ColumnInfo]) -> str:
    return ", ".join(
        f"`{column.name}` ({column.unit})" if column.unit else f"`{column.name}`"
        for column in columns
    )


if __name__ == "__main__":
    sys.stdout.write(page())
