"""What is wrong with a statement that parses: the sentence, and the caret under the word."""

from __future__ import annotations

import pytest

ERRORS = [
    """\
TIMELINE WHERE servce = 'db'
               ^^^^^^ There is no field servce. Did you mean service?""",
    """\
TIMELINE WHERE service = db
                         ^^ There is no field db. For the text write 'db'.""",
    """\
TIMELINE WHERE severity = wran
                          ^^^^ 'wran' is no severity. Did you mean warn?""",
    """\
TIMELINE WHERE severity IN (warn, fatl)
                                  ^^^^ 'fatl' is no severity. Did you mean fatal?""",
    """\
TIMELINE WHERE weight-cpu > 3
               ^^^^^^^^^^ There is no field weight-cpu. A minus needs blanks: weight - cpu.""",
    """\
TIMELINE WHERE error BETWEEN '10:00' AND '10:01'
                             ^^^^^^^ error is true or false, and BETWEEN compares it here. \
For a scope write error FROM '10:00' TO '10:01'.""",
    """\
TIMELINE WHERE severity IN (warn, "error")
                                  ^^^^^^^ severity is a severity and error_occurred is true or \
false.""",
    """\
TIMELINE WHERE time > 5
                      ^ 5 has 1 digit; an epoch has 10 (seconds), 13 (ms), 16 (µs) or 19 (ns).""",
    """\
TIMELINE WHERE user IN ('ann', 5)
                        ^^^^^ This is a text, and other values of the list are numbers.""",
    """\
TIMELINE WHERE time > now + 5MB
                      ^^^ There is no field now. SHOW FIELDS lists them.""",
    """\
SELECT time + 5m
       ^^^^ time is a time; + takes numbers.""",
    """\
SELECT 5 * user
           ^^^^ user is a text; * takes numbers.""",
    """\
TIMELINE WHERE service = "db"
                         ^^^^ There is no field db. For the text write 'db'.""",
    """\
TIMELINE WHERE cpu > 80ms
                     ^^^^ cpu_pct is in percent, and 80ms is in ms. Write a number in percent.""",
    """\
TIMELINE WHERE weight > 80%
                        ^^^ The unit of weight is not known, so 80% cannot be compared with it. \
Write a plain number; SHOW FIELDS lists the units.""",
    """\
TIMELINE WHERE cpu = 'high'
                     ^^^^^^ cpu_pct is a number in percent, not the text 'high'.""",
    """\
TIMELINE WHERE severity > 'wran'
                          ^^^^^^ 'wran' is no severity. Did you mean warn?""",
    """\
TIMELINE WHERE severity = 99
                          ^^ 99 is no severity; OpenTelemetry's are 1 to 24.""",
    """\
TIMELINE WHERE status = 503
                        ^^^ span_status is a span status: unset, ok or error.""",
    """\
TIMELINE WHERE ok = 'yes'
                    ^^^^^ ok is true or false, not 'yes'.""",
    """\
TIMELINE WHERE cpu = true
                     ^^^^ cpu_pct is a number in percent, not true or false.""",
    """\
TIMELINE WHERE user
               ^^^^ user is a text, not true or false. Compare it, or write user IS NOT NULL.""",
    """\
TIMELINE WHERE cpu = time
                   ^ cpu_pct is a number in percent and time is a time.""",
    """\
TIMELINE WHERE time > 'yesterday'
                      ^^^^^^^^^^^ 'yesterday' is no time. Write '2024-01-15 15:47:23', '15:47', \
'10 minutes ago', now, start, end or @bookmark.""",
    """\
TIMELINE WHERE time > '2024-02-30'
                      ^^^^^^^^^^^^ '2024-02-30' is no real time: day is out of range for month.""",
    """\
TIMELINE WHERE message ~ 'a(b'
                         ^^^^^ This is no regular expression: unclosed group.""",
    """\
TIMELINE WHERE count() > 3
               ^^^^^^^ count is about many events, and a single one is asked for here. \
HAVING tests aggregates.""",
    """\
TIMELINE FROM '10:00:10' TO '10:00:05'
                            ^^^^^^^^^^ This ends at 2024-01-15 10:00:05.000, before it starts at \
2024-01-15 10:00:10.000.""",
    """\
STATE AT '3:46 AM' WHERE service = 'db'
         ^^^^^^^^^ '3:46 AM' is outside the recording on its one day: 2024-01-15. It goes from \
2024-01-15 10:00:00.000 to 2024-01-15 10:00:20.000.""",
    """\
TIMELINE FROM '10:00:01' TO 15:47 + 5m
                            ^^^^^^^^^^ '15:47' is outside the recording on its one day: \
2024-01-15. It goes from 2024-01-15 10:00:00.000 to 2024-01-15 10:00:20.000.""",
    """\
TIMELINE WHERE time >= '09:00' AND service = 'db'
                       ^^^^^^^ '09:00' is outside the recording on its one day: 2024-01-15. It \
goes from 2024-01-15 10:00:00.000 to 2024-01-15 10:00:20.000.""",
    """\
TIMELINE FROM @before
              ^^^^^^^ There is no bookmark @before. MARK 'name' in the console makes one.""",
    """\
TIMELINE AROUND #77
                ^^^ There is no event #77. This source has #0 to #5.""",
    """\
SELECT service, count()
       ^^^^^^^ service stands beside an aggregate and is not in GROUP BY. Add GROUP BY service.""",
    """\
SELECT cuont(user)
       ^^^^^ There is no function cuont. Did you mean count?""",
    """\
SELECT sum(user)
           ^^^^ user is a text; sum takes numbers.""",
    """\
SELECT ratio(cpu)
             ^^^ cpu_pct is a number in percent; ratio takes a predicate.""",
    """\
SELECT avg(cpu > 80)
           ^^^^^^^^ avg takes a number, not a predicate.""",
    """\
SELECT user + 1
       ^^^^ user is a text; + takes numbers.""",
    """\
SELECT count() EVERY 1ms FROM '2024-01-14' TO '2024-01-16' GROUP BY count()
                                                                    ^^^^^^^ Rows are grouped by \
fields, not by aggregates.""",
    """\
STATE AT '10:00:05' FOR cpu, bogus
                             ^^^^^ There is no field bogus. SHOW FIELDS lists them.""",
    """\
STATE AT '10:00:05' CHANGED SINCE '10:00:10'
                                  ^^^^^^^^^^ CHANGED SINCE lies after the moment of the state.""",
    """\
TRAVERSE FROM 12
              ^^ No event has the id 12. For the line, write #12.""",
    """\
MARK 'here'
^^^^^^^^^^^ MARK sets a bookmark in the console, and this is not one. GOTO prints a moment.""",
]  # fmt: skip


@pytest.mark.parametrize("expected", ERRORS, ids=lambda text: text.splitlines()[0])
def test_error(error, expected):
    assert error(expected.splitlines()[0]) == expected
