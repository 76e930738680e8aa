"""SELECT on six events, worked out by hand."""

from __future__ import annotations

import pytest

from traversion_engine import Context

SECOND = 1_000_000_000
T0 = 1705312800 * SECOND


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT seq, user LIMIT 3", [(0, "ann"), (1, None), (2, "bob")]),
        ("SELECT cpu * 2 AS twice WHERE cpu IS NOT NULL", [(100.0,), (163.0,), (180.0,)]),
        ("SELECT cpu / (cpu - 50) AS x WHERE service = 'web' AND cpu IS NOT NULL", [(None,)]),
        ("SELECT 1 AS one, 'a' AS text LIMIT 2", [(1, "a"), (1, "a")]),
        ("SELECT seq WHERE user IS NOT NULL ORDER BY user DESC, seq DESC", [(2,), (4,), (0,)]),
        ("SELECT seq FROM events WHERE cpu > 0 ORDER BY cpu", [(0,), (1,), (3,)]),
        ("SELECT seq AS s WHERE cpu > 0 ORDER BY s DESC", [(3,), (1,), (0,)]),
        ("SELECT user ORDER BY user LIMIT 4", [("ann",), ("ann",), ("bob",), (None,)]),
        ("SELECT count()", [(6,)]),
        ("SELECT count(*)", [(6,)]),
        ("SELECT count() WHERE service = 'none'", [(0,)]),
        ("SELECT count(1), sum(1), count('a'), distinct(5), avg(2)", [(6, 6, 6, 1, 2.0)]),
        ("SELECT count(1), sum(1), max(1) WHERE service = 'none'", [(0, None, None)]),
        ("SELECT count(true), count(2 > 1), count(NULL), ratio(1 > 2)", [(6, 6, 0, 0.0)]),
        ("SELECT service, count(1), sum(1 + 1) GROUP BY service", [("db", 3, 6), ("web", 3, 6)]),
        ("SELECT count(1) EVERY 10s", [(T0, 4), (T0 + 10 * SECOND, 1), (T0 + 20 * SECOND, 1)]),
        ("SELECT sum(cpu), max(cpu) WHERE user = 'bob'", [(None, None)]),
        ("SELECT count(user), distinct(user), count(ok), count(NOT ok)", [(3, 2, 1, 1)]),
        ("SELECT sum(cpu), avg(cpu), min(cpu), max(cpu)", [(221.5, 221.5 / 3, 50.0, 90.0)]),
        ("SELECT p50(cpu)", [(81.5,)]),
        ("SELECT stddev(cpu) WHERE cpu > 80", [(pytest.approx(6.010407640085654),)]),
        ("SELECT first(user), last(user), last(ok)", [("ann", "ann", False)]),
        ("SELECT min(severity), max(time)", [(2, T0 + 20 * SECOND)]),
        ("SELECT ratio(error), ratio(ok), ratio(user = 'ann')", [(1 / 3, 1 / 2, 2 / 3)]),
        ("SELECT rate() FROM '10:00:00' TO '10:00:10'", [(0.4,)]),
        ("SELECT rate(error) FROM '10:00:00' TO '10:00:10'", [(0.1,)]),
        ("SELECT count() / 2 AS half, count() + 1 AS more", [(3.0, 7)]),
        ("SELECT service, count() GROUP BY service", [("db", 3), ("web", 3)]),
        (
            "SELECT user, count() AS n GROUP BY user ORDER BY n DESC, user",
            [(None, 3), ("ann", 2), ("bob", 1)],
        ),
        ("SELECT service GROUP BY service HAVING max(cpu) > 80", [("db",)]),
        ("SELECT service, max(cpu) AS top GROUP BY service HAVING top < 60", [("web", 50.0)]),
        ("SELECT count() GROUP BY service ORDER BY service DESC", [(3,), (3,)]),
        (
            (
                "SELECT template(message) AS t, count() AS n WHERE message IS NOT NULL GROUP BY t "
                "ORDER BY n DESC, t"
            ),
            [("start <*>", 2), ("boom <*>", 1), ("dead", 1), ("slow query <*>", 1)],
        ),
        (
            "SELECT count(), sum(cpu) EVERY 10s",
            [(T0, 4, 221.5), (T0 + 10 * SECOND, 1, None), (T0 + 20 * SECOND, 1, None)],
        ),
        (
            "SELECT service, count() FROM '10:00:00' TO '10:00:20' GROUP BY service EVERY 10s",
            [
                (T0, "db", 2),
                (T0, "web", 2),
                (T0 + 10 * SECOND, "db", 0),
                (T0 + 10 * SECOND, "web", 1),
            ],
        ),
        (
            "SELECT rate(), avg(cpu) FROM '10:00:05' TO '10:00:12' EVERY 10s",
            [(T0, 0.0, None), (T0 + 10 * SECOND, 0.5, None)],
        ),
        (
            "SELECT last(time), count() FROM '10:00:00' TO '10:00:12' EVERY 10s",
            [
                (T0, T0 + 2_500_000_000, 4),
                (T0 + 10 * SECOND, T0 + 11 * SECOND, 1),
            ],
        ),
        (
            "SELECT time, count() EVERY 10s HAVING count() > 1",
            [(T0, 4)],
        ),
    ],
)
def test_rows(rows, statement, expected):
    found = rows(statement)
    assert [tuple(row) for row in found] == [
        tuple(pytest.approx(v) if isinstance(v, float) else v for v in row) for row in expected
    ]


def test_star_gives_the_columns_of_timeline(answer):
    assert answer("SELECT * LIMIT 1").frame.equals(answer("TIMELINE LIMIT 1").frame)


def test_columns_are_named_as_written_and_keep_their_units(answer):
    table = answer("SELECT service, max(cpu), max(cpu) AS top, count(), rate() GROUP BY service")
    assert table.frame.columns == ["service", "max(cpu)", "top", "count()", "rate()"]
    assert [column.unit for column in table.columns] == [None, "percent", "percent", None, "/s"]


def test_equal_names_are_told_apart(answer):
    assert answer("SELECT seq, seq").frame.columns == ["seq", "seq_2"]


def test_buckets_start_at_multiples_since_midnight_of_the_zone(answer):
    half_past = answer("SELECT count() EVERY 1h", Context(zone="Asia/Kolkata"))
    assert half_past.frame["time"].to_list() == [T0 - 1800 * SECOND]


@pytest.mark.parametrize("where", ["", " WHERE error_rate >= 0", " WHERE service = 'web'"])
def test_a_limit_gives_the_first_rows_of_what_is_derived_without_it(answer, where):
    everything = answer(f"SELECT seq, request_rate, health{where}")
    first = answer(f"SELECT seq, request_rate, health{where} LIMIT 2")
    assert first.frame.equals(everything.frame.head(2))
    assert first.total == everything.total
    assert (first.notes, first.meta) == (everything.notes, everything.meta)


def test_columns_are_called_as_they_were_typed(answer):
    frame = answer("SELECT (1 + 2) * 3, count(  ) , max( cpu ) AS m GROUP BY 1 LIMIT 1").frame
    assert frame.columns == ["(1 + 2) * 3", "count( )", "m"]
