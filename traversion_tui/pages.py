"""The texts of sheets: help, what was understood, the start screen."""

from __future__ import annotations

from textwrap import wrap
from typing import Final

from traversion_data.store.view import StoreView
from traversion_tui.actions import ACTIONS, Action, Scope, scope_of
from traversion_tui.formats import TimeFormat, count, size
from traversion_tui.keys import Keys
from traversion_tui.reading.rows import page
from traversion_tui.scene import Loading, Pane
from traversion_tui.text import HAIRLINE, NOTHING, Piece, SafeText, safe

Rows = list[list[Piece]]

REASONS_SHOWN: Final = 3
NOTE_WIDTH: Final = 50
"""Characters of a sentence in one row of the card."""


def help_page(pane: Pane, loading: Loading, keys: Keys) -> Rows:
    """The focused pane's keys, then all others; what comes later is dim."""
    rows: Rows = [
        [
            ("accent+b", safe("Keys")),
            ("muted", safe(f" with the focus on {pane.value}")),
            HAIRLINE,
        ],
        *([("W", safe(note))] for note in keys.notes),
        [],
    ]
    own = scope_of(pane)
    here = [action for action in ACTIONS if action.scope is own and own is not Scope.GLOBAL]
    here = [action for action in here if not action.id.startswith("percent_")]
    if here:
        rows += [_heading(f"In {pane.value}"), *(_key(action, keys) for action in here)]
        if own is Scope.SCRUBBER:
            rows.append(_line("0 .. 9", "Go to 0 % .. 90 % of the recording.", "text"))
        rows.append([])
    groups: dict[str, list[Action]] = {}
    for action in ACTIONS:
        if action not in here and not action.id.startswith("percent_"):
            groups.setdefault(action.group, []).append(action)
    for group, actions in groups.items():
        rows += [_heading(group), *(_key(action, keys) for action in actions), []]
    rows += [
        _heading("With the mouse"),
        _line("click", "Seek on the scrubber, select in a list.", "text"),
        _line("drag", "Seek live on the scrubber.", "text"),
        _line("shift+drag", "Draw the stretch from A to B on the scrubber.", "text"),
        _line("double click", "Fit the burst under the pointer.", "text"),
        _line("wheel", "Zoom at the pointer on the scrubber; with shift it pans.", "text"),
        [],
        [("muted", safe(_sum(loading)))],
        *_troubles(loading.trouble),
    ]
    return rows


def _troubles(sentence: SafeText) -> Rows:
    """What stands in the way of reading on."""
    return [[("E", safe(line))] for line in wrap(sentence, NOTE_WIDTH)]


def _heading(words: str, scope: str = "") -> list[Piece]:
    return [("bright+b", safe(words)), ("muted", safe(f" {scope}" if scope else "")), HAIRLINE]


def _key(action: Action, keys: Keys) -> list[Piece]:
    if action.later:
        return _line(keys.all_of(action.id), f"{action.help} Not in this version.", "future")
    where = "" if action.scope is Scope.GLOBAL else f" ({action.scope.value})"
    return _line(keys.all_of(action.id), action.help + where, "text")


def _line(keys: str, words: str, role: str) -> list[Piece]:
    ink = "future" if role == "future" else "bright+b"
    return [(ink, safe(f" {keys:<22} ")), (role, safe(words))]


def _sum(loading: Loading) -> str:
    return (
        f"{count(loading.read)} read = {count(loading.stored)} stored + "
        f"{count(loading.set_aside)} set aside + {count(loading.blank)} blank"
    )


def card_page(view: StoreView, times: TimeFormat, trouble: SafeText = NOTHING) -> Rows:
    """What was understood of the sources, and the first reasons of lines set aside."""
    rows: Rows = [
        [("bright+b", safe("What was understood")), HAIRLINE],
        [("muted", safe(_sum(Loading.of(view.sources))))],
        *_troubles(trouble),
    ]
    if view.height:
        rows.append([("muted", safe(_extent(view, times)))])
    if view.ahead_of_clock:
        ahead = f"{count(view.ahead_of_clock)} events lie ahead of this machine's clock, undrawn"
        rows.append([("W", safe(ahead))])
    for source in view.sources:
        rows += [[], _heading(source.name)]
        keys = max((len(found.key) for found in source.recognised), default=0)
        facts = [
            ("format", source.format),
            ("events", f"{count(source.stored)} of {count(source.read)} lines"),
            ("bytes", size(source.bytes_read)),
            ("zone", source.zone),
        ]
        if source.time_field is None:
            facts.append(("time", "not found"))
        if source.redacted:
            found = ", ".join(f"{rule} {count(number)}" for rule, number in source.rules)
            facts.append(("redacted", f"{count(source.redacted)} values: {found}"))
        rows += [_fact(name, value) for name, value in facts]
        rows += [
            [*_fact(found.column, f"{found.key:<{min(keys, 24)}} "), ("muted", safe(found.how))]
            for found in source.recognised
        ]
        for note in source.notes:
            rows += [[("W", safe(f"  {line}"))] for line in wrap(note, NOTE_WIDTH)]
    rows += _aside(view)
    return [*rows, [], [("muted", safe("esc closes, U opens it again"))]]


def _fact(name: str, value: str) -> list[Piece]:
    return [("muted", safe(f" {name:<15} ")), ("text", safe(value))]


def _extent(view: StoreView, times: TimeFormat) -> str:
    """`2024-01-15 15:44:00.000 to 15:51:59.946 UTC`: the day once where one is enough."""
    first, last = view.charted.start, view.charted.end - 1
    if times.day(first) != times.day(last):
        return f"{times.full(first, 3)} to {times.full(last, 3)}"
    begin, end = times.full(first, 3), times.full(last, 3).removeprefix(f"{times.day(last)} ")
    zone = end.rpartition(" ")[2]
    return f"{begin.removesuffix(f' {zone}')} to {end}"


def _aside(view: StoreView) -> Rows:
    if not view.aside.height:
        return []
    names = {source.ordinal: source.name for source in view.sources}
    rows: Rows = [[], _heading(f"{count(view.aside.height)} lines set aside")]
    for row in view.aside.head(REASONS_SHOWN).iter_rows(named=True):
        line = (row["seq"] & ((1 << 40) - 1)) + 1
        where = f"{names.get(row['source'], '?')}:{line}"
        rows.append([("W", safe(f"  {where}  ")), ("text", safe(row["reason"]))])
        rows.append([("muted", safe(f"    {row['text'] or ''}"[:200]))])
    return rows


def plain_page(view: StoreView, first: int, count_: int, times: TimeFormat) -> Rows:
    """Events as bare lines: time, severity, service, text, without columns or borders."""
    return [
        [("text", safe(f"{times.full(row.time, 3)} {row.letter} {row.service} {row.text}"))]
        for row in page(view, first, count_, 2**63 - 1)
    ]


def start_page() -> Rows:
    """What to do when nothing is open."""

    def choice(key: str, words: str) -> list[Piece]:
        return [("bright+b", safe(f" {key:<23}")), ("text", safe(words))]

    return [
        [("accent+b", safe("Traversion")), ("muted", safe(" nothing is open yet")), HAIRLINE],
        choice("d", "Open the bundled incident: a shop in trouble."),
        choice("q", "Quit."),
        [],
        _heading("From the shell"),
        choice("traversion FILE...", "Open event files, plain, .gz or .zst, or a folder."),
        choice("... | traversion -", "Open what another program writes."),
        choice("traversion demo", "Open the bundled incident at once."),
        choice("traversion query ...", "Ask a TimeQL statement without the console."),
        [],
        _heading("In the incident", "three keys to the cause"),
        choice("e", "Go to the first error."),
        choice("tab tab tab", "Give the causes (Why) the focus; enter goes to one."),
        choice("?", "See all keys."),
        [],
        [("muted", safe("no recent sessions"))],
    ]
