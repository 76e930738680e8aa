"""Lines that go on with the event before them, where no line has a time to tell by."""

from __future__ import annotations

from typing import Final

CONTINUES: Final = (
    r"^(?:\s+\S|Caused by: |Traceback \(most recent call last\)|goroutine \d+ \[|\.\.\. \d+ more"
    r"|During handling of the above exception|The above exception was the direct cause"
    r"|[A-Za-z_$][\w$.]*(?:Error|Exception|Throwable)(?::|$)|[)\]}]+[,;]?$)"
)
"""Frames and causes of stack traces, indented lines, closing brackets, a line that names an error
as languages print them at the end or the head of a trace."""
