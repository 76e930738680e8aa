"""Texts with secrets in them, however they are written, and texts that only look like it."""

from __future__ import annotations

import json
import re
from string import ascii_letters, digits

import polars as pl
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from traversion_data.redact.kernel import Redaction, redact_text
from traversion_data.redact.pseudonym import keyed_digest

from .secrets_corpus import RULES, benign, secret

STANDARD = Redaction.standard(b"k" * 32)
STOOD_IN = re.compile(r"\[redacted:([a-z0-9-]+):([0-9a-f]{8})\]")


def redacted(text):
    return redact_text(text, STANDARD)


def digests(text):
    return [found[2] for found in STOOD_IN.finditer(redacted(text))]


@pytest.mark.parametrize(
    "text",
    [
        "password=hunter2",
        "password = hunter2",
        "password: hunter2",
        "PASSWORD:=hunter2",
        "password => hunter2",
        "db.password='hunter2'",
        'password="hunter2"',
        "user[password]=hunter2",
        "user%5Bpassword%5D=hunter2&x=1",
        "?password%3Dhunter2",
        "https://x/y?a=1&password=hunter2&b=2",
        '{"password":"hunter2"}',
        '{"password": "hunter2"}',
        "{'password': 'hunter2'}",
        '{\\"password\\":\\"hunter2\\"}',
        '{\\\\\\"password\\\\\\":\\\\\\"hunter2\\\\\\"}',
        '{"passwords":["hunter2"]}',
        '{"secret":{"a":{"b":["hunter2"]}}}',
        "password=hunter2,user=bob",
        "user=bob,password=hunter2;",
        "(password=hunter2)",
        "[password: hunter2]",
        "auth=hunter2",
        "token=hunter2",
        "token:=hunter2",
        "Api-Key: hunter2",
        "private key: hunter2",
        "--password=hunter2",
        "--password hunter2 --verbose",
        "--db-password 'hunter2'",
        "<password>hunter2</password>",
        '<ns:Password type="text">hunter2</ns:Password>',
        '[{"key": "password", "value": {"stringValue": "hunter2"}}]',
        '{"headers": [{"name": "X-Api-Key", "value": "hunter2"}]}',
        'password: Some("hunter2")',
        "password=b'hunter2', n=1",
        "User(name=bob, password=hunter2)",
        "{User:bob Password:hunter2 Port:1}",
        "Server=db;User Id=sa;Password=hunter2;Timeout=3",
        "?b=1&token=hunter2&c=2",
        "n=1|token=hunter2|user=bob",
        '{"Authorization":["Token hunter2"]}',
        "AccountKey=hunter2;EndpointSuffix=x",
        'Authorization: Bearer "hunter2"',
        'password= token="hunter2"',
        "password= hunter2",
        "Authorization: Token hunter2",
        'Authorization: "hunter2"',
        "postgres://svc:hunter2@db/x",
    ],
)
def test_the_value_of_a_secret_key_is_found_and_has_the_same_digest_however_written(text):
    expected = keyed_digest(b"hunter2", STANDARD.key)[:8]
    out = redacted(text)
    assert "hunter2" not in out
    assert expected in [found[2] for found in STOOD_IN.finditer(out)]
    around = [part for part in re.split("hunter2", text) if part]
    assert all(part.strip("\\\"' ") in out for part in around if "svc" not in part)
    assert redacted(out) == out


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Authorization: Bearer abc.def123-x", "Authorization: Bearer "),
        ("authorization=Basic dXNlcjpwYXNz", "authorization=Basic "),
        ('Authorization: Digest username="bob", response="0a1b"', "Authorization: Digest "),
        ("Cookie: a=1; sid=0a1b; b=2", "Cookie: "),
        ("Set-Cookie: sid=0a1b; Path=/; HttpOnly", "Set-Cookie: "),
        ("credentials={user=bob, pass=0a1b}", "credentials="),
        ("https://hooks.slack.com/services/T0/B0/0a1bXYZ", "https://hooks.slack.com/services/"),
    ],
)
def test_what_a_header_is_stays_legible_and_nothing_else(text, kept):
    out = redacted(text)
    assert STOOD_IN.sub("", out) == kept
    assert redacted(out) == out


@pytest.mark.parametrize(
    "text",
    [
        "token_count: 15",
        "auth_requests=15, auth.rps: 3.5 session_load=0.7",
        '{"key": "auth.requests", "value": 15}, {"name": "auth-service", "value": "up"}',
        "max_tokens=4096, tokens_used=17 total_tokens: 3",
        "author=jane authority=x",
        "auth: connection refused",
        "token: expired at noon",
        "session: 5 left",
        "auth-service:8080/health",
        "auth.go:12: cannot dial",
        "com.shop.AuthException: no route to host",
        "authenticated=true auth=false token=null",
        "SELECT * FROM t WHERE token = ? AND password = $1",
        "WWW-Authenticate: Bearer realm=x",
        "Bearer authentication required",
        "basic training",
        "session_state=open, token_type=bearer",
        "password reset requested",
        "UNAUTHENTICATED: token is expired",
        "authorization: granted, auth: token is missing",
        "com.amazonaws.auth.AWSCredentialsProviderChain: Unable to load credentials",
        "pam_unix(sshd:auth): authentication failure; logname= uid=0 ruser= rhost=10.0.0.1",
        "pam_unix(sshd:session): session opened for user root by (uid=0)",
        '{"auth":{"status":"ok","method":"oauth"},"tokens":{"prompt":12,"completion":40}}',
        'http_requests_total{handler="/auth/token",code="200"} 1027 1395066363000',
        "audit: auid=4294967295 ses=4294967295 msg='op=PAM:authentication'",
        "password: incorrect, 2 attempts left",
        "could not read secret: not found",
        "score=0.4111111111111111",
        "4111-1111-1111-1111-2222",
        "4111111111111112",
        "x4111111111111111",
        "2024-123-45-6789",
        "000-12-3456 666-12-3456 900-12-3456 123-00-4567 123-45-0000",
        "trace_id=4111111111111111 orderId: 4111111111111111",
        "GET /items/4111111111111111",
        "disk_test_abcdefghijklmnop",
        "mailto:bob@example.com https://example.com/@bob http://[::1]:80/@x",
        "eyJub3QiOiJhIHRva2VuIn0",
        "-----BEGIN CERTIFICATE-----",
        "passed=3 compass=4 secretary=jane tokenizer=bpe",
        "",
        "\0\0",
    ],
)
def test_what_only_looks_like_a_secret_is_left(text):
    assert redacted(text) == text


def test_a_harmless_key_does_not_hide_what_its_text_holds():
    out = redacted('auth_message="failed with password=hunter2 for bob" n=1')
    assert out.startswith('auth_message="failed with password=[redacted:key:')
    assert out.endswith(' for bob" n=1')


@pytest.mark.parametrize("text", ["token:=8/D@x", "token:8/D@x", "auth=8080/x", "session=12345"])
def test_a_value_that_starts_like_a_port_is_a_secret_after_another_sign_than_a_colon(text):
    assert len(digests(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        '{"password":"hun\\"ter2"}',
        "password='hun\\'ter2'",
        '"{\\"password\\":\\"hun\\\\\\"ter2\\"}"',
        'password="hunter2\nter2"',
        "password='a \"b\" ter2'",
        "?q=%7B%22password%22%3A%22hunter2%22%7D&x=1",
    ],
)
def test_quotes_within_a_quoted_secret_do_not_end_it(text):
    assert "ter2" not in redacted(text)


@pytest.mark.parametrize("text", ["password==", "token:=", "password="])
def test_a_pair_of_signs_without_a_value_is_left(text):
    assert redacted(text) == text


def test_a_pair_without_a_value_leaves_the_next_alone():
    assert redacted("password= user=bob token= n=1") == "password= user=bob token= n=1"
    assert redacted('{"password":"","user":"bob","token":null}').count("redacted") == 0


def test_a_card_has_one_digest_however_grouped():
    texts = ["4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111"]
    assert len({tuple(digests(f"card {text}, thanks")) for text in texts}) == 1
    assert len(digests("4111111111111111 4242424242424242 378282246310005")) == 3
    assert len(digests("order 4111 1111 1111 1111 /pay/4111111111111111")) == 2


def test_another_key_gives_other_pseudonyms():
    text = "password=hunter2"
    assert redact_text(text, Redaction.standard(b"a")) != redact_text(
        text, Redaction.standard(b"b")
    )


def test_lone_surrogates_and_nul_are_no_obstacle():
    assert redacted("a\ud800b") == "a\ufffdb"
    assert "hunter2" not in redacted("\0\ud800 password=hunter2\0\udfff")
    assert redacted("😀 fine\0") == "😀 fine\0"


def test_text_that_holds_the_gap_itself_is_kept():
    text = "\ue000auth_method\ue000\ue000=x password=hunter2; \ue000"
    out = redacted(text)
    assert STOOD_IN.sub("hunter2", out) == text


HOSTILE = {
    "digits": "4" * 1024,
    "grouped digits": "4111 " * 1024,
    "keys": "token" * 1024,
    "keys with signs": "token=" * 1024,
    "pairs": "password=a," * 1024,
    "quotes": 'token="' * 1024,
    "escaped quotes": '\\"token\\":\\"' * 1024,
    "brackets": "token=[" * 1024,
    "braces": '"token":{' * 1024,
    "pem": "-----BEGIN RSA PRIVATE KEY-----" * 1024,
    "urls": "http://a:" * 1024,
    "at": "http://" + "a@" * 1024,
    "jwt": "eyJabcdefgh." * 1024,
    "cookies": "cookie: a=b; " * 1024,
    "elements": "<token " * 1024,
    "flags": "--token " * 1024,
    "blanks": "token" + " " * 1024,
    "ssn": "1-" * 1024,
    "colons": "1:" * 1024,
    "mail": "a@" * 1024,
    "depth": '{"token":' + "[" * 512 + "]" * 511,
    "backslashes": "token=" + "\\" * 1024 + '"',
    "statements": "create user a identified by " * 1024,
    "open statements": "create user " * 1024 + "identified by 'x",
    "quoted statements": "set password for a = 'x\\'" * 1024,
    "rows": "insert into a (password) values ((" * 1024,
    "long rows": "insert into a (b, password) values " + "('a','b')," * 1024,
    "commands": "mysql -u -p " * 1024,
    "other commands": "docker mysql curl redis-cli -a p -p b " * 1024,
    "verbs": "create set password for a = 'x' grant password 'y' " * 1024,
    "long commands": "curl " + "-u a " * 1024 + "-u a:b",
    "phrases": "password: a b " * 1024,
    "long phrase": "password: a " + "b " * 1024,
    "html": "&quot;token&quot;:&quot;" * 1024,
    "percent": "%22token%22%3A%22" * 1024,
    "headers": "Authorization: a " * 1024,
    "base64": "eyJhbGciO" * 1024,
    "prefixes": "sk-AKIDhf_npm_" * 1024,
    "key ends": "AAAA\n" * 1024 + "-----END KEY",
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_mebibyte_of_hostile_text_is_redacted_before_patience_ends(name):
    """At a cost that grew with the square of the length, this would take hours."""
    strict = Redaction.strict(b"k" * 32)
    out = redact_text(HOSTILE[name] * (2**20 // len(HOSTILE[name])), strict)
    assert out


keys = st.integers(0, 99).map(str)

NOTHING = ("undefined", "null", "none", "nil", "true", "false", "na")
"""Values which say that there is no secret."""

secret_of = st.builds(secret, st.randoms(use_true_random=False), st.sampled_from(RULES))
prose = st.text(st.sampled_from(ascii_letters + "     ,.;äß😀\0\n\t"), max_size=40)


@settings(max_examples=60, deadline=None)
@given(secret_of, prose, prose)
def test_no_text_around_a_secret_keeps_it(labelled, before, after):
    text = f"{before} {labelled.text} {after}"
    assume(text.count(labelled.secret) == 1)
    out = redacted(text)
    assert labelled.secret not in out
    assert redacted(out) == out


@settings(max_examples=60, deadline=None)
@given(secret_of, st.recursive(prose, lambda inner: st.lists(inner) | st.dictionaries(keys, inner)))
def test_no_json_around_a_secret_keeps_it_and_json_stays_json(labelled, other):
    assume(labelled.text.count(labelled.secret) == 1)
    whole = json.dumps({"other": other, "list": [labelled.text, {"deep": [labelled.text]}]})
    out = STANDARD.json(pl.Series([whole]))[0]
    assert json.dumps(labelled.secret)[1:-1] not in out
    assert json.loads(out)["other"] == other
    assert STANDARD.json(pl.Series([out]))[0] == out


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from(ascii_letters + digits), min_size=6, max_size=40), prose)
@example("aaaaaa", "")
def test_any_value_of_a_secret_key_is_replaced_and_equal_ones_alike(value, around):
    assume(value.lower() not in (*NOTHING, *around.lower().split(), "redacted"))
    texts = [f"{around} password={value}, {around}", f'{around} {{"secret": "{value}"}}']
    found = [digests(text) for text in texts]
    assert not any(value in STOOD_IN.sub("", redacted(text)) for text in texts)
    assert found[0][-1:] == found[1][-1:] == [keyed_digest(value.encode(), STANDARD.key)[:8]]


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters=":=@%>-"), max_size=200))
def test_text_without_a_sign_of_a_secret_is_unchanged(text):
    assume(not re.search(r"[0-9]{4}|bearer|basic|eyJ|A[KS]IA", text, re.IGNORECASE))
    assert redacted(text) == text


def test_benign_lines_are_unchanged():
    lines = pl.Series(benign(20_000, seed=11))
    assert STANDARD.texts(lines).equals(lines)


@pytest.mark.parametrize("sign", "?#/")
def test_a_password_in_an_address_may_hold_what_ends_a_path(sign):
    out = redacted(f"postgres://svc:hun{sign}ter2@db/x")
    assert "hun" not in out
    assert "ter2" not in out
    assert out.endswith("@db/x")
    assert redacted("http://host:80/a?mail=a@b") == "http://host:80/a?mail=a@b"
    assert redacted("http://host:port?mail=a@b") == "http://host:port?mail=a@b"
