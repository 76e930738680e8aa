"""From sources into the console, and out of it with an exit code."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from traversion_data.errors import InputError
from traversion_data.intake import Wanted
from traversion_data.source.stdin import StdinSource
from traversion_data.store.view import StoreView
from traversion_engine.recording import Recording
from traversion_engine.session import Session
from traversion_tui import terminal
from traversion_tui.app import TraversionApp
from traversion_tui.driver import ConsoleDriver
from traversion_tui.headless.outcome import ExitCode, outcome
from traversion_tui.keyfile import keys_file, read_keys
from traversion_tui.recording import OnProgress, OnSnapshot, Terms
from traversion_tui.source_options import SourceOptions
from traversion_tui.sources import BUNDLED, SCENARIO, load_options, wanted
from traversion_tui.theme import Look, choose, look


class OpenedRecording:
    """Sources as the console wants them. `on_failure` is called when they hold no event."""

    def __init__(
        self, words: Sequence[str], options: SourceOptions, standard_input: int | None = None
    ) -> None:
        """Locate the sources.

        Raises:
            InputError: a word names nothing that can be opened.
        """
        asked = wanted(words, standard_input, options)
        self._recording = Recording(asked, load_options(options))
        self.name = words[0] if len(words) == 1 else f"{words[0]} and {len(words) - 1} more"
        self.terms = Terms(
            grows=options.follow,
            kept=_kept(asked),
            redacted=options.redacted != "nothing",
        )
        self.zone = options.zone
        self.failure: InputError | None = None
        self.on_failure: Callable[[], None] = lambda: None

    @property
    def session(self) -> Session:
        """Asks of the newest snapshot."""
        return self._recording.session

    @property
    def view(self) -> StoreView:
        """The newest snapshot."""
        return self._recording.view

    def load(self, on_progress: OnProgress, on_snapshot: OnSnapshot) -> None:
        """Read all sources, in the thread that calls.

        Raises:
            InputError: no source gave any event.
        """
        try:
            self._recording.load(on_progress, on_snapshot)
        except InputError as error:
            self.failure = error
            self.on_failure()
            raise

    def cancel(self) -> None:
        """Stop the load, keeping what was read."""
        self._recording.cancel()


def _kept(asked: Wanted) -> bool:
    """Whether all that comes stands somewhere when the console is left."""
    if asked.store is not None or asked.archive is not None:
        return True
    return not asked.grows and not any(isinstance(it, StdinSource) for it in asked.sources)


def open_console(
    words: Sequence[str],
    options: SourceOptions,
    look_: Look,
    standard_input: int | None,
    commands: Collection[str] = (),
) -> int:
    """Show the sources, or the start screen without any, until the console is left.

    Returns the exit code. `commands` are what a word that is no file may have been meant as.
    """
    code: list[int] = []

    def work() -> None:
        try:
            recording = OpenedRecording(words, options, standard_input) if words else None
        except InputError as error:
            raise InputError(_with_command(str(error), words, commands)) from error
        code.append(_run(recording, look_))
        if recording is not None and recording.failure is not None:
            raise recording.failure

    failed = outcome(work)
    return failed if failed is not ExitCode.ANSWERED else code[0]


def demo() -> OpenedRecording:
    """The bundled incident."""
    return OpenedRecording([SCENARIO + BUNDLED], SourceOptions())


def look_for(environment: Mapping[str, str], theme: str | None, *, ascii_only: bool) -> Look:
    """The look that options and environment ask for; a theme that is named wins over NO_COLOR."""
    plain = ascii_only or not terminal.speaks_unicode(environment)
    if theme is not None:
        return look(theme, ascii_glyphs=plain)
    return choose(environment, "ascii" if plain else "utf-8")


def _run(recording: OpenedRecording | None, look_: Look) -> int:
    keys = read_keys(keys_file())
    app = TraversionApp(recording, look=look_, demo=demo, driver=ConsoleDriver, keys=keys)
    if recording is not None:
        recording.on_failure = lambda: app.call_from_thread(app.exit, return_code=1)
    try:
        return terminal.run(app)
    finally:
        if recording is not None:
            recording.cancel()


def _with_command(sentence: str, words: Sequence[str], commands: Collection[str]) -> str:
    """The sentence, and the command that a first word which is no file may be a slip of."""
    near = difflib.get_close_matches(words[0], commands, n=1, cutoff=0.7)
    if not near or Path(words[0]).exists():
        return sentence
    return f"{sentence.rstrip('.')}; did you mean the command `traversion {near[0]}`?"
