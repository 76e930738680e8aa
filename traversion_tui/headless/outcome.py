"""How a command ends: the exit codes, and which error means which."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

from traversion_data.errors import InputError
from traversion_engine.diagnostic import NotAvailableError, StatementError
from traversion_engine.session import OverBudgetError
from traversion_tui.headless.output import discard_standard_output, say


class ExitCode(IntEnum):
    """Exit codes that scripts may rely on. A wrong option ends with 2, as everywhere."""

    ANSWERED = 0
    BAD_INPUT = 1
    BAD_STATEMENT = 2
    NOT_AVAILABLE = 3


def outcome(work: Callable[[], None]) -> ExitCode:
    """Do the work, say on standard error what went wrong, and tell the exit code.

    A reader that has read enough and closed the pipe is no error.
    """
    try:
        work()
    except StatementError as error:
        say(str(error))
        return ExitCode.BAD_STATEMENT
    except NotAvailableError as error:
        say(str(error))
        return ExitCode.NOT_AVAILABLE
    except (InputError, OverBudgetError) as error:
        say(_stopped(str(error)))
        return ExitCode.BAD_INPUT
    except BrokenPipeError:
        discard_standard_output()
    return ExitCode.ANSWERED


def _stopped(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."
