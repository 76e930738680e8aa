"""Every statement of the language, once: for HELP, the documentation and completion.

The examples run on the scenario `checkout-cascade`.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, cast

ColumnType: TypeAlias = Literal["time", "event", "severity", "number", "text", "boolean"]


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """A documented result column; `type` is a value of `result.Role`."""

    name: str
    type: ColumnType
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class StatementInfo:
    """One statement as a person looks it up.

    `columns` is () where they depend on the statement's own text. A statement that is not
    `available` parses, but this version cannot answer it.
    """

    keyword: str
    signature: str
    meaning: str
    examples: tuple[str, ...]
    columns: tuple[ColumnInfo, ...]
    available: bool = True


def _columns(text: str) -> tuple[ColumnInfo, ...]:
    """`seq:event lag_ms:number:ms`; a name alone is text."""
    found = []
    for item in text.split():
        name, kind, unit = [*item.split(":"), "", ""][:3]
        found.append(ColumnInfo(name, cast("ColumnType", kind or "text"), unit or None))
    return tuple(found)


_WALK: Final = _columns(
    "depth:number seq:event parent_seq:event time:time lag_ms:number:ms service type "
    "severity:severity message kind role confidence:number evidence"
)

_ALL: Final = (
    StatementInfo(
        "STATE",
        "STATE [AT t] [WHERE p] [FOR f, …] [CHANGED SINCE t] [OVER d]",
        "What every service looked like at a moment.",
        (
            "STATE AT '2024-01-15 15:47:23' WHERE service = 'api-gateway'",
            "STATE AT '15:47:23' FOR cpu, memory, error_rate",
            "STATE AT '15:49:00' CHANGED SINCE '15:45:00'",
        ),
        _columns(
            "service instance field value number:number unit as_of:time age_ms:number:ms "
            "stale:boolean"
        ),
    ),
    StatementInfo(
        "STACK",
        "STACK [AT t] [WHERE p]",
        "What was running at a moment, as a call tree across services.",
        ("STACK AT '15:47:23'", "STACK AT FIRST ERROR WHERE service = 'orders'"),
        _columns(
            "depth:number seq:event service operation open_ms:number:ms usual_p50_ms:number:ms "
            "usual_p99_ms:number:ms trace_id waiting_on"
        ),
    ),
    StatementInfo(
        "TIMELINE",
        "TIMELINE [scope] [WHERE p] [LIMIT n]",
        "The events of a scope, in order.",
        (
            "TIMELINE FROM '10 minutes ago' TO 'now' WHERE eventType = 'error'",
            "TIMELINE AROUND FIRST ERROR WITHIN 5s",
            "TIMELINE WHERE service = 'api-gateway' AND http.status_code = 503 LIMIT 20",
        ),
        _columns(
            "seq:event event_id time:time type service severity:severity message "
            "duration_ms:number:ms trace_id span_id"
        ),
    ),
    StatementInfo(
        "SELECT",
        "SELECT expr [AS name], … [scope] [WHERE p] [GROUP BY f, …] [EVERY d] [HAVING p] "
        "[ORDER BY …] [LIMIT n]",
        "Fields and aggregates of events, grouped and over time.",
        (
            (
                "SELECT service, count(), p99(duration) IN LAST 5 minutes WHERE severity >= 'warn' "
                "GROUP BY service EVERY 10s ORDER BY count() DESC"
            ),
            "SELECT max(pool_in_use), max(pool_waiting) WHERE service = 'db' EVERY 10s",
            (
                "SELECT template(message), count() AS n WHERE error GROUP BY template(message) "
                "ORDER BY n DESC LIMIT 10"
            ),
        ),
        (),
    ),
    StatementInfo(
        "TRAVERSE",
        "TRAVERSE FROM event [FOLLOWING backward|forward|both] [VIA kind, …] "
        "[MIN CONFIDENCE x] [DEPTH n] [UNTIL p] [WHERE p] [WITHOUT kind | #a -> #b, …] [LIMIT n]",
        "The causes or effects of an event, along causal edges.",
        (
            "TRAVERSE FROM event_id FOLLOWING backward UNTIL error_occurred = true",
            "TRAVERSE FROM FIRST ERROR FOLLOWING backward VIA direct, data DEPTH 8",
            "TRAVERSE FROM (WHERE service = 'api-gateway' AND http.status_code = 503)",
        ),
        _WALK,
    ),
    StatementInfo(
        "PATH",
        "PATH FROM event TO event [VIA kind, …] [MIN CONFIDENCE x] [WITHOUT kind | #a -> #b, …]",
        "The most probable causal path from a cause to an effect.",
        (
            "PATH FROM (WHERE error_type = 'PoolExhausted') TO (WHERE http.status_code = 503)",
            "PATH FROM FIRST ERROR TO LAST ERROR VIA direct",
        ),
        _WALK,
    ),
    StatementInfo(
        "ROOT CAUSE",
        "ROOT CAUSE [OF event] [AT t] [scope] [WITHOUT kind | #a -> #b, …]",
        "Ranked explanations of a symptom.",
        ("ROOT CAUSE", "ROOT CAUSE OF FIRST ERROR", "ROOT CAUSE AT '15:48:00' IN LAST 5 minutes"),
        _columns(
            "rank:number service operation score:number confidence:number onset:time event:event "
            "cause_class evidence path affected"
        ),
        available=False,
    ),
    StatementInfo(
        "MATCH PATTERN",
        "MATCH PATTERN WHERE p [FOLLOWED BY p | NOT FOLLOWED BY p]… WITHIN d [scope] "
        "[BY f, … | BY NOTHING]",
        "Every place where events follow each other as described.",
        (
            (
                "MATCH PATTERN\nWHERE cpu > 80%\nFOLLOWED BY memory > 90%\nWITHIN 5 minutes\n"
                "IN LAST 30 days"
            ),
            "MATCH PATTERN WHERE type = 'deploy' FOLLOWED BY error WITHIN 2 minutes BY NOTHING",
        ),
        _columns(
            "match:number step:number seq:event time:time service message since_start_ms:number:ms"
        ),
    ),
    StatementInfo(
        "PATTERNS",
        "PATTERNS [scope] [MIN SUPPORT n]",
        "Sequences of events that lead to errors more often than chance.",
        ("PATTERNS", "PATTERNS IN LAST 5 minutes MIN SUPPORT 3"),
        _columns(
            "pattern support:number lift:number leads_to median_lead_ms:number:ms first:time "
            "last:time"
        ),
    ),
    StatementInfo(
        "ANOMALIES",
        "ANOMALIES [scope] [FOR f, …] [BY f]",
        "Values and messages that are not as they usually are.",
        ("ANOMALIES", "ANOMALIES FROM '15:46' TO '15:49' FOR cpu, error_rate BY service"),
        _columns(
            "time:time service field value:number expected_low:number expected_high:number "
            "score:number kind seq:event"
        ),
    ),
    StatementInfo(
        "COMPARE",
        "COMPARE t [WITH t] [FOR f | aggregate, …] [OVER d] [BY f] [WHERE p]",
        "What differs between two moments.",
        (
            "COMPARE '2024-01-15 15:45:00' WITH '2024-01-15 15:50:00' FOR cpu, memory, errorRate",
            "COMPARE '15:47:30' FOR max(cpu), p99(duration), count() OVER 30s",
        ),
        _columns(
            "service field a:number b:number change:number ratio:number a_n:number b_n:number "
            "p_value:number verdict"
        ),
    ),
    StatementInfo(
        "PREDICT",
        "PREDICT NEXT d [FROM t] [FOR f, …] [BY f] [WHERE p] [EVERY d] | PREDICT WHEN p [WITHIN d]",
        "How values will probably go on, or when a condition will hold.",
        (
            "PREDICT NEXT 5 minutes FROM 'now'",
            "PREDICT NEXT 2m FROM '15:49:00' FOR request_rate, p95",
            "PREDICT WHEN pool_in_use >= pool_size",
        ),
        _columns(
            "time:time service field p10:number p50:number p90:number method "
            "backtest_error:number coverage:number"
        ),
    ),
    StatementInfo(
        "WHAT IF",
        "WHAT IF 'service'.duration = BASELINE | = d | * x | - d, 'service'.error_rate = x, "
        "WITHOUT 'caller' -> 'callee', … [scope] [FOR f, …]",
        "What callers would have seen, had something been different.",
        (
            "WHAT IF 'db'.duration = BASELINE",
            "WHAT IF db.duration * 0.5, WITHOUT 'cart' -> 'cache' FROM '15:46' TO '15:49'",
        ),
        _columns(
            "service field actual:number what_if:number low:number high:number requests:number"
        ),
        available=False,
    ),
    StatementInfo(
        "TRACE",
        "TRACE id|event",
        "One trace as a waterfall.",
        ("TRACE 7c1b926822cb74ca848f85777a5fcb90", "TRACE FIRST ERROR"),
        _columns(
            "depth:number seq:event parent_seq:event service operation time:time "
            "start_ms:number:ms duration_ms:number:ms self_ms:number:ms status critical:boolean "
            "events:number"
        ),
    ),
    StatementInfo(
        "CALLS",
        "CALLS [AT t] [OVER d] [scope]",
        "Which service calls which, how often, how fast, with how many errors.",
        ("CALLS", "CALLS AT '15:47:30' OVER 30s"),
        _columns(
            "caller callee operation calls:number error_rate:number:ratio p50:number:ms "
            "p95:number:ms confidence:number observed:boolean"
        ),
    ),
    StatementInfo(
        "HISTORY",
        "HISTORY OF 'service'.field [scope]",
        "Who set a value, when, and to what.",
        ("HISTORY OF 'payments'.version", "HISTORY OF db.pool_in_use FROM '15:46' TO '15:48'"),
        _columns("seq:event time:time instance value previous held_ms:number:ms"),
    ),
    StatementInfo(
        "GOTO",
        "GOTO t|event",
        "Moves the playhead; without a console, prints the moment.",
        ("GOTO '15:47:23'", "GOTO FIRST ERROR - 5s"),
        _columns("time:time"),
    ),
    StatementInfo(
        "MARK",
        "MARK 'name' [AT t]",
        "Sets the bookmark @name; without a console it is refused.",
        ("MARK 'before'", "MARK 'first-error' AT FIRST ERROR"),
        _columns("name time:time"),
    ),
    StatementInfo(
        "EDGES",
        "EDGES [scope] [WHERE p] [WITH RETURNS] [WITHOUT kind | #a -> #b, …]",
        "Causal edges with their evidence.",
        ("EDGES FROM '15:47:00' TO '15:47:05'", "EDGES WHERE kind = 'data' WITH RETURNS"),
        _columns("child:event parent:event kind confidence:number lag_ms:number:ms evidence"),
    ),
    StatementInfo(
        "SHOW",
        "SHOW SERVICES|FIELDS|TYPES|SOURCES|GAPS|BOOKMARKS",
        "What the recording holds.",
        ("SHOW SERVICES", "SHOW FIELDS", "SHOW SOURCES"),
        (),
    ),
    StatementInfo(
        "EXPLAIN",
        "EXPLAIN statement",
        "How a statement is understood and run.",
        ("EXPLAIN TIMELINE WHERE service = 'db' AND time > '15:46'", "EXPLAIN ROOT CAUSE"),
        _columns("stage what"),
    ),
    StatementInfo(
        "HELP",
        "HELP [statement]",
        "Every statement, or one of them.",
        ("HELP", "HELP TRAVERSE"),
        _columns("topic text"),
    ),
)

STATEMENTS: Final = MappingProxyType({entry.keyword: entry for entry in _ALL})
"""Every statement by its keyword ("ROOT CAUSE"), in the order of the documentation."""

SHOW_COLUMNS: Final = MappingProxyType(
    {
        "SERVICES": _columns(
            "service instances:number events:number errors:number first:time last:time"
        ),
        "FIELDS": _columns("field type unit meaning filled:number distinct:number example"),
        "TYPES": _columns("type events:number"),
        "SOURCES": _columns(
            "source format time_field zone read:number stored:number set_aside:number "
            "blank:number redacted:number skew_ms:number:ms"
        ),
        "GAPS": _columns("source from:time to:time reason bytes:number"),
        "BOOKMARKS": _columns("name time:time note"),
    }
)
"""The columns of SHOW, by what is shown."""
