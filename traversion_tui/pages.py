"""The texts of sheets: help, what was understood, the start screen."""

from __future__ import annotations

from typing import Final

from traversion_data.store.view import StoreView
from traversion_tui.actions import ACTIONS, Action, Scope, keys_of, scope_of
from traversion_tui.formats import TimeFormat, count, size
from traversion_tui.reading.rows import page
from traversion_tui.scene import Loading, Pane
from traversion_tui.text import NOTHING, Piece, safe

Rows = list[list[Piece]]

REASONS_SHOWN: Final = 3


def help_page(pane: Pane, loading: Loading) -> Rows:
    """The focused pane's keys, then all others; what comes later is dim."""
    rows: Rows = [
        [
            ("accent+b", safe("Keys")),
            ("muted", safe(f"   focus: {pane.value}   up and down scroll, esc closes")),
        ],
        [],
    ]
    own = scope_of(pane)
    here = [action for action in ACTIONS if action.scope is own and own is not Scope.GLOBAL]
    here = [action for action in here if not action.id.startswith("percent_")]
    if here:
        rows += [[("bright+b", safe(f"In {pane.value}"))], *map(_key, here)]
        if own is Scope.SCRUBBER:
            rows.append(_line("0 .. 9", "Go to 0 % .. 90 % of the recording.", "text"))
        rows.append([])
    groups: dict[str, list[Action]] = {}
    for action in ACTIONS:
        if action not in here and not action.id.startswith("percent_"):
            groups.setdefault(action.group, []).append(action)
    for group, actions in groups.items():
        rows += [[("bright+b", safe(group))], *map(_key, actions), []]
    rows += [
        [("bright+b", safe("With the mouse"))],
        _line("click", "Seek on the scrubber, select in a list.", "text"),
        _line("drag", "Seek live on the scrubber.", "text"),
        _line("wheel", "Zoom at the pointer on the scrubber; with shift it pans.", "text"),
        [],
        [("muted", safe(f"{_sum(loading)}   esc closes"))],
    ]
    return rows


def _key(action: Action) -> list[Piece]:
    if action.later:
        return _line(keys_of(action), f"{action.help} Not in this version.", "future")
    where = "" if action.scope is Scope.GLOBAL else f" ({action.scope.value})"
    return _line(keys_of(action), action.help + where, "text")


def _line(keys: str, words: str, role: str) -> list[Piece]:
    ink = "future" if role == "future" else "bright+b"
    return [(ink, safe(f"  {keys:<22} ")), (role, safe(words))]


def _sum(loading: Loading) -> str:
    return (
        f"{count(loading.read)} read = {count(loading.stored)} stored + "
        f"{count(loading.set_aside)} set aside + {count(loading.blank)} blank"
    )


def card_page(view: StoreView, times: TimeFormat) -> Rows:
    """What was understood of the sources, and the first reasons of lines set aside."""
    rows: Rows = [
        [("accent+b", safe("What was understood"))],
        [("muted", safe(_sum(Loading.of(view.sources))))],
    ]
    if view.height:
        first, last = times.full(view.bounds.start, 3), times.full(view.bounds.end - 1, 3)
        rows.append([("muted", safe(f"{first} to {last}"))])
    for source in view.sources:
        rows += [[], [("bright+b", safe(source.name))]]
        facts = [
            ("format", source.format),
            ("events", f"{count(source.stored)} of {count(source.read)} lines"),
            ("bytes", size(source.bytes_read)),
            ("zone", source.zone),
        ]
        if source.time_field is None:
            facts.append(("time", "not found"))
        facts += [(r.column, f"{r.key:<20} {r.how}") for r in source.recognised]
        if source.redacted:
            facts.append(("redacted", f"{count(source.redacted)} values"))
        rows += [[("muted", safe(f"  {k:<14} ")), ("text", safe(v))] for k, v in facts]
        rows += [[("W", safe(f"  {note}"))] for note in source.notes]
    rows += _aside(view)
    return [*rows, [], [("muted", safe("esc closes, U opens it again"))]]


def _aside(view: StoreView) -> Rows:
    if not view.aside.height:
        return []
    names = {source.ordinal: source.name for source in view.sources}
    rows: Rows = [[], [("bright+b", safe(f"{count(view.aside.height)} lines set aside"))]]
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
        return [("bright+b", safe(f"  {key:<28}")), ("text", safe(words))]

    return [
        [("accent+b", safe("Traversion")), ("muted", safe("   nothing is open yet"))],
        [],
        choice("d", "Open the bundled incident: a shop whose database runs out of connections."),
        choice("q", "Quit."),
        [],
        [("bright+b", safe("From the shell"))],
        choice("traversion FILE...", "Open event files, plain, .gz or .zst, or a folder of them."),
        choice("... | traversion -", "Open what another program writes."),
        choice("traversion demo", "Open the bundled incident at once."),
        choice("traversion query ...", "Ask a TimeQL statement without the console."),
        [],
        [("bright+b", safe("In the incident, three keys find the cause"))],
        choice("e", "Go to the first error."),
        choice("tab", "Give the causes (Why) the focus, and enter to go to one."),
        choice("?", "See all keys."),
        [],
        [("muted", safe("no recent sessions"))],
        [("muted", NOTHING)],
    ]
