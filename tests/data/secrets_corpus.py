"""A labelled corpus: made-up secrets by the public definitions of their forms, and harmless lines.

Nothing here was ever in use: all is drawn from a seeded generator.
"""

from __future__ import annotations

import base64
import json
import random
import string
from dataclasses import dataclass
from datetime import UTC, datetime

ALNUM = string.ascii_letters + string.digits
URL_SAFE = ALNUM + "-_"


@dataclass(frozen=True)
class Labelled:
    """A secret, the rule by whose definition it was made, and an event's text that holds it."""

    rule: str
    secret: str
    text: str


def drawn(rng: random.Random, alphabet: str, low: int, high: int | None = None) -> str:
    return "".join(rng.choices(alphabet, k=rng.randint(low, high or low)))


def password(rng: random.Random) -> str:
    """Letters and digits with signs that need no quoting, at least one of each."""
    return (
        drawn(rng, ALNUM + "!#$%*+-/?@^_~", 6, 18)
        + rng.choice(string.digits)
        + rng.choice(string.ascii_letters)
    )


ISSUERS = (
    *(
        (prefix, 16)
        for prefix in ("4", "51", "55", "2221", "2720", "6011", "65", "644", "3528", "3589")
    ),
    ("34", 15),
    ("37", 15),
)


def card(rng: random.Random) -> str:
    """ISO/IEC 7812: an issuer's prefix, random digits, the Luhn check digit."""
    prefix, length = rng.choice(ISSUERS)
    body = prefix + drawn(rng, string.digits, length - len(prefix) - 1)
    return body + str(-luhn(body + "0") % 10)


def luhn(digits: str) -> int:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 * (doubled > 9)
    return total % 10


def grouped(rng: random.Random, number: str) -> str:
    joint = rng.choice(["", " ", "-"])
    widths = (4, 6, 5) if len(number) == 15 else (4, 4, 4, 4)
    starts = [sum(widths[:at]) for at in range(len(widths))]
    return joint.join(
        number[start : start + width] for start, width in zip(starts, widths, strict=True)
    )


def ssn(rng: random.Random) -> str:
    area = rng.choice([n for n in (rng.randint(1, 899) for _ in range(9)) if n != 666])
    return f"{area:03}-{rng.randint(1, 99):02}-{rng.randint(1, 9999):04}"


def jwt(rng: random.Random) -> str:
    """RFC 7519: header, claims and signature, each base64url without padding."""

    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    header = part({"alg": rng.choice(["HS256", "RS256"]), "typ": "JWT"})
    claims = part({"sub": drawn(rng, string.digits, 8), "iat": rng.randint(10**9, 2 * 10**9)})
    return f"{header}.{claims}.{drawn(rng, URL_SAFE, 43)}"


def basic(rng: random.Random) -> str:
    pair = f"{drawn(rng, string.ascii_lowercase, 4, 8)}:{drawn(rng, ALNUM, 8, 12)}"
    return base64.b64encode(pair.encode()).decode()


def pem(rng: random.Random) -> str:
    kind = rng.choice(["RSA PRIVATE", "PRIVATE", "EC PRIVATE", "OPENSSH PRIVATE", "PUBLIC"])
    body = "\n".join(drawn(rng, ALNUM + "+/", 64) for _ in range(rng.randint(2, 5)))
    return f"-----BEGIN {kind} KEY-----\n{body}\n-----END {kind} KEY-----"


def token_of(rng: random.Random, rule: str) -> str:
    """Prefixes as GitHub, Slack, Stripe and AWS publish them."""
    if rule == "github":
        return rng.choice(
            [
                f"gh{rng.choice('pousr')}_{drawn(rng, ALNUM, 36)}",
                f"github_pat_{drawn(rng, ALNUM, 22)}_{drawn(rng, ALNUM, 59)}",
            ]
        )
    if rule == "slack":
        numbers = f"{drawn(rng, string.digits, 12)}-{drawn(rng, string.digits, 12)}"
        return f"xox{rng.choice('bp')}-{numbers}-{drawn(rng, ALNUM, 24)}"
    if rule == "stripe":
        return f"{rng.choice('sr')}k_{rng.choice(['live', 'test'])}_{drawn(rng, ALNUM, 24, 99)}"
    return rng.choice(["AKIA", "ASIA"]) + drawn(rng, string.ascii_uppercase + "234567", 16)


KEYS = (
    "password",
    "Password",
    "db_password",
    "DB-PASSWORD",
    "passwd",
    "secret",
    "client_secret",
    "clientSecret",
    "api_key",
    "api-key",
    "apiKey",
    "X-Api-Key",
    "auth",
    "authToken",
    "access_token",
    "accessToken",
    "refresh.token",
    "token",
    "credentials",
    "mysql_pwd",
    "private_key",
    "privateKey",
    "session",
    "sessionid",
    "csrf_token",
    "_xsrf",
    "passphrase",
    "x-auth-token",
    "oauth_token",
    "user.credential",
)
"""Keys by Sentry's and Relay's published lists, spelled in several ways."""


SHAPES = (
    "{k}={v}",
    "{k}: {v}",
    "{k}:={v}",
    '{k}="{v}"',
    "{k} = '{v}'",
    '{{"{k}": "{v}", "n": 1}}',
    "{{'{k}': '{v}'}}",
    '{{"a":{{"{k}":["{v}"]}}}}',
    '{{\\"{k}\\":\\"{v}\\"}}',
    "?a=1&{k}={v}&b=2",
)


def secret(rng: random.Random, rule: str) -> Labelled:
    """One secret of a rule in a text that a program might have logged."""
    host = f"{drawn(rng, string.ascii_lowercase, 3, 8)}.example.com"
    where = rng.choice(["request to upstream failed: {}", "{}", "retry 3 with {} at 12:01", "({})"])
    if rule == "key":
        value, key = password(rng), rng.choice(KEYS)
        shape = rng.choice(SHAPES)
        if "&" in shape:
            value = drawn(rng, ALNUM, 8, 20)
        return Labelled(rule, value, where.format(shape.format(k=key, v=value)))
    if rule == "bearer":
        value = drawn(rng, ALNUM + "-._~+/", 20, 60) + "1a" + rng.choice(["", "="])
        text = rng.choice(["Authorization: Bearer {}", "got bearer {}", "BEARER {}"])
        return Labelled(rule, value, where.format(text.format(value)))
    if rule == "basic":
        value = basic(rng)
        text = rng.choice(["Authorization: Basic {}", '"authorization": "Basic {}"', "basic {}"])
        return Labelled(rule, value, where.format(text.format(value)))
    if rule == "userinfo":
        value = drawn(rng, ALNUM + "%-._~!$*+", 6, 20)
        scheme = rng.choice(["https", "postgres", "redis", "amqp", "mongodb+srv", "ftp"])
        return Labelled(rule, value, where.format(f"{scheme}://svc:{value}@{host}:5432/db"))
    if rule == "query":
        value = drawn(rng, ALNUM + "%", 24, 60)
        key = rng.choice(["AWSAccessKeyId", "Signature", "sig", "X-Goog-Signature"])
        return Labelled(rule, value, f"GET https://{host}/o?Expires=17&{key}={value}&v=1 200")
    if rule in ("card", "ssn"):
        value = grouped(rng, card(rng)) if rule == "card" else ssn(rng)
        text = rng.choice(["{}", "number {} declined", "charged {}, thanks", "card={}", "pay: {}."])
        return Labelled(rule, value, where.format(text.format(value)))
    makers = {"jwt": jwt, "pem": pem}
    value = makers[rule](rng) if rule in makers else token_of(rng, rule)
    text = rng.choice(["{}", "using {}", "value={}", "'{}'", "x: {};"])
    return Labelled(rule, value, where.format(text.format(value)))


RULES = (
    "key",
    "bearer",
    "basic",
    "jwt",
    "aws",
    "github",
    "slack",
    "stripe",
    "query",
    "userinfo",
    "card",
    "ssn",
    "pem",
)


def secrets(count: int, seed: int = 1) -> list[Labelled]:
    """Secrets of all rules in turn."""
    rng = random.Random(seed)
    return [secret(rng, RULES[at % len(RULES)]) for at in range(count)]


def benign(count: int, seed: int = 1) -> list[str]:
    """Lines without secrets: ids, times, amounts, and prose about secrets."""
    rng = random.Random(seed)
    return [_benign(rng) for _ in range(count)]


def _benign(rng: random.Random) -> str:
    number = rng.randrange(10 ** rng.randint(1, 9))
    ident = f"{rng.getrandbits(64):016x}"
    nanos = 1_700_000_000_000_000_000 + rng.randrange(10**17)
    sixteen = rng.randrange(10**15, 10**16)
    choice = rng.randrange(24)
    if choice == 0:
        return f"trace_id={rng.getrandbits(128):032x} span_id={ident} parent={ident[::-1]}"
    if choice == 1:
        return f"order_id={sixteen} accepted in {number % 1000}ms"
    if choice == 2:
        return f"order {sixteen} shipped, event {rng.randrange(10**18, 10**19)}"
    if choice == 3:
        moment = datetime.fromtimestamp(nanos / 10**9, UTC)
        return f"{moment.isoformat()} tick {nanos} {nanos // 1000} {nanos // 10**6}"
    if choice == 4:
        return f'{{"requestId":"{_uuid(rng)}","userId":{sixteen},"score":{rng.random()}}}'
    if choice == 5:
        return f"token_count: {number} max_tokens={number} tokens_used={number % 99} total_tokens=9"
    if choice == 6:
        return rng.choice(
            [
                "token: expired",
                "auth: connection refused by upstream",
                "session: closed by peer",
                "Invalid token: unexpected end of input",
                "password reset requested by user 17",
                "WWW-Authenticate: Bearer realm=api",
                "bearer authentication required",
                "basic authentication is off",
                "credentials were rotated",
                "secret store is sealed",
                "SELECT * FROM sessions WHERE token = ? AND id = $1",
                "cookie jar is full",
            ]
        )
    if choice == 7:
        return f"author=jane authority=eu-{number} passed=12 tokenizer=bpe session_count={number}"
    if choice == 8:
        return (
            f"auth-service:8080 answered {number % 600} to 10.0.{number % 256}.7:{number % 65536}"
        )
    if choice == 9:
        return f"GET /api/v1/items/{sixteen}?page={number}&sort=asc HTTP/1.1 200 {number}"
    if choice == 10:
        return f"at com.shop.auth.TokenFilter.apply(TokenFilter.java:{number % 999})"
    if choice == 11:
        return f"ratio={rng.random()} load={rng.random() * 100} p99={rng.random()}"
    if choice == 12:
        return f"pod auth-worker-{ident[:9]}-{ident[9:14]} restarted {number % 9} times"
    if choice == 13:
        return f"sha256:{rng.getrandbits(256):064x} pulled in {rng.random():.6f}s"
    if choice == 14:
        return f"allocated {rng.randrange(10**12, 10**13)} bytes at 0x{ident}"
    if choice == 15:
        return f"https://shop{number % 9}.example.com:8443/path/{ident}?q={number}&lang=en"
    if choice == 16:
        return f"session_state=open auth_method=oauth2 token_type=bearer login {number}"
    if choice == 17:
        return f"version 1.{number % 99}.{number % 7} build {rng.randrange(10**9)} of 2024-01-15"
    if choice == 18:
        return f"user {_uuid(rng)} logged in; authenticated=true auth_failures={number % 7}"
    if choice == 19:
        return f"query returned {number} rows after {number % 20} retries"
    if choice == 20:
        return f"ERROR InvalidTokenError: jwt malformed at token.py:{number % 500}"
    if choice == 21:
        return f"phone-like 555-{number % 10000:04} range 100-20-3 part 12-345-6789"
    if choice == 22:
        return f"lag={number} offset={rng.randrange(10**15, 10**16)} partition={number % 64}"
    return f"worker {number % 64} took {number % 5000}ms to answer, queue={number % 900}"


def _uuid(rng: random.Random) -> str:
    digits = f"{rng.getrandbits(128):032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
