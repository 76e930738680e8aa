"""What a pane read of a scene while it was painted, so that it is painted again only for that."""

from __future__ import annotations

from typing import Any, Final, cast

from traversion_data.model import TimeRange
from traversion_tui.formats import TimeFormat
from traversion_tui.scene import Scene

_BY_VALUE: Final = (int, float, str, tuple, frozenset, TimeFormat, TimeRange)
"""What is compared by value; all else that a scene holds is frozen, and the same or another."""

_INSIDE: Final = frozenset({"state", "answers"})
"""Parts of a scene that are read in parts."""

_GROWS: Final = frozenset({"state", "marks", "shown", "view", "known", "loading"})
"""Parts of a scene that are others wherever events come."""

Read = dict[str, Any]


class _Watched:
    """Stands for a frozen value, and keeps what is read of it."""

    def __init__(self, value: Any, read: Read, inside: frozenset[str]) -> None:
        self._value = value
        self._read = read
        self._inside = inside

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._value, name)
        if name in self._inside:
            inner: Read = {}
            self._read[name] = inner
            value = _Watched(value, inner, frozenset())
        else:
            self._read[name] = value
        self.__dict__[name] = value
        return value


def watched(scene: Scene) -> tuple[Scene, Read]:
    """The scene to paint from, and what will have been read of it."""
    read: Read = {}
    return cast("Scene", _Watched(scene, read, _INSIDE)), read


def differs(read: Read, scene: Scene) -> bool:
    """Whether anything that was read is another in a newer scene."""
    return _differs(read, scene, _INSIDE)


def differs_beside_growth(read: Read, scene: Scene) -> bool:
    """The same, of what does not change by itself where events come."""
    return differs({name: it for name, it in read.items() if name not in _GROWS}, scene)


def _differs(read: Read, value: Any, inside: frozenset[str]) -> bool:
    for name, before in read.items():
        now = getattr(value, name)
        if name in inside:
            if _differs(before, now, frozenset()):
                return True
        elif before is not now and not (isinstance(before, _BY_VALUE) and before == now):
            return True
    return False
