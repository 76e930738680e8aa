"""Lines without secrets as services really write them: ids, digests, images, paths, numbers.

Every shape holds something that a careless rule takes for a secret.
"""

from __future__ import annotations

import base64
import random
import string
import uuid
from datetime import UTC, datetime

ALNUM = string.ascii_letters + string.digits
SERVICES = ("checkout", "auth-service", "token-broker", "session-store", "payments", "cart")
LEVELS = ("INFO", "WARN", "ERROR", "DEBUG")


def _hex(rng: random.Random, digits: int) -> str:
    return f"{rng.getrandbits(digits * 4):0{digits}x}"


def _uuid(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def _image(rng: random.Random) -> str:
    return base64.b64encode(rng.randbytes(rng.choice((60, 300, 3000)))).decode()


def _moment(rng: random.Random) -> str:
    return datetime.fromtimestamp(1.7e9 + rng.random() * 1e8, UTC).isoformat()


def _ip(rng: random.Random) -> str:
    return ".".join(str(rng.randrange(256)) for _ in range(4))


def _ulid(rng: random.Random) -> str:
    return "01" + "".join(rng.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=24))


PROSE = (
    "token: expired", "token expired at noon", "Invalid token: unexpected end of input",
    "auth: connection refused by upstream", "password reset requested by user 17",
    "Access denied for user 'root'@'10.0.0.1' (using password: YES)",
    "Access denied for user 'root'@'10.0.0.1' (using password: NO)",
    "password authentication failed for user \"postgres\"", "password: incorrect, 2 attempts left",
    "Failed password for invalid user admin from 10.0.0.1 port 4711 ssh2",
    "Accepted publickey for git from 10.0.0.1 port 51234 ssh2: RSA SHA256:abc",
    "credentials were rotated", "secret store is sealed", "cookie jar is full",
    "MountVolume.SetUp failed for volume \"cfg\" : secret \"app-config\" not found",
    "password must be changed within 3 days", "the password is too short", "password is required",
    "WWW-Authenticate: Bearer realm=api", "bearer authentication required", "basic auth is off",
    "SELECT * FROM sessions WHERE token = ? AND id = $1", "DELETE FROM tokens WHERE expires < $1",
    "UPDATE users SET password = ? WHERE id = ?", "resource identified by uuid was not found",
    "INSERT INTO users (id, name, password) VALUES ($1, $2, $3)", "identified by 3 witnesses",
    "docker run -d --name mysql -p 3306:3306 mysql:8.4", "ssh -p 2222 bob@host uptime",
    "mkdir -p /var/lib/app/cache", "curl -s -o /dev/null https://example.com/health",
    "usage: mysql [OPTIONS] [database]", "cp -a /srv/www /backup", "nmap -p 80 10.0.0.1",
    "jwt malformed", "jwt audience invalid. expected: api", "loaded 3 API keys",
    "Authorization header missing", "authorization: granted", "Set-Cookie header ignored",
    "TestLogin/password_reset --- PASS: 0.03s", "pass: 12 fail: 0", "pass 2 of 3 done",
    "PWD=/home/deploy/app", "session opened for user root by (uid=0)", "tokenizer: bpe",
    "mailto:bob@example.com", "git clone git@github.com:org/repo.git", "npm i @scope/pkg@1.2.3",
    "image registry.example.com:5000/team/app@sha256 pulled", "http://h:8080/@scope/pkg@1.0.0",
    "cache key-prefix changed", "primary key: id", "foreign key (user_id)", "public key pinned",
)  # fmt: skip


def benign_line(rng: random.Random) -> str:
    """One line of one of the shapes."""
    number = rng.randrange(10 ** rng.randint(1, 9))
    match rng.randrange(30):
        case 0:
            return f"{_moment(rng)} {rng.choice(LEVELS)} request_id={_uuid(rng)} user={_uuid(rng)}"
        case 1:
            return f"commit {_hex(rng, 40)} tree {_hex(rng, 40)} parent {_hex(rng, 40)}"
        case 2:
            return f"pulled app@sha256:{_hex(rng, 64)} in {rng.random():.3f}s"
        case 3:
            return f'md5={_hex(rng, 32)} sha1={_hex(rng, 40)} etag="{_hex(rng, 32)}-{number % 9}"'
        case 4:
            return f"avatar data:image/png;base64,{_image(rng)}"
        case 5:
            return f"body={_image(rng)}"
        case 6:
            return f"/usr/lib/python3.11/site-packages/{rng.choice(SERVICES)}/tokens.py:{number}"
        case 7:
            return f"v{number % 9}.{number % 99}.{number % 7}-rc.{number % 5}+{_hex(rng, 7)}"
        case 8:
            return f"{_ip(rng)}:{number % 65536} -> {_ip(rng)}:443 {number} bytes"
        case 9:
            return f"trace_id={_hex(rng, 32)} span_id={_hex(rng, 16)} parent_id={_hex(rng, 16)}"
        case 10:
            return f"traceparent: 00-{_hex(rng, 32)}-{_hex(rng, 16)}-01"
        case 11:
            return f"X-Amzn-Trace-Id: Root=1-{_hex(rng, 8)}-{_hex(rng, 24)};Sampled=1"
        case 12:
            return f"arn:aws:iam::{rng.randrange(10**11, 10**12)}:role/{rng.choice(SERVICES)}"
        case 13:
            return (
                f"pod {rng.choice(SERVICES)}-{_hex(rng, 9)}-{_hex(rng, 5)} restarted {number % 9}"
            )
        case 14:
            return f"order {rng.randrange(10**15, 10**16)} charged {number / 100:.2f} EUR"
        case 15:
            return f"event {rng.randrange(10**18, 10**19)} at {rng.randrange(10**18, 2 * 10**18)}"
        case 16:
            return f"{_ulid(rng)} {_ulid(rng)} accepted"
        case 17:
            return (
                f'{_ip(rng)} - - [10/Oct/2026:13:55:36 +0000] "GET /api/v1/items/{number}?page=2 '
                f'HTTP/1.1" 200 {number} "-" "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101"'
            )
        case 18:
            return f"\tat com.shop.auth.TokenFilter.apply(TokenFilter.java:{number % 999})"
        case 19:
            return f"{rng.choice(SERVICES)}: token_count={number} max_tokens=4096 auth_ms=3"
        case 20:
            return (
                f"0x{_hex(rng, 16)} rip=0x{_hex(rng, 16)} rsp=0x{_hex(rng, 16)} [{number}.{number}]"
            )
        case 21:
            return f"2001:db8:{_hex(rng, 4)}:{_hex(rng, 4)}::{_hex(rng, 3)} joined, mac {_mac(rng)}"
        case 22:
            return f"{rng.choice(LEVELS)} ratio={rng.random()} p99={rng.random() * 1e3} n={number}"
        case 23:
            return f"s3://bucket/{_hex(rng, 2)}/{_uuid(rng)}/part-{number:05}.parquet"
        case 24:
            return (
                f"https://shop.example.com:8443/p/{_hex(rng, 24)}?q={number}&sort=asc#sec-{number}"
            )
        case 25:
            return f'{{"id":"{_uuid(rng)}","n":{number},"auth":{{"method":"oauth2","ok":true}}}}'
        case 26:
            return f"integrity sha512-{_image(rng)}"
        case 27:
            return (
                f"license {'-'.join(_short(rng) for _ in range(5))} valid for {number % 365} days"
            )
        case 28:
            return f"{_moment(rng)} {rng.choice(SERVICES)}[{number % 65536}]: {rng.choice(PROSE)}"
        case _:
            return rng.choice(PROSE)


def _mac(rng: random.Random) -> str:
    return ":".join(f"{rng.randrange(256):02x}" for _ in range(6))


def _short(rng: random.Random) -> str:
    return "".join(rng.choices(string.ascii_uppercase + string.digits, k=5))


def benign_lines(count: int, seed: int = 1) -> list[str]:
    """So many lines."""
    rng = random.Random(seed)
    return [benign_line(rng) for _ in range(count)]
