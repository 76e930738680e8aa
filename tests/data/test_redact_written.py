"""The many ways in which programs write secrets, and prose and tools that only look like it."""

from __future__ import annotations

import random
import re

import polars as pl
import pytest

from traversion_data.redact.cells import in_texts
from traversion_data.redact.kernel import Redaction, redact_text
from traversion_data.redact.pseudonym import keyed_digest

from .benign_corpus import benign_lines
from .secrets_written import EVERY, joined_pem, parts, written

STANDARD = Redaction.standard(b"k" * 32)
STOOD_IN = re.compile(r"\[redacted:([a-z0-9-]+):([0-9a-f]{8})\]")


def all_redacted(lines):
    """Lines as the messages of events."""
    cells = pl.Series("message", lines, dtype=pl.String)
    done = in_texts([cells], STANDARD)
    return done[0].cells if done else cells


def redacted(text):
    return redact_text(text, STANDARD)


@pytest.mark.parametrize("way", EVERY)
def test_every_way_of_writing_a_secret_is_known(way):
    rng = random.Random(way)
    corpus = [written(rng, way) for _ in range(60)]
    texts = all_redacted([it.text for it in corpus])
    kept = [
        (a.text, b) for a, b in zip(corpus, texts, strict=True) if any(p in b for p in parts(a))
    ]
    assert kept == []
    assert all_redacted(texts).equals(texts), "what was replaced stays as it is"


@pytest.mark.parametrize(
    "text",
    [
        "CREATE USER bob IDENTIFIED BY 'x9hunter'",
        "ALTER ROLE bob WITH PASSWORD 'x9hunter' VALID UNTIL '2030-01-01'",
        "SET PASSWORD FOR 'bob'@'h' = PASSWORD('x9hunter')",
        "INSERT INTO users (id, password) VALUES (1, 'x9hunter')",
        "password=&quot;x9hunter&quot;",
        "{&quot;password&quot;: &quot;x9hunter&quot;}",
        "password%3Dx9hunter%26user%3Dbob",
        "%22password%22%3A%22x9hunter%22",
        "{\\u0022password\\u0022:\\u0022x9hunter\\u0022}",
        "mysql -u root -px9hunter shop",
        "sshpass -p x9hunter ssh bob@h",
        "curl -u bob:x9hunter https://h/",
        '["mysqldump","-p","x9hunter"]',
        "amqp://bob:x9hunter@mq:5672/v",
        "jdbc:oracle:thin:scott/x9hunter@//h:1521/x",
        "Authorization: Splunk x9hunter",
        "Authorization: Custom-Scheme x9hunter",
        "password: x9hunter and some more",
        "DB_PASS=x9hunter",
        "-password x9hunter",
        "the password is x9hunter",
    ],
)
def test_a_secret_has_one_digest_however_it_is_written(text):
    out = redacted(text)
    assert "x9hunter" not in out
    assert keyed_digest(b"x9hunter", STANDARD.key)[:8] in [it[2] for it in STOOD_IN.finditer(out)]
    assert redacted(out) == out


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("password: correct horse battery", "password:  "),
        ("login password: correct horse user=bob", "login password:   user=bob"),
        ("password: correct horse, port=1", "password:  , port=1"),
        ("password: correct horse\nuser bob", "password:  \nuser bob"),
        ("password: correct horse host: db", "password:   host: db"),
        ("(password: correct horse) failed", "(password:  ) failed"),
        ("password: don't panic now", "password:  "),
        ("Server=db;Password=correct horse;Timeout=3", "Server=db;Password= ;Timeout=3"),
        ("password=hunter2 for bob at 12:01", "password= for bob at 12:01"),
        ("password=hunter2 and secret=hunter3", "password= and secret="),
        ('ALTER USER b IDENTIFIED BY "a b" REPLACE "c d"',
         'ALTER USER b IDENTIFIED BY "" REPLACE ""'),
        ("INSERT INTO u (name, pwd) VALUES ('a', 'b'), ('c', MD5('d'));",
         "INSERT INTO u (name, pwd) VALUES ('a', ''), ('c', MD5(''));"),
        ("Set-Cookie: a=1; Path=/, sid=x9; Secure", "Set-Cookie: "),
        ("mysql -u root -p'a b' shop", "mysql -u root -p'' shop"),
        ("Proxy-Authorization: Splunk x9 1", "Proxy-Authorization: Splunk  1"),
    ],
)  # fmt: skip
def test_no_more_goes_than_a_secret_may_be(text, kept):
    out = redacted(text)
    assert STOOD_IN.sub("", out) == kept
    assert redacted(out) == out


@pytest.mark.parametrize(
    "text",
    [
        "Access denied for user 'root'@'10.0.0.1' (using password: YES)",
        'MountVolume.SetUp failed for volume "x" : secret "my-secret" not found',
        "resource identified by 'orders' in the plan",
        "INSERT INTO users (id, password) VALUES ($1, ?)",
        "password must be changed within 3 days",
        "password: must be changed",
        "docker run --name mysql -p 3306:3306 mysql:8",
        "ssh -p 2222 host; mkdir -p /a/b; cp -a x y; curl -u bob https://h",
        "status installed libsecret-1-0:amd64 0.20.5-3",
        "cat: /etc/passwd: Permission denied",
        "PASS: gdb.base/foo.exp: continue to main",
        "auth.c: fix a leak",
        "PWD=/home/bob OLDPWD=/",
        "password=${DB_PASSWORD} token=[FILTERED]",
        "token-broker: token_count=76 n=3",
        "dbus-launch --exit-with-session daemon",
        "http://registry:5000/@scope/pkg@1.0.0",
        "authorization: granted to bob",
        "eyJub3QiOiJhIHRva2VuIn0 at the end",
        "Bypass=true compass=north surpass: 3",
    ],
)
def test_what_tools_and_prose_say_is_left(text):
    assert redacted(text) == text


def test_who_says_pairs_does_not_hide_a_secret_in_them():
    out = redacted('token-broker: password="hunter2 x" n=1')
    assert STOOD_IN.sub("", out) == 'token-broker: password="" n=1'


def test_a_key_among_the_lines_of_a_stack_trace_goes_and_the_trace_stays():
    rng = random.Random(5)
    for _ in range(30):
        text = joined_pem(rng)
        out = redacted(text)
        body = [line.strip() for line in text.splitlines() if "BEGIN" not in line][1:-2]
        assert [line for line in body if line in out] == []
        assert out.startswith("java.lang.IllegalStateException: bad key\n")
        assert out.endswith("\tat a.B.c(B.java:1)")


@pytest.mark.parametrize("joint", ["\n", "\n\t", "\\n"])
def test_of_a_key_that_began_elsewhere_the_end_goes_too(joint):
    body = joint.join(["MIIEpAIBAAKCAQEA7bq1xJ9vaaaa", "xJ9v+/aB0cD1eF2gH3iJ4kL5mN6o", "abcd=="])
    out = redacted(f"{body}{joint}-----END RSA PRIVATE KEY-----{joint}at a.B")
    assert "MII" not in out
    assert "xJ9v" not in out
    assert out.endswith(f"{joint}at a.B")


def test_benign_lines_of_real_shapes_are_unchanged():
    lines = benign_lines(20_000, seed=11)
    out = all_redacted(lines)
    assert [(a, b) for a, b in zip(lines, out, strict=True) if a != b] == []
