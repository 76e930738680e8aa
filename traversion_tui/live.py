"""Staying at the newest event of what is followed, and leaving it."""

from __future__ import annotations

from dataclasses import replace

from traversion_data.model import Nanos, TimeRange
from traversion_data.store.view import StoreView
from traversion_tui import transport
from traversion_tui.playhead import jump, last_known
from traversion_tui.state import Follow, ViewState


def advanced(state: ViewState, whole: TimeRange, shown: StoreView) -> ViewState:
    """The newest moment of a recording that reaches over `whole`; the window keeps its length."""
    fits = state.window == state.whole or not state.window.length
    end = max(whole.end - 1, whole.start)
    return replace(
        state,
        whole=whole,
        window=whole if fits else _last(state.window.length, whole),
        playhead=end,
        cursor=last_known(shown, end),
        zooms=(),
        generation=state.generation + 1,
    )


def only_newer(before: ViewState, state: ViewState) -> bool:
    """Whether two states that follow the newest event differ by nothing but which one that is."""
    if before.follow is not Follow.LIVE:
        return False
    whole = before.window == before.whole and state.window == state.whole
    moved = replace(
        before,
        whole=state.whole,
        window=state.window,
        playhead=state.playhead,
        cursor=state.cursor,
        zooms=state.zooms,
        generation=state.generation,
    )
    return moved == state and (whole or before.window.length == state.window.length)


def follow(state: ViewState, shown: StoreView) -> ViewState:
    """Go to the newest event and stay there."""
    at = advanced(jump(state, shown, state.whole.end - 1), state.whole, shown)
    return replace(at, follow=Follow.LIVE, playing=False)


def play(state: ViewState, shown: StoreView) -> ViewState:
    """Play or pause; from the end of what is followed, follow it, and pause that."""
    if state.follow is Follow.LIVE:
        return replace(state, follow=Follow.HELD, generation=state.generation + 1)
    at_end = state.playhead >= state.whole.end - 1
    if state.follow is Follow.HELD and at_end and not state.playing:
        return follow(state, shown)
    return transport.play(state, shown)


def tick(state: ViewState, shown: StoreView, elapsed: Nanos) -> ViewState:
    """Play on; who comes to the end of what is followed follows it."""
    moved = transport.tick(state, shown, elapsed)
    if state.playing and not moved.playing and moved.follow is Follow.HELD:
        return follow(moved, shown)
    return moved


def settled(before: ViewState, state: ViewState, shown: StoreView, events: int) -> ViewState:
    """The state after a move: one away from the end leaves it, with so many events known."""
    if state.follow is Follow.LIVE and not _at_end(state, shown):
        state = replace(state, follow=Follow.HELD)
    if before.follow is Follow.LIVE and state.follow is Follow.HELD:
        return replace(state, left=events)
    return state


def _at_end(state: ViewState, shown: StoreView) -> bool:
    return (
        state.playhead >= state.whole.end - 1
        and state.cursor == last_known(shown, state.playhead)
        and state.window.end == state.whole.end
    )


def _last(length: Nanos, whole: TimeRange) -> TimeRange:
    return TimeRange(max(whole.end - length, whole.start), whole.end)
