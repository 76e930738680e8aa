"""Statements of later versions: the right ones say so, the wrong ones point at what is wrong."""

from __future__ import annotations

import pytest

from traversion_engine import NotAvailableError

RIGHT = [
    "ROOT CAUSE OF LAST ERROR AT '10:00:20' WITHOUT temporal",
    "ROOT CAUSE OF 'no such event'",
    "WHAT IF 'db'.duration = BASELINE",
    "WHAT IF db.duration * 50%, db.errorRate = 0, db.latency - 9ms, WITHOUT a -> b FOR p95",
]

WRONG = [
    """\
MATCH PATTERN WHERE cpu > 80ms FOLLOWED BY error WITHIN 5s
                          ^^^^ cpu_pct is in percent, and 80ms is in ms. Write a \
number in percent.""",
    """\
MATCH PATTERN WHERE cpu > 80% FOLLOWED BY bogus = 1 WITHIN 5s
                                          ^^^^^ There is no field bogus. SHOW FIELDS lists them.""",
    """\
MATCH PATTERN WHERE cpu > 80% FOLLOWED BY error WITHIN 5s BY NOTHIN
                                                             ^^^^^^ There is no field NOTHIN. \
Did you mean BY NOTHING?""",
    """\
ANOMALIES BY srvice
             ^^^^^^ There is no field srvice. Did you mean service?""",
    """\
PATTERNS FROM '10:00:10' TO '10:00:05'
                            ^^^^^^^^^^ This ends at 2024-01-15 10:00:05.000, before it starts at \
2024-01-15 10:00:10.000.""",
    """\
ROOT CAUSE OF #77
              ^^^ There is no event #77. This source has #0 to #5.""",
    """\
ROOT CAUSE OF #5 AT '10:00:10'
                    ^^^^^^^^^^ This is before the event, which is at 2024-01-15 10:00:20.000.""",
    """\
WHAT IF db.cpu = 5
           ^^^ Only duration and error_rate can be changed.""",
    """\
WHAT IF 'db'.duraton = 5ms
             ^^^^^^^ Only duration and error_rate can be changed. Did you mean duration?""",
    """\
WHAT IF db.duration - 100MB
                      ^^^^^ duration is in ms, and 100MB is in MB. Write a number in ms.""",
    """\
WHAT IF db.duration * BASELINE
                      ^^^^^^^^ * takes a number. Write = BASELINE.""",
    """\
EXPLAIN COMPARE '10:00:10' FOR bogus
                               ^^^^^ There is no field bogus. SHOW FIELDS lists them.""",
]


@pytest.mark.parametrize("statement", RIGHT)
def test_a_right_statement_is_not_available(shop, statement):
    with pytest.raises(NotAvailableError):
        shop.query(statement)


@pytest.mark.parametrize("expected", WRONG, ids=lambda text: text.splitlines()[0])
def test_a_wrong_statement_points(error, expected):
    assert error(expected.splitlines()[0]) == expected


def test_explain_of_one_says_so_in_a_note(answer):
    table = answer("EXPLAIN WHAT IF 'db'.duration = BASELINE")
    assert table.notes == ("WHAT IF is not available in this version.",)
