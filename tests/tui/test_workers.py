"""Floods of questions cost what the worker can answer: one in flight, the newest waits."""

from __future__ import annotations

from threading import Event
from typing import Any

from traversion_tui.messages import Answered
from traversion_tui.workers import Channel, Turns


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


def test_channels_that_share_their_turns_work_in_the_order_in_which_they_asked() -> None:
    host, turns = Host(), Turns()
    state, why = Channel(host, "state", turns), Channel(host, "why", turns)
    state.ask(1, lambda cancel: "a")
    why.ask(1, lambda cancel: "b")
    state.ask(2, lambda cancel: "c")
    for channel in (state, why, state):
        assert len(host.waiting) == 1
        host.work()
        channel.answered()
    assert [m.value for m in host.posted] == ["a", "b", "c"]
    assert not host.waiting


def test_a_channel_that_was_cancelled_before_its_turn_holds_up_no_other() -> None:
    host, turns = Host(), Turns()
    state, why, view = (Channel(host, name, turns) for name in ("state", "why", "view"))
    for channel in (state, why, view):
        channel.ask(1, lambda cancel: "done")
    why.cancel()
    host.work()
    state.answered()
    host.work()
    view.answered()
    assert [m.channel for m in host.posted] == ["state", "view"]
    assert not host.waiting
