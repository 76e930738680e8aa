"""Keys and pastes from the terminal's bytes. A paste is text, whatever stands in it."""

from __future__ import annotations

import os
import selectors
import signal
from codecs import getincrementaldecoder
from collections.abc import Generator, Iterable
from typing import Any, Final

from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from traversion_tui.frames import Frames

START: Final = "\x1b[200~"
END: Final = "\x1b[201~"
POLL: Final = 0.1
"""Seconds after which a lone escape is taken for the key."""


class PasteParser(XTermParser):
    """Takes bracketed pastes out before keys are looked for: escapes inside them are no keys."""

    def __init__(self) -> None:
        super().__init__()
        self._outside = ""
        self._pasted: list[str] | None = None
        self._end = ""

    def feed(self, data: str) -> Iterable[Message]:
        """The events of a piece of input; a mark cut in two is waited for."""
        if not data:
            yield from super().feed(self._outside) if self._outside else ()
            yield from super().feed("")
            return
        while data:
            if self._pasted is not None:
                data = yield from self._inside(data)
                continue
            data = self._outside + data
            self._outside = ""
            before, mark, after = data.partition(START)
            if mark:
                self._pasted = []
            else:
                kept = _begun(before, START)
                before, self._outside = before[: len(before) - kept], before[len(before) - kept :]
            if before:
                yield from super().feed(before)
            data = after

    def tick(self) -> Iterable[Message]:
        """What a pause in the input makes clear."""
        if self._outside:
            waiting, self._outside = self._outside, ""
            yield from super().feed(waiting)
        yield from super().tick()

    def _inside(self, data: str) -> Generator[Message, None, str]:
        assert self._pasted is not None
        text, mark, after = (self._end + data).partition(END)
        kept = 0 if mark else _begun(text, END)
        self._end = text[len(text) - kept :]
        self._pasted.append(text[: len(text) - kept])
        if mark:
            yield events.Paste("".join(self._pasted).replace("\x00", ""))
            self._pasted = None
            self._end = ""
        return after


def _begun(text: str, mark: str) -> int:
    """How many characters at the end of a text may be the beginning of a mark, beyond an escape."""
    return next((n for n in range(len(mark) - 1, 1, -1) if text.endswith(mark[:n])), 0)


class ConsoleDriver(LinuxDriver):
    """The terminal, with pastes kept whole, and bytes that are no text replaced.

    Of each frame only what the terminal does not show yet is sent.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._frames = Frames()

    def write(self, data: str) -> None:
        """Send what changes the screen."""
        if thinned := self._frames.thin(data, self._get_terminal_size()):
            super().write(thinned)

    def run_input_thread(self) -> None:
        """Read keys until the console is left."""
        parser = PasteParser()
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if not selector.select(POLL):
                    self._process(parser.tick())
                elif text := decode(self._read()):
                    self._process(parser.feed(text))
            if selector.select(POLL):
                self._read()  # the terminal's last reports are not for the shell

    def _read(self) -> bytes:
        """What was typed. A terminal that is gone ends the program, also one that no signal told.

        Under `nohup` the signal is ignored, and nobody could ever leave the console any more.
        """
        try:
            data = os.read(self.fileno, 4096)
        except OSError:
            data = b""
        if not data:
            os._exit(128 + signal.SIGHUP)
        return data

    def _process(self, found: Iterable[Message]) -> None:
        for message in found:
            self.process_message(message)
