"""Work off the screen's thread: one job of a kind at a time, and only the newest waits.

However many moments a person scrubs through, the cost follows what the workers can answer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from time import monotonic
from typing import Any, Protocol

from traversion_tui.messages import Answered

Job = Callable[[Event], Any]
"""Computes an answer; the event is set when nobody waits for it any more."""


class Host(Protocol):
    """What a channel needs of the app."""

    def run_worker(self, work: Any, *, thread: bool, exit_on_error: bool) -> Any:
        """Start work in a thread."""
        ...

    def post_message(self, message: Any) -> bool:
        """Post a message from any thread."""
        ...


@dataclass(frozen=True, slots=True)
class _Waiting:
    generation: int
    job: Job


class Turns:
    """Channels that work one after the other, in the order in which they asked.

    Python runs one thread at a time: jobs side by side would each end as late as the last one.
    """

    def __init__(self) -> None:
        self._working: Channel | None = None
        self._next: deque[Channel] = deque()

    def take(self, channel: Channel) -> bool:
        """Whether it is the channel's turn; if not, it will be started when it is."""
        if self._working is None:
            self._working = channel
        elif channel not in self._next:
            self._next.append(channel)
        return self._working is channel

    def end(self, channel: Channel) -> None:
        """Let the next one have its turn."""
        if self._working is channel:
            self._working = None
        while self._working is None and self._next:
            self._next.popleft().start()


class Channel:
    """Jobs of one kind. Used from the screen's thread only; jobs run in a worker thread."""

    def __init__(self, host: Host, name: str, turns: Turns | None = None) -> None:
        self._host = host
        self._name = name
        self._turns = turns or Turns()
        self._waiting: _Waiting | None = None
        self._cancel: Event | None = None
        self._begun = 0.0

    @property
    def busy(self) -> bool:
        """Whether a job is in flight."""
        return self._cancel is not None

    def ask(self, generation: int, job: Job) -> None:
        """Have a job done; one that still waits is dropped for it."""
        self._waiting = _Waiting(generation, job)
        if not self.busy:
            self.start()

    def answered(self) -> float:
        """To be called when the message about the job in flight has come; the seconds it took."""
        self._cancel = None
        took = monotonic() - self._begun
        self._turns.end(self)
        self.start()
        return took

    def cancel(self) -> bool:
        """Give up what waits and what is in flight; whether there was anything."""
        was_busy = self.busy
        self._waiting = None
        if self._cancel is not None:
            self._cancel.set()
        return was_busy

    def start(self) -> None:
        """Begin what waits, if anything does, as soon as it is this channel's turn."""
        if self._waiting is None or not self._turns.take(self):
            return
        waiting, self._waiting = self._waiting, None
        cancel = self._cancel = Event()
        self._begun = monotonic()

        def work() -> None:
            value: Any = None
            error: Exception | None = None
            try:
                value = waiting.job(cancel)
            except Exception as raised:  # noqa: BLE001 - shown to the person who asked
                error = raised
            self._host.post_message(Answered(self._name, waiting.generation, value, error))

        self._host.run_worker(work, thread=True, exit_on_error=False)
