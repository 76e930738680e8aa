"""The terminal around the console: whether there is a usable one, where keys come from, leaving.

Descriptors and signals only; what is drawn is the app's business.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import stat
import sys
import termios
import threading
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NoReturn

if TYPE_CHECKING:
    from textual.app import App

KEYS: Final = 0
SCREEN: Final = 1
ERRORS: Final = 2

PATIENCE: Final = 3.0
"""Seconds that the app has to restore the screen after a signal before it is done for it."""

_LEAVING: Final = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)

_RESTORE: Final = (
    b"\x1b[?2004l\x1b[?7h\x1b[?2048l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"
    b"\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l\x1b[0m"
)
"""Everything that Textual's driver switches on, switched off: paste, mouse, screen, cursor."""


class ConsoleRefusedError(Exception):
    """There is no terminal that the console could use; the message is whole sentences."""


def check_screen(environment: Mapping[str, str] = os.environ) -> None:
    """See that standard output is a terminal that can be drawn on.

    Raises:
        ConsoleRefusedError: it is not.
    """
    instead = "`traversion query STATEMENT SOURCE` answers without a console."
    if not _is_terminal(SCREEN):
        raise ConsoleRefusedError(
            f"The console needs a terminal, and standard output is not one. {instead}"
        )
    terminal = environment.get("TERM", "")
    if terminal in {"", "dumb", "unknown"}:
        how = f"TERM is {terminal!r}" if terminal else "TERM is not set"
        raise ConsoleRefusedError(
            f"The console needs a terminal that can move its cursor, and {how}. "
            f"Set TERM to what your terminal is, for instance xterm-256color. {instead}"
        )


def pace(environment: MutableMapping[str, str] = os.environ) -> None:
    """Have at most 15 frames a second drawn over ssh; Textual reads that when it is imported."""
    if environment.get("SSH_TTY"):
        environment.setdefault("TEXTUAL_FPS", "15")


def speaks_unicode(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether locale and terminal promise to show more than ASCII."""
    if environment.get("TERM") == "linux":
        return False
    named = (environment.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    locale = next((value for value in named if value), "C")
    return "utf-8" in locale.lower() or "utf8" in locale.lower()


def has_piped_input() -> bool:
    """Whether standard input is a pipe, a socket or a file rather than a person or nothing."""
    try:
        mode = os.fstat(KEYS).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode) or stat.S_ISSOCK(mode)


def separate_keys_from_data() -> int | None:
    """Keep a duplicate of standard input for its data, and read keys from the terminal instead.

    Returns the descriptor of the duplicate, None where standard input is the terminal already or
    closed.

    Raises:
        ConsoleRefusedError: there is no controlling terminal to read keys from.
    """
    if _is_terminal(KEYS):
        return None
    try:
        data: int | None = os.dup(KEYS)
    except OSError:
        data = None
    try:
        keys = os.open("/dev/tty", os.O_RDWR)
    except OSError as error:
        raise ConsoleRefusedError(
            "The console reads its keys from the terminal, and this process has none. "
            "`traversion query STATEMENT -` reads standard input without a console."
        ) from error
    if keys != KEYS:
        os.dup2(keys, KEYS)
        os.close(keys)
    if sys.__stdin__ is None:
        sys.stdin = sys.__stdin__ = os.fdopen(KEYS, closefd=False)  # type: ignore[misc]
    return data


@contextmanager
def errors_on_screen() -> Iterator[None]:
    """Point standard error at the terminal meanwhile: Textual draws there, wherever it leads."""
    if _is_terminal(ERRORS):
        yield
        return
    try:
        kept: int | None = os.dup(ERRORS)
    except OSError:
        kept = None
    os.dup2(SCREEN, ERRORS)
    if sys.__stderr__ is None:
        sys.stderr = sys.__stderr__ = os.fdopen(ERRORS, "w", closefd=False)  # type: ignore[misc]
    try:
        yield
    finally:
        if kept is not None:
            os.dup2(kept, ERRORS)
            os.close(kept)


def run(app: App[Any]) -> int:
    """Run the app on the terminal and return the exit code; `end` with it.

    SIGTERM, SIGHUP and SIGINT restore the screen and give 128 and their number, a closed terminal
    as SIGHUP does. An app that does not give the screen back within `PATIENCE` is ended.
    """
    try:
        attributes = termios.tcgetattr(KEYS)
    except termios.error:
        attributes = None
    loop = asyncio.new_event_loop()
    received: list[int] = []
    finished = threading.Event()

    def leave(number: int) -> None:
        if attributes is not None and _is_gone():
            os._exit(128 + signal.SIGHUP)
        received.append(number)
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(partial(app.exit, return_code=128 + number))
        if not finished.wait(PATIENCE):
            _restore_and_end(attributes, 128 + number)

    with errors_on_screen():
        _watch_signals(leave)
        try:
            loop.run_until_complete(app.run_async())
        finally:
            finished.set()
            if attributes is not None and _is_gone():
                os._exit(128 + signal.SIGHUP)
    return 128 + received[0] if received else app.return_code or 0


def _watch_signals(leave: Callable[[int], None]) -> None:
    """Call `leave` with each signal that means leaving, in a thread of its own.

    The event loop's own handlers would wait for a loop that hangs.
    """
    listening, telling = socket.socketpair()
    telling.setblocking(False)  # noqa: FBT003 (the name of the method says what it sets)
    watched = [number for number in _LEAVING if signal.getsignal(number) is not signal.SIG_IGN]
    for number in watched:
        signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(telling.detach(), warn_on_full_buffer=False)

    def watch() -> None:
        while numbers := listening.recv(64):
            for number in numbers:
                if number in watched:
                    leave(number)

    threading.Thread(target=watch, name="signals", daemon=True).start()


def end(code: int) -> NoReturn:
    """Leave at once: a thread that still reads a source must not hold the terminal."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with suppress(OSError):
                stream.flush()
    os._exit(code)


def _is_terminal(descriptor: int) -> bool:
    try:
        return os.isatty(descriptor)
    except OSError:
        return False


def _is_gone() -> bool:
    """Whether the terminal that keys came from has been closed."""
    try:
        termios.tcgetattr(KEYS)
    except termios.error:
        return True
    return False


def _restore_and_end(attributes: list[Any] | None, code: int) -> NoReturn:
    with suppress(OSError):
        os.write(SCREEN, _RESTORE)
    if attributes is not None:
        with suppress(termios.error):
            termios.tcsetattr(KEYS, termios.TCSANOW, attributes)
    os._exit(code)
