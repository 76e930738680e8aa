"""The table of formats: a sample of each, opened without options.

From the project's folder:

    python -m tests.soak.formats

Prints a row a format: the sample, what it was recognised as, events expected and got, lines set
aside, and whether every event has its time, severity, service and ids; ends with 1 where any is
not as the sample's specification has it. The samples and what they mean: `tests/data/formats`.
"""

from __future__ import annotations

import sys

from ..data.golden import COLUMNS, SAMPLES, Verdict, judged


def row(word: str, verdict: Verdict) -> str:
    """A line of the table, in Markdown."""
    recognised = "yes" if verdict.recognised_as == verdict.title else verdict.recognised_as
    cells = [
        *(f"`{word}`", verdict.title, f"`{verdict.sample}`", recognised),
        *(f"{verdict.events} of {verdict.expected}", str(verdict.aside)),
        *("no" if heading in verdict.wrong else "yes" for heading in COLUMNS),
    ]
    return f"| {' | '.join(cells)} |"


def main() -> int:
    """Judge every format; the exit code."""
    names = ("`--as`", "format", "sample", "recognised", "events", "aside", *COLUMNS)
    print(f"| {' | '.join(names)} |")
    print(f"|{'|'.join('---' for _ in names)}|")
    verdicts = {word: judged(word) for word in SAMPLES}
    for word, verdict in verdicts.items():
        print(row(word, verdict))
    right = sum(verdict.right for verdict in verdicts.values())
    print(f"\n{right} of {len(verdicts)} formats are read as they are meant")
    return 0 if right == len(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
