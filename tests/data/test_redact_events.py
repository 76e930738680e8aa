"""What redaction does to the columns of an event frame."""

from __future__ import annotations

import json
import re

import polars as pl
import pytest

from traversion_data import schema
from traversion_data.model import Flag
from traversion_data.redact.kernel import Redaction, redact_aside, redact_events, redact_text

from .decoded import AT, batch_of

STANDARD = Redaction.standard(b"k" * 32)
GITHUB = "ghp_" + "aB3" * 12


def redacted(*records, redaction=STANDARD):
    events, counts = redact_events(batch_of(*records)[0].events, redaction)
    return events.rows(named=True), counts


def test_equal_secrets_have_equal_pseudonyms_wherever_they_stand():
    rows, counts = redacted(
        {"ts": AT, "message": f"using {GITHUB}", "n": 1},
        {"ts": AT, "message": f"token={GITHUB}", "n": 2},
        {"ts": AT, "message": "x", "token": GITHUB},
        {"ts": AT, "message": "x", "tokens": [GITHUB]},
        {"ts": AT, "message": "x", "operation": f"clone https://{GITHUB}@github.com/a"},
    )
    stood_in = rows[2]["token"]
    assert stood_in.startswith("[redacted:github:")
    assert rows[0]["message"] == f"using {stood_in}"
    assert rows[1]["message"] == f"token={stood_in}"
    assert stood_in in rows[3]["attrs"]
    assert stood_in in rows[4]["operation"]
    assert counts == {"github": 5}


def test_the_rows_that_changed_are_flagged_and_counted_by_cell():
    rows, counts = redacted(
        {"ts": AT, "message": "password=hunter2 and secret=hunter3", "api_key": "k1"},
        {"ts": AT, "message": "nothing"},
        {"ts": AT, "message": "password=hunter2 and secret=hunter3"},
    )
    assert [bool(row["flags"] & Flag.REDACTED) for row in rows] == [True, False, True]
    assert counts == {"key": 3}


def test_a_frame_without_secrets_comes_back_as_it_is():
    events = batch_of({"ts": AT, "message": "all is well", "token_count": 15})[0].events
    same, counts = redact_events(events, STANDARD)
    assert same is events
    assert counts == {}


def test_redacting_twice_changes_nothing():
    events = batch_of(
        {"ts": AT, "message": "Authorization: Bearer abc.def1", "password": "p", "pwd": 12},
        {"ts": AT, "message": 'x {"token": "a", "l": {"secret": [1, "b"]}}', "auth": "Basic dTpw"},
        {"ts": AT, "message": "Cookie: a=1; b=2", "steps": [{"otp": 1}], "cookie": "a=1; b=2"},
    )[0].events
    once, _ = redact_events(events, STANDARD)
    twice, counts = redact_events(once, STANDARD)
    assert counts == {}
    assert twice.equals(once)


def test_shape_order_and_types_stay():
    events = batch_of(
        {"ts": AT, "message": "password=hunter2", "type": "log", "service": "a", "host": "h"},
        {"ts": AT + 5, "operation": f"GET /?token={GITHUB}", "n": 1, "ok": True, "f": 1.5},
    )[0].events
    done, _ = redact_events(events, STANDARD)
    assert done.schema == events.schema
    unchanged = [name for name in events.columns if name not in ("message", "operation", "flags")]
    assert done.select(unchanged).equals(events.select(unchanged))


def test_numbers_under_a_secret_key_become_text():
    rows, _ = redacted({"ts": AT, "message": "x", "pin": {"otp": 123456}, "n": 3})
    assert rows[0]["pin.otp"].startswith("[redacted:key:")
    assert rows[0]["n"] == 3


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("author", "Jane"),
        ("authority", "eu-1"),
        ("tokens_used", 12),
        ("max_tokens", 4096),
        ("token_count", 15),
        ("tokenizer", "bpe"),
        ("session_count", 3),
        ("auth_requests", 3),
        ("auth.rps", 3.5),
        ("passed", 12),
        ("authenticated", True),
        ("auth", False),
        ("auth.method", "oauth2"),
        ("token_type", "bearer"),
        ("session.size_bytes", 12.5),
        ("secretary", "Joe"),
        ("compass", "north"),
    ],
)
def test_names_that_only_sound_secret_are_left(key, value):
    rows, counts = redacted({"ts": AT, "message": "x", key: value})
    assert rows[0][key] == value
    assert counts == {}


@pytest.mark.parametrize(
    "key",
    [
        "password",
        "DB-PassWord",
        "user.credentials.value",
        "x-api-key",
        "apikey",
        "clientSecret",
        "auth",
        "authorization",
        "privateKey",
        "refresh_token",
        "sessionid",
        "set-cookie",
        "csrfmiddlewaretoken",
        "mysql_pwd",
        "otp",
        "two-factor",
    ],
)
def test_names_of_secrets_are_known_however_spelled(key):
    rows, counts = redacted({"ts": AT, "message": "x", key: "hunter2"})
    assert rows[0][key].startswith("[redacted:key:")
    assert counts == {"key": 1}


def test_ids_are_never_touched():
    card_like = "4539578763621486"
    record = {
        "ts": AT,
        "trace_id": card_like,
        "span_id": "4111111111111111",
        "parent_span_id": GITHUB,
        "event_id": "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
        "order_id": card_like,
        "orderId": card_like,
        "message": f"order_id={card_like} order {card_like} GET /items/{card_like}",
        "amount": f"{card_like}.5",
    }
    batch = batch_of(record)[0].events
    same, counts = redact_events(batch, STANDARD)
    assert counts == {"card": 1}, "only the amount, which is no id, may be taken for a card"
    assert same.drop("amount", "flags").equals(batch.drop("amount", "flags"))


def test_text_under_the_key_of_an_id_is_no_id():
    said = "Traceback (most recent call last): login(password=hunter2)"
    rows, counts = redacted(
        {"ts": AT, "message": "x", "trace": said, "id": "token=hunter2"},
        {"ts": AT, "message": "x", "trace": "0af7651916cd43dd8448eb211c80319c", "id": "n-1"},
    )
    assert "hunter2" not in str(rows)
    assert rows[1]["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    assert rows[1]["id"] == "n-1"
    assert counts == {"key": 2}


def test_json_kept_as_text_stays_json():
    rows, _ = redacted(
        {"ts": AT, "message": "x", "l": [{"password": 12345, "card": 4111111111111111, "n": 1.5}]},
        {"ts": AT, "message": "x", "l": [{"key": 'a "quoted" password="x y" \\ end', "ok": None}]},
        {"ts": AT, "message": "x", "l": ["-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc", 5]},
    )
    first, second, third = (json.loads(row["attrs"])["l"] for row in rows)
    assert first[0]["password"].startswith("[redacted:key:")
    assert first[0]["card"].startswith("[redacted:card:")
    assert first[0]["n"] == 1.5
    assert second[0]["key"].startswith('a "quoted" password="[redacted:key:')
    assert second[0]["ok"] is None
    assert third[0].startswith("[redacted:pem:")
    assert third[1] == 5


def test_strict_replaces_what_tells_who_somebody_is():
    record = {
        "ts": AT,
        "message": "bob@example.com from 10.1.2.3 and 2001:db8::1, mac aa:bb:cc:dd:ee:ff,"
        " iban GB82 WEST 1234 5698 7654 32, in /home/bob/x, call +49 30 1234567",
    }
    assert redacted(record)[1] == {}
    rows, counts = redacted(record, redaction=Redaction.strict(b"k" * 32))
    assert counts == {"email": 1, "ip": 1, "mac": 1, "iban": 1, "home": 1, "phone": 1}
    assert "bob" not in rows[0]["message"]
    assert "10.1" not in rows[0]["message"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("user=alice@corp.io; x", "user=; x"),
        ("ip:10.0.0.1:80->[2001:db8::1]:443.", "ip::80->[]:443."),
        ("at fe80::a1%eth0, 1.2.3.4.", "at %eth0, ."),
        ("C:\\Users\\bob\\x /Users/bob/x", "C:\\Users\\\\x /Users//x"),
        ("DE89370400440532013000 00-1A-2B-3C-4D-5E", " "),
    ],
)
def test_strict_takes_no_more_than_the_value(text, kept):
    strict = Redaction.strict(b"k" * 32)
    out = redact_text(text, strict)
    assert re.sub(r"\[redacted:[a-z]+:[0-9a-f]{8}\]", "", out) == kept
    assert redact_text(out, strict) == out


def test_strict_leaves_times_versions_and_names():
    text = "at 12:34:56 std::vec a::b 1.2.3 v10 GB00 1234 f(x)@3 /homework/x 2024-01-15 +5 -3"
    record = {"ts": AT, "message": text}
    assert redacted(record, redaction=Redaction.strict(b"k" * 32))[1] == {}


def test_set_aside_lines_are_redacted_in_text_and_reason():
    aside = pl.DataFrame(
        {
            schema.SEQ: [1, 2],
            schema.SOURCE: [0, 0],
            schema.OFFSET: [0, 10],
            schema.LENGTH: [9, 9],
            "reason": ["text, not a JSON object", "not readable: password=hunter2"],
            "text": ["login password=hunter2", "fine"],
        },
        schema=schema.ASIDE,
    )
    done, counts = redact_aside(aside, STANDARD)
    assert "hunter2" not in done.write_csv()
    assert counts == {"key": 2}
    assert done.drop("text", "reason").equals(aside.drop("text", "reason"))
    assert redact_aside(schema.empty_aside(), STANDARD)[1] == {}


def test_cards_written_as_numbers_leave_their_column_for_a_pseudonym_in_attrs():
    card = 4111111111111111
    events = batch_of(
        {"ts": AT, "message": "x", "pan": card, "l": [1]},
        {"ts": AT, "message": "x", "pan": card},
        {"ts": AT, "message": "x", "pan": 7, "order_id": card, "bytes": card, "t": f"pay {card}"},
    )[0].events
    done, counts = redact_events(events, STANDARD)
    assert done.schema == events.schema
    assert done["pan"].to_list() == [None, None, 7]
    first, second = (json.loads(text) for text in done["attrs"][:2])
    assert first.keys() == {"l", "pan"}
    assert first["pan"] == second["pan"] == done["t"][2].removeprefix("pay ")
    assert [bool(flags & Flag.DRIFTED) for flags in done["flags"]] == [True, True, False]
    assert done["order_id"][2] == done["bytes"][2] == card
    assert counts == {"card": 3}
    assert redact_events(done, STANDARD)[1] == {}


def test_integers_of_which_few_look_like_cards_are_numbers():
    numbers = [4539578763621486 + step for step in range(50)]
    events = batch_of(*({"ts": AT, "message": "x", "n": number} for number in numbers))[0].events
    assert redact_events(events, STANDARD)[1] == {}


def test_a_secret_in_a_key_is_taken_out_of_the_name_of_its_column():
    rows, counts = redacted(
        {"ts": AT, "message": f"x {GITHUB}", "by": {GITHUB: 3, "n": 1}},
        {"ts": AT, "message": "y", "by": {"n": 1}},
    )
    stood_in = rows[0]["message"].removeprefix("x ")
    assert rows[0][f"by.{stood_in}"] == 3
    assert rows[1]["by.n"] == 1
    assert GITHUB not in str(rows)
    assert counts == {"github": 2}


def test_a_private_key_whose_lines_are_lines_of_the_file_is_taken_out():
    body = ["Proc-Type: 4,ENCRYPTED", "", "MIIEpAIBAAKCAQEA7bq1", "xJ9v+/aB==", "abcd"]
    lines = ["start", "-----BEGIN RSA PRIVATE KEY-----", *body, "-----END RSA PRIVATE KEY-----"]
    batch, _ = batch_of(*lines, "MIIEpAIBAAKCAQEA7bq1 is said again")
    aside, counts = redact_aside(batch.aside, STANDARD)
    assert aside.height == batch.aside.height
    assert not [line for line in body if line and line in "\n".join(aside["text"][:-1])]
    assert aside["text"][-1] == "MIIEpAIBAAKCAQEA7bq1 is said again"
    assert counts["pem"] >= 4
    assert redact_aside(aside, STANDARD)[1] == {}
    messages = batch_of(*({"ts": AT, "message": line} for line in lines))[0].events
    done, counts = redact_events(messages, STANDARD)
    assert done["message"][0] == "start"
    assert "MIIE" not in done.write_ndjson()
    assert counts["pem"] >= 4


def test_an_empty_frame_passes():
    assert redact_events(schema.empty(), STANDARD)[1] == {}


def test_the_key_is_not_in_what_is_printed_of_it():
    assert "kkkk" not in repr(STANDARD)


@pytest.mark.parametrize(
    ("before", "secret"),
    [
        ("using ", GITHUB[:30]),
        ("key ", "AKIAIOSFODNN"),
        ("card 4111 1111 ", "1111 11"),
        ("GET https://svc:", "hunter2-hun"),
        ("using (", "sk-proj-aB3aB3aB3"),
    ],
)
def test_a_secret_that_the_limit_of_a_line_cut_is_not_left(before, secret):
    text = f'{{"message": "{before}{secret}'.rjust(4096)
    aside = pl.DataFrame(
        {
            schema.SEQ: [1, 2],
            schema.SOURCE: [0, 0],
            schema.OFFSET: [0, 2_000_001],
            schema.LENGTH: [2_000_000, len("a whole line")],
            "reason": ["longer than 1 MiB", "text, not a JSON object"],
            "text": [text, "a whole line"],
        },
        schema=schema.ASIDE,
    )
    done, _ = redact_aside(aside, STANDARD)
    assert secret.split()[-1] not in done["text"][0]
    assert done["text"][0].lstrip().startswith('{"message": "')
    assert done["text"][1] == "a whole line"
    assert redact_aside(done, STANDARD)[0].equals(done)


def test_the_end_of_a_private_key_whose_beginning_came_before_is_taken_out():
    body = ["MIIEpAIBAAKCAQEA7bq1xJ9vaaaa", "xJ9v+/aB0cD1eF2gH3iJ4kL5mN6o", "abcd=="]
    lines = ["it says", *body, "-----END RSA PRIVATE KEY-----", "MIIEpAIBAAKCAQEA7bq1 after it"]
    messages = batch_of(*({"ts": AT, "message": line} for line in lines))[0].events
    done, counts = redact_events(messages, STANDARD)
    said = done["message"].to_list()
    assert [line for line in body if line in said] == []
    assert said[0] == "it says"
    assert said[-1] == lines[-1]
    assert counts == {"pem": 3}
    assert redact_events(done, STANDARD)[1] == {}
