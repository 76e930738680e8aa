"""Stack traces under an event: the exception they are of, in the words of its language."""

from __future__ import annotations

from typing import Final

import polars as pl

TYPE: Final = "exception.type"
SAID: Final = "exception.message"
TRACE: Final = "exception.stacktrace"

_NAME: Final = r"[A-Za-z_$][\w$]*(?:[.:]+[\w$]+)*"
_RAISED: Final = r"[A-Za-z_$][\w$.]*(?:Error|Exception|Throwable|Failure|Interrupt|Exit|Warning)\w*"
_FRAME: Final = r"[ \t]+(?:at |\.\.\. \d+ )"

_PYTHON: Final = (
    rf"(?s)^.*Traceback \(most recent call last\):\n(?:[ \t][^\n]*\n|\n)*({_NAME})(?:: ?([^\n]*))?"
)
"""The last traceback is of the exception that was not caught."""
_JAVA: Final = (
    rf"(?m)^(?:Exception in thread \"[^\"\n]*\" )?({_NAME})(?:: ([^\n]*))?\n(?:.*\n)*?{_FRAME}"
)
_GO: Final = r"(?m)^(panic): ([^\n]*)\n"
_IN_MESSAGE: Final = rf"({_RAISED})(?:: (.*))?$"
_BELOW: Final = rf"^(?:{_FRAME}|[^\n]*\n{_FRAME}|Caused by: )"


def exceptions(message: pl.Series, tails: pl.Series) -> tuple[pl.Series, list[pl.Series]]:
    """Messages as they are to be shown, and the cells of the exceptions found.

    message: of each event's first line. tails: its further lines, NULL where there are none. A tail
    that is a stack trace (Python, Java and .NET and JavaScript, Go) becomes `TRACE` with `TYPE` and
    `SAID`; any other goes on with the message.
    """
    at = tails.is_not_null().arg_true()
    if not len(at):
        return message, []
    below, above = tails.gather(at), message.gather(at)
    frame = pl.DataFrame({"below": below, "above": above})
    under = pl.col("below").str.contains(_BELOW)
    found = [
        pl.col("below").str.extract_groups(shape).alias(str(place))
        for place, shape in enumerate((_PYTHON, _JAVA, _GO))
    ]
    frame = frame.with_columns(
        *found, pl.when(under).then(pl.col("above").str.extract_groups(_IN_MESSAGE)).alias("3")
    )
    part = [
        pl.coalesce(pl.col(str(place)).struct.field(group) for place in range(4))
        for group in ("1", "2")
    ]
    frame = frame.select("below", "above", part[0].alias("type"), part[1].alias("said"))
    is_trace = pl.col("type").is_not_null()
    shown = (
        pl.when(is_trace).then("above").otherwise(pl.concat_str("above", "below", separator="\n"))
    )
    cells = frame.select(
        pl.col("type").alias(f"s:{TYPE}"),
        pl.when(is_trace).then("said").alias(f"s:{SAID}"),
        pl.when(is_trace).then("below").alias(f"s:{TRACE}"),
        shown.alias("shown"),
    )
    nothing = pl.repeat(None, len(tails), dtype=pl.String, eager=True)
    placed = [
        nothing.scatter(at, cells[name]).alias(name) for name in cells.columns if name != "shown"
    ]
    shown_at = message.clone().scatter(at, cells["shown"])
    return shown_at, [cell for cell in placed if cell.count()]
