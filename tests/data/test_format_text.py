"""Log text of every kind: recognised by itself, with time, severity, service and ids as written."""

from __future__ import annotations

from traversion_data import schema
from traversion_data.decode.recognise import FORMATS
from traversion_data.model import FieldMap, Flag, Severity

from .loaded import AT, FORMS, MILLI, SECOND, check, rows_of, sample


def test_every_format_has_words_of_its_own():
    assert len({form.word for form in FORMATS}) == len({form.title for form in FORMATS})
    assert len({form.word for form in FORMATS}) == len(FORMATS)


def test_access():
    rows, info = sample("access.log")
    assert info.format == "access log"
    assert [row[schema.SEVERITY] for row in rows] == [
        Severity.INFO,
        Severity.ERROR,
        Severity.WARN,
        Severity.WARN,
    ]
    at = 971_211_336 * SECOND
    check(
        rows[0],
        time=at,
        end_time=at,
        service="access",
        message="GET /apache_pb.gif HTTP/1.0 200",
        client__address="127.0.0.1",
        user__name="frank",
        http__request__method="GET",
        url__path="/apache_pb.gif",
        http__response__status_code=200,
        http__response__body__size=2326,
        error_occurred=False,
    )
    check(
        rows[1],
        error_occurred=True,
        url__path="/search",
        url__query="q=a%20b",
        http__response__body__size=None,
        user_agent__original="Mozilla/4.08 [en] (Win98; I ;Nav)",
    )
    # the stamp is the end of a request that took a quarter of a second
    check(rows[2], time=at + 3750 * MILLI, end_time=at + 4 * SECOND, duration_ns=250 * MILLI)
    check(rows[3], http__request__method=None, message=r"\x16\x03\x01 400")


def test_the_end_of_events_can_be_mapped():
    line = b'{"ts":1705333643,"duration_ms":500,"msg":"x"}\n'
    (row,), info = rows_of(line, field_map=FieldMap((("end", "ts"),)))
    check(row, time=AT - 500 * MILLI, end_time=AT, duration_ns=500 * MILLI)
    assert info.time_field == "ts"


def test_syslog():
    rows, info = sample("syslog.log")
    assert info.format == "syslog (RFC 3164)"
    new_year = 1_704_067_200 * SECOND
    check(
        rows[0],
        severity=Severity.FATAL,
        service="su",
        host="mymachine",
        message="'su root' failed for lonvick on /dev/pts/8",
        syslog__facility="auth",
    )
    check(rows[1], time=new_year - SECOND, severity=Severity.INFO, process__pid=4711)
    check(rows[2], time=new_year + SECOND, severity=Severity.ERROR, service="myapp", flags=0)
    check(rows[3], service="syslog", message="last message repeated 3 times", severity=None)
    assert "times have no year: guessed from when the source was last written" in info.notes
    assert "times have no zone: read as UTC; --tz names another" in info.notes


def test_syslog_of_a_zone():
    rows, info = sample("syslog.log", tz="Europe/Berlin")
    check(rows[2], time=1_704_063_601 * SECOND)
    assert "times have no zone: read as Europe/Berlin, as --tz says" in info.notes


def test_syslog_5424():
    rows, info = sample("syslog5424.log")
    assert (info.format, info.notes) == ("syslog (RFC 5424)", ())
    check(
        rows[0],
        time=1_065_910_455_003 * MILLI,
        severity=Severity.FATAL,
        service="su",
        host="mymachine.example.com",
        message="'su root' failed for lonvick on /dev/pts/8",
        syslog__msgid="ID47",
    )
    check(rows[1], time=1_061_727_255_000_003_000, service="myproc", syslog__procid="8710")
    check(rows[2], message="An application event log entry...", severity=Severity.INFO)
    assert rows[2]["exampleSDID@32473.eventSource"] == 'Appl"ication]'
    assert rows[3]["examplePriority@32473.class"] == "high"


def test_glog():
    rows, info = sample("glog.log")
    assert info.format == "glog or klog"
    check(rows[0], flags=Flag.GUESSED_TIME, length=134, time=AT + 123_456_000)
    assert [row[schema.SEVERITY] for row in rows[1:]] == [
        Severity.INFO,
        Severity.WARN,
        Severity.ERROR,
        Severity.FATAL,
    ]
    check(
        rows[2],
        time=AT + SECOND + 1_000,
        message="watch of *v1.Pod ended",
        thread__id=1234,
        code__file__path="reflector.go",
        code__line__number=324,
        seq=4,
    )


def test_python():
    rows, info = sample("python.log")
    assert (info.format, info.stored, info.blank) == ("Python log", 4, 1)
    check(
        rows[1], severity=Severity.INFO, message="an error message is none", logger="simple_example"
    )
    check(
        rows[2],
        severity=Severity.ERROR,
        message="Got exception on main handler",
        exception__type="TimeoutError",
        exception__message="waited 5 s",
        error_occurred=True,
        service="python",
    )
    trace = rows[2]["exception.stacktrace"]
    assert trace.startswith("Traceback (most recent call last):\n  File")
    assert trace.count("\n") == 6
    check(rows[3], severity=Severity.FATAL, time=1_111_245_027_773 * MILLI, seq=11)


def test_the_row_of_an_event_covers_its_lines():
    data = (FORMS / "python.log").read_bytes()
    rows, _ = sample("python.log")
    row = rows[2]
    whole = data[row[schema.OFFSET] : row[schema.OFFSET] + row[schema.LENGTH]]
    assert whole.startswith(b"2005-03-19 15:10:26,697")
    assert whole.endswith(b"TimeoutError: waited 5 s")


def test_logback():
    rows, info = sample("logback.log")
    assert (info.format, info.read) == ("Java log", 3)
    check(
        rows[0],
        time=AT + 123 * MILLI,
        severity=Severity.INFO,
        logger="chapters.layouts.TrivialMain",
        thread="main",
        trace_id="4bf92f3577b34da6a3ce929d0e0e4736",
    )
    check(
        rows[1],
        severity=Severity.ERROR,
        message="charge failed",
        exception__type="java.lang.IllegalStateException",
        exception__message="pool exhausted",
    )
    check(rows[2], severity=Severity.WARN, thread="main", process__pid=12345, message="slow tick")


def test_logfmt():
    rows, info = sample("logfmt.log")
    assert (info.format, info.read, info.stored) == ("logfmt", 4, 4)
    check(
        rows[0],
        time=AT,
        severity=Severity.INFO,
        message='Started observing "beach"',
        service="zoo",
        animal="walrus",
        number=8,
    )
    check(rows[1], severity=Severity.WARN, omg=True, ratio=0.5, number=122, service="logfmt")
    check(
        rows[2],
        severity=Severity.FATAL,
        status=503,
        trace_id="4bf92f3577b34da6a3ce929d0e0e4736",
        err="open /tmp/x: no such file",
        exception__type="panic",
        exception__message="The ice breaks!",
    )
    check(rows[3], message=rows[3]["message"], path="/zoo", error_occurred=False)
    assert rows[3]["message"].endswith("at=router method=GET path=/zoo")


def test_text():
    rows, info = sample("text.log")
    assert (info.format, info.read) == ("text with times", 7)
    assert [row[schema.SEVERITY] for row in rows] == [
        Severity.ERROR,
        Severity.WARN,
        Severity.ERROR,
        Severity.INFO,
        Severity.WARN,
        Severity.DEBUG,
        None,
    ]
    assert [row[schema.TIME] // SECOND - AT // SECOND for row in rows] == list(range(7))
    assert rows[2]["message"].endswith("at character 15\nSTATEMENT:  select * from x")
    check(rows[6], message="no level: error in the middle", service="text", flags=0)
