"""Floods of questions cost what the worker can answer: one in flight, the newest waits."""

from __future__ import annotations

from threading import Event
from typing import Any

from traversion_tui.messages import Answered
from traversion_tui.workers import Channel


class Host:
    """Keeps the work until it is told to do it."""

    def __init__(self) -> None:
        self.waiting: list[Any] = []
        self.posted: list[Answered] = []

    def run_worker(self, work: Any, *, thread: bool, exit_on_error: bool) -> None:
        assert thread
        assert not exit_on_error
        self.waiting.append(work)

    def post_message(self, message: Any) -> bool:
        self.posted.append(message)
        return True

    def work(self) -> None:
        self.waiting.pop(0)()


def test_of_a_flood_the_first_and_the_last_are_answered() -> None:
    host = Host()
    channel = Channel(host, "state")
    for generation in range(100):
        channel.ask(generation, lambda cancel, value=generation: value)
        assert len(host.waiting) == 1
    host.work()
    channel.answered()
    host.work()
    channel.answered()
    assert [(m.generation, m.value) for m in host.posted] == [(0, 0), (99, 99)]
    assert not channel.busy


def test_cancelling_sets_the_jobs_event_and_drops_what_waits() -> None:
    host = Host()
    channel = Channel(host, "ask")
    seen: list[Event] = []

    def job(cancel: Event) -> bool:
        seen.append(cancel)
        return cancel.is_set()

    channel.ask(1, job)
    channel.ask(2, job)
    assert channel.cancel()
    host.work()
    channel.answered()
    assert host.posted[0].value is True
    assert host.waiting == []
    assert not channel.cancel()


def test_an_error_is_an_answer() -> None:
    host = Host()
    channel = Channel(host, "why")

    def job(cancel: Event) -> None:
        raise ValueError("no such event")

    channel.ask(1, job)
    host.work()
    assert isinstance(host.posted[0].error, ValueError)
