"""What is sent to the terminal: the same picture, in fewer bytes."""

from __future__ import annotations

import pyte
from hypothesis import example, given, settings
from hypothesis import strategies as st

from traversion_tui.frames import Frames

SIZE = (24, 6)
INKS = ("", "38;2;1;2;3", "1;38;2;9;9;9;48;2;0;0;40", "4;31;44", "7", "3;95;103", "38;5;9;48;5;2")
TEXTS = st.text(st.sampled_from("ab  ─▏│…é漢😀e\u0301"), min_size=1, max_size=9) | st.builds(
    str.__mul__, st.sampled_from("a▄ "), st.integers(1, 20)
)
PIECES = st.lists(
    st.tuples(
        st.integers(1, SIZE[1]),
        st.integers(1, SIZE[0]),
        st.lists(st.tuples(st.sampled_from(INKS), TEXTS), min_size=1, max_size=3),
    ),
    min_size=1,
    max_size=8,
)


def written(pieces: list[tuple[int, int, list[tuple[str, str]]]]) -> str:
    """A frame as Textual writes it, its cursor home at the end."""
    rows = sorted(pieces, key=lambda piece: piece[0])
    data = ""
    for y, x, runs in rows:
        data += f"\x1b[{y};{x}H"
        data += "".join(f"\x1b[{ink}m{text}\x1b[0m" if ink else text for ink, text in runs)
        data += "\n" if y != rows[-1][0] else ""
    return data + "\x1b[1;1H"


class Terminal:
    """A screen of `SIZE` that does not wrap."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(*SIZE)
        self.screen.reset_mode(pyte.modes.DECAWM)
        self._stream = pyte.Stream(self.screen)

    def feed(self, data: str) -> None:
        """Show."""
        self._stream.feed(data)

    def picture(self) -> list[list[tuple[object, ...]]]:
        """All cells; a blank's ink counts only where it shows."""
        return [[_seen(self.screen.buffer[y][x]) for x in range(SIZE[0])] for y in range(SIZE[1])]


def _seen(cell: pyte.screens.Char) -> tuple[object, ...]:
    ground = (cell.data, cell.bg, cell.underscore, cell.reverse)
    # a mark that comes later and combines with a blank has the ink that the blank never showed
    if cell.data[:1] == " " and not (cell.underscore or cell.reverse):
        return ground
    return (*ground, cell.fg, cell.bold, cell.italics)


@settings(max_examples=60, deadline=None)
@example([[(1, 12, [("38;2;1;2;3", " ")])], [(1, 13, [("", "\u0301")])]])
@given(st.lists(PIECES, min_size=2, max_size=3))
def test_a_thinned_frame_shows_what_the_whole_one_shows(
    frames: list[list[tuple[int, int, list[tuple[str, str]]]]],
) -> None:
    whole, thinned, sent = Terminal(), Terminal(), Frames()
    for pieces in frames:
        data = written(pieces)
        whole.feed(data)
        thinned.feed(sent.thin(data, SIZE))
        assert thinned.picture() == whole.picture()


def test_what_is_shown_already_is_not_sent_again() -> None:
    frames = Frames()
    data = written([(2, 1, [("1", "the same"), ("", " row")])])
    assert "the same" in frames.thin(data, SIZE)
    assert frames.thin(data, SIZE) == ""


def test_only_what_differs_is_sent() -> None:
    frames = Frames()
    rows = [[(2, 1, [("1", "event "), ("", str(at)), ("1", " of 99 events")])] for at in (20, 21)]
    frames.thin(written(rows[0]), SIZE)
    assert frames.thin(written(rows[1]), SIZE) == "\x1b[2;8H1\x1b[1;1H"


def test_bars_that_turn_from_ahead_to_known_cost_only_their_own_cells() -> None:
    frames = Frames()
    rows = [[(2, 1, [("34", "▄" * n), ("36", "█"), ("90", "▄" * (23 - n))])] for n in (11, 12)]
    frames.thin(written(rows[0]), SIZE)
    sent = frames.thin(written(rows[1]), SIZE)
    assert sent == "\x1b[2;12H\x1b[34m▄\x1b[36m█\x1b[0m\x1b[1;1H"


def test_a_short_gap_between_changes_is_written_again() -> None:
    frames = Frames()
    rows = [[(2, 1, [("1", at), ("", " of "), ("1", at)])] for at in "ab"]
    frames.thin(written(rows[0]), SIZE)
    sent = frames.thin(written(rows[1]), SIZE)
    assert sent == "\x1b[2;1H\x1b[1mb\x1b[0m of \x1b[1mb\x1b[0m\x1b[1;1H"


def test_a_colour_that_stays_is_not_named_again_and_a_blank_has_none() -> None:
    sent = Frames().thin(written([(2, 1, [("31;44", "a"), ("35;44", " "), ("32;44", "b")])]), SIZE)
    assert sent == "\x1b[2;1H\x1b[31m\x1b[44ma \x1b[32mb\x1b[0m\x1b[1;1H"


def test_a_frame_of_all_rows_mends_a_spoilt_screen() -> None:
    frames = Frames()
    data = written([(y, 1, [("", f"row {y}")]) for y in range(1, SIZE[1] + 1)])
    assert frames.thin(data, SIZE) == frames.thin(data, SIZE) != ""


def test_a_new_size_and_a_new_screen_are_drawn_anew() -> None:
    frames = Frames()
    data = written([(2, 1, [("", "row")])])
    first = frames.thin(data, SIZE)
    assert frames.thin(data, (SIZE[0] + 1, SIZE[1])) == first
    assert frames.thin("\x1b[?1049h", (SIZE[0] + 1, SIZE[1])) == "\x1b[?1049h"
    assert frames.thin(data, (SIZE[0] + 1, SIZE[1])) == first


def test_synchronised_updates_do_not_make_it_forget() -> None:
    frames = Frames()
    data = written([(2, 1, [("", "row")])])
    frames.thin(data, SIZE)
    assert frames.thin("\x1b[?2026h", SIZE) == "\x1b[?2026h"
    assert frames.thin(data, SIZE) == ""


def test_a_hostile_or_unknown_sequence_is_passed_on_and_nothing_is_taken_for_known() -> None:
    frames = Frames()
    data = written([(2, 1, [("", "row")])])
    first = frames.thin(data, SIZE)
    assert frames.thin("\x1b]0;title\x07", SIZE) == "\x1b]0;title\x07"
    assert frames.thin(data, SIZE) == first
