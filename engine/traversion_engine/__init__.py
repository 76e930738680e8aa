"""The meaning of events: TimeQL, causality and diagnosis over snapshots of a recording.

The public names; everything else may change without notice.

| name | what it is |
|---|---|
| `open_recording` | reads sources to their end and gives a `Recording` |
| `Recording` | sources, what was read of them, and the questions one may ask |
| `Session` | asks statements of the newest snapshot, cancellable, from any thread |
| `Context` | where a statement is asked from: playhead, window, selection, zone |
| `ResultTable` | an answer: rows, what its columns mean, notes and meta |
| `StatementError` | a statement that is wrong, with a caret under the place |
| `NotAvailableError` | a statement of the language that this version cannot answer |
| `InputError` | input that cannot be opened or holds no events |
| `CancelledError` | a statement that was cancelled, or took more than it may |

>>> from traversion_engine import open_recording
>>> recording = open_recording("incident.jsonl")                               # doctest: +SKIP
>>> recording.query("TIMELINE WHERE error_occurred LIMIT 5").to_arrow()        # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from traversion_data.errors import InputError
    from traversion_engine.context import Context
    from traversion_engine.diagnostic import NotAvailableError, StatementError
    from traversion_engine.recording import Recording, open_recording
    from traversion_engine.result import ResultTable
    from traversion_engine.session import CancelledError, Session

__all__ = [
    "CancelledError",
    "Context",
    "InputError",
    "NotAvailableError",
    "Recording",
    "ResultTable",
    "Session",
    "StatementError",
    "open_recording",
]

_HOMES = {
    "CancelledError": "traversion_engine.session",
    "Context": "traversion_engine.context",
    "InputError": "traversion_data.errors",
    "NotAvailableError": "traversion_engine.diagnostic",
    "Recording": "traversion_engine.recording",
    "ResultTable": "traversion_engine.result",
    "Session": "traversion_engine.session",
    "StatementError": "traversion_engine.diagnostic",
    "open_recording": "traversion_engine.recording",
}


def __getattr__(name: str) -> Any:
    """A public name, imported at first use: `--help` must not pay for the columnar engine."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 (the point of this function)

    return getattr(import_module(_HOMES[name]), name)
