"""Further ways in which programs write secrets, beside those of `secrets_corpus`.

Made by the public definitions: manuals of programs for their options, of databases for their
statements, the registry of HTTP authentication schemes, providers' pages for their prefixes.
Nothing here was ever in use.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable

from .secrets_corpus import ALNUM, URL_SAFE, Labelled, drawn, jwt, password, pem

HEX = "0123456789abcdef"
WORDS = tuple(
    f"{first}{second}"
    for first in ("cor", "hor", "bat", "sta", "an")
    for second in ("rel", "vil", "tery")
)


def plain(rng: random.Random) -> str:
    """Letters and digits, both."""
    return drawn(rng, ALNUM, 6, 16) + rng.choice(string.digits) + rng.choice(string.ascii_letters)


def phrase(rng: random.Random) -> str:
    return " ".join(rng.sample(WORDS, rng.randint(2, 5)))


PHRASES = (
    "password: {}",
    "login password: {}",
    "user=bob password: {} n=1",
    "Password: {}, retries: 3",
    "{{password={}; n=1}}",
    "passphrase: {}\nnext line",
    "admin_password={}",
    "password={} user=bob",
    "db.password = {}",
    "new password: {} host: db1",
)
STATEMENTS = (
    "CREATE USER bob IDENTIFIED BY '{}'",
    "create user bob@localhost identified by '{}'",
    "CREATE USER bob IDENTIFIED BY {};",
    'ALTER USER bob IDENTIFIED BY "{}"',
    "CREATE USER 'b'@'%' IDENTIFIED WITH caching_sha2_password BY '{}' REQUIRE SSL",
    "GRANT ALL ON db.* TO 'b'@'%' IDENTIFIED BY '{}' WITH GRANT OPTION",
    "ALTER USER bob WITH PASSWORD '{}'",
    "ALTER ROLE bob WITH ENCRYPTED PASSWORD '{}' VALID UNTIL '2030-01-01'",
    "CREATE ROLE bob LOGIN PASSWORD '{}'",
    "CREATE LOGIN bob WITH PASSWORD = '{}'",
    "SET PASSWORD FOR 'bob'@'%' = '{}'",
    "SET PASSWORD FOR bob TO '{}'",
    "SET PASSWORD FOR bob = PASSWORD('{}')",
    "INSERT INTO users (id, name, password) VALUES (7, 'bob', '{}')",
    "INSERT INTO users (password, name) VALUES ('a1', 'x'), ('{}', 'bob')",
    "UPDATE users SET password = '{}' WHERE id = 7",
    'query="ALTER USER bob PASSWORD \\"{}\\"" took 3ms',
)
ESCAPED = (
    "password=&quot;{}&quot;",
    "&quot;password&quot;:&quot;{}&quot;,&quot;user&quot;:&quot;bob&quot;",
    "{{&#34;api_key&#34;: &#34;{}&#34;}}",
    "&lt;password&gt;{}&lt;/password&gt;",
    "body: password%3D{}%26user%3Dbob",
    "%7B%22password%22%3A%22{}%22%7D",
    '{{"body":"{{\\"password\\":\\"{}\\"}}"}}',
    '{{"a":"{{\\"b\\":\\"{{\\\\\\"token\\\\\\":\\\\\\"{}\\\\\\"}}\\"}}"}}',
    "{{\\u0022secret\\u0022:\\u0022{}\\u0022}}",
)
COMMANDS = (
    "mysql -h db1 -u root -p{} shop",
    "mysql -u root -p {} shop",
    "mysqldump -uroot -p'{}' --all-databases",
    "sshpass -p {} ssh bob@host",
    "docker login -u bob -p {} registry.example.com",
    "redis-cli -h cache -a {} ping",
    "ldapsearch -x -D cn=admin -w {} -b dc=example",
    "ipmitool -H 10.0.0.1 -U admin -P {} power status",
    "curl -s -u bob:{} https://api.example.com/",
    "curl --user 'bob:{}' https://api.example.com/",
    'exec ["mongodump","-u","bob","-p","{}"]',
    "psql-wrapper --password {} --host db1",
    'argv: ["x","--api-token","{}"]',
    "keytool -storepass x -keypassword {}",
)
HEADERS = (
    "Authorization: Splunk {}",
    "Authorization: GenieKey {}",
    "Authorization: DPoP {}",
    "Authorization: AWS bob:{}=",
    "Authorization: SharedKey account:{}==",
    'Authorization: Token token="{}", nonce="def"',
    'Authorization: Hawk id="a", mac="{}="',
    'Authorization: OAuth oauth_consumer_key="k", oauth_signature="{}"',
    "Authorization: vapid t=a.b.c, k={}",
    "Authorization: AWS4-HMAC-SHA256 Credential=x/y, SignedHeaders=host, Signature={}",
    "Proxy-Authorization: Custom-Scheme {}",
    "Authorization: {}",
    '"authorization": "Whatever {}"',
)
COOKIES = (
    "Cookie: theme=dark; sid={}; lang=en",
    "Set-Cookie: sid={}; Path=/; HttpOnly",
    "Set-Cookie: a=1; Path=/, sid={}; Secure",
    "Set-Cookie: a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Path=/, sid={}; Secure",
    "set-cookie: a=1, sid={}",
    '{{"Set-Cookie":["a=1; Path=/","sid={}"]}}',
    "cookie=a=1; sid={}",
)
ADDRESSES = (
    "amqp://svc:{}@mq:5672/vhost",
    "amqps://svc:{}@mq/%2f",
    "mongodb+srv://svc:{}@c0.example.com/db?w=1",
    "postgres://svc:{}@db/x",
    "postgresql+asyncpg://svc:{}@db/x",
    "redis://:{}@cache:6379/0",
    "jdbc:oracle:thin:scott/{}@//db:1521/x",
    "mysql://svc:a/{}@db/x",
    "jdbc:postgresql://db/x?user=svc&password={}",
    "Server=db;Uid=sa;Pwd={};Encrypt=yes",
)
WAYS = {
    "phrase": (PHRASES, phrase),
    "statement": (STATEMENTS, plain),
    "escaped": (ESCAPED, plain),
    "command": (COMMANDS, plain),
    "header": (HEADERS, plain),
    "cookie": (COOKIES, plain),
    "address": (ADDRESSES, plain),
}

UPPER = string.ascii_uppercase
ISSUED: dict[str, Callable[[random.Random], str]] = {
    "google api": lambda rng: "AIza" + drawn(rng, URL_SAFE, 35),
    "google oauth": lambda rng: "GOCSPX-" + drawn(rng, URL_SAFE, 28),
    "google access": lambda rng: "ya29." + drawn(rng, URL_SAFE, 60, 200),
    "azure directory": lambda rng: (
        drawn(rng, ALNUM, 3) + rng.choice("78") + "Q~" + drawn(rng, ALNUM + "_.-~", 34)
    ),
    "azure storage": lambda rng: (
        drawn(rng, ALNUM + "+/", 76) + "+ASt" + drawn(rng, ALNUM + "+/", 5) + "A=="
    ),
    "azure devops": lambda rng: drawn(rng, ALNUM, 76) + "AZDO" + drawn(rng, ALNUM, 4),
    "digitalocean": lambda rng: f"do{rng.choice('opr')}_v1_{drawn(rng, HEX, 64)}",
    "alibaba": lambda rng: "LTAI" + drawn(rng, ALNUM, 20),
    "tencent": lambda rng: "AKID" + drawn(rng, ALNUM, 32),
    "aws bedrock": lambda rng: "ABSK" + drawn(rng, ALNUM + "+/", 109, 269),
    "gitlab": lambda rng: "glpat-" + drawn(rng, URL_SAFE, 20),
    "npm": lambda rng: "npm_" + drawn(rng, ALNUM, 36),
    "pypi": lambda rng: "pypi-AgEIcHlwaS5vcmc" + drawn(rng, URL_SAFE, 85, 180),
    "rubygems": lambda rng: "rubygems_" + drawn(rng, HEX, 48),
    "docker": lambda rng: "dckr_pat_" + drawn(rng, URL_SAFE, 27),
    "vault": lambda rng: f"hv{rng.choice('sbr')}." + drawn(rng, URL_SAFE, 24, 110),
    "terraform": lambda rng: drawn(rng, ALNUM, 14) + ".atlasv1." + drawn(rng, URL_SAFE, 60, 70),
    "openai": lambda rng: "sk-proj-" + drawn(rng, URL_SAFE, 48, 156),
    "openai old": lambda rng: "sk-" + drawn(rng, ALNUM, 20) + "T3BlbkFJ" + drawn(rng, ALNUM, 20),
    "anthropic": lambda rng: "sk-ant-api03-" + drawn(rng, URL_SAFE, 93) + "AA",
    "huggingface": lambda rng: "hf_" + drawn(rng, string.ascii_letters, 34),
    "sendgrid": lambda rng: f"SG.{drawn(rng, URL_SAFE, 22)}.{drawn(rng, URL_SAFE, 43)}",
    "shopify": lambda rng: "shpat_" + drawn(rng, HEX, 32),
    "square": lambda rng: "sq0csp-" + drawn(rng, URL_SAFE, 43),
    "new relic": lambda rng: "NRAK-" + drawn(rng, UPPER + string.digits, 27),
    "grafana": lambda rng: f"glsa_{drawn(rng, ALNUM, 32)}_{drawn(rng, HEX, 8)}",
    "sentry": lambda rng: "sntryu_" + drawn(rng, HEX, 64),
    "linear": lambda rng: "lin_api_" + drawn(rng, ALNUM, 40),
    "databricks": lambda rng: "dapi" + drawn(rng, HEX, 32),
    "doppler": lambda rng: "dp.pt." + drawn(rng, ALNUM, 43),
    "planetscale": lambda rng: "pscale_tkn_" + drawn(rng, URL_SAFE, 43),
    "supabase": lambda rng: "sbp_" + drawn(rng, HEX, 40),
    "postman": lambda rng: f"PMAK-{drawn(rng, HEX, 24)}-{drawn(rng, HEX, 34)}",
    "pulumi": lambda rng: "pul-" + drawn(rng, HEX, 40),
    "age": lambda rng: "AGE-SECRET-KEY-1" + drawn(rng, UPPER + string.digits, 58),
    "telegram": lambda rng: drawn(rng, "123456789", 9) + ":AA" + drawn(rng, URL_SAFE, 33),
    "tailscale": lambda rng: f"tskey-auth-{drawn(rng, ALNUM, 17)}-{drawn(rng, ALNUM, 32)}",
    "notion": lambda rng: "ntn_" + drawn(rng, ALNUM, 46),
    "figma": lambda rng: "figd_" + drawn(rng, URL_SAFE, 40),
    "atlassian": lambda rng: "ATATT3xFfGF0" + drawn(rng, URL_SAFE, 172) + "=" + drawn(rng, HEX, 8),
}
"""Keys of clouds and services, each by its provider's prefix and length."""
PLACES = ("{}", "using {}", "value={}", "'{}'", "x: {};", "https://h/p?k={}&a=1", "[{}]")


def cut_jwt(rng: random.Random) -> str:
    """A JSON web token cut by the limit of a line's length, in its claims or its signature."""
    whole = jwt(rng)
    first, second = whole.index("."), whole.rindex(".")
    return whole[: rng.randint(first + 8, rng.choice((second, len(whole))))]


def joined_pem(rng: random.Random) -> str:
    """A key among the lines of a stack trace."""
    indent = rng.choice(("", "  ", "\t"))
    key = pem(rng).replace("\n", "\n" + indent)
    return f"java.lang.IllegalStateException: bad key\n{indent}{key}\n\tat a.B.c(B.java:1)"


def written(rng: random.Random, way: str) -> Labelled:
    """A secret in one of the `WAYS`, of an issuer of `ISSUED`, or `cut`."""
    if way in WAYS:
        shapes, make = WAYS[way]
        secret = make(rng)
        return Labelled(way, secret, rng.choice(shapes).format(secret))
    secret = cut_jwt(rng) if way == "cut" else ISSUED[way](rng)
    return Labelled(way, secret, rng.choice(PLACES[:3] if way == "cut" else PLACES).format(secret))


def parts(labelled: Labelled) -> list[str]:
    """What must not be left of a secret: each word of a phrase, else all of it."""
    return labelled.secret.split() if labelled.rule == "phrase" else [labelled.secret]


EVERY = (*WAYS, "cut", *ISSUED)
__all__ = ["EVERY", "ISSUED", "WAYS", "joined_pem", "parts", "password", "written"]
