"""Lines as programs write them, and as nobody should: random, the same for the same seed."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Final

KEYS: Final = (
    "level", "service", "msg", "n", "http", "status", "error", "id", "duration_ms", "trace_id",
    "tags", "user", "roles", "span_id", "ratio", "deep", "password", "card", "host",
)  # fmt: skip
ODD_KEYS: Final = (*KEYS, "n.k", "é", 'q"', "b\\", "odd key")
TEXTS: Final = (
    "", "ok", "12", "-3", "1e5", "true", "null", "{", "[]", "é€😀", "a\nb", "\t\"quoted\"", "\\",
    "\x00", "\x1b[31m", "GET /api/v1/users/42?q=1", "took 31 ms", "2024-01-15T15:47:23Z",
    "password=hunter2", "x" * 300,
)  # fmt: skip
RAW: Final = (
    '"\\ud83d\\ude00"', '"\\ud83d"', '"\\u0000"', "1e400", "-0", "-0.0", "1E5",
    "9007199254740993.0", "12345678901234567890", "0.1234567890123456789", "[]", "{}", "[[1],{}]",
    "null", '{"a":{"b":{"c":1}}}', '[1,"a",null,true,2.5]',
)  # fmt: skip
BROKEN: Final = (
    "", "   ", "not json", '{"a":1', '[{"a":1}]', "{}", "\x00\x00", "nul", '{"ts":1,}', "{'a':1}",
    '{"a":1}{"b":2}', '"text"', "[" * 200, '{"a":' * 70,
)  # fmt: skip


class Dialect:
    """One program's way to write: which keys, of which kinds, its stamps and its blanks."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._wild = random.choice([0.0, 0.0, 0.2])
        count = random.randint(1, 8)
        self._keys = [
            (key, self._kind())
            for key in random.sample(random.choice([KEYS, KEYS, ODD_KEYS]), count)
        ]
        self._joints = random.choice(6 * [(":", ","), (": ", ", ")] + [(" : ", " ,")])
        self._stamp = random.choice(STAMPS)
        self._odd = random.choice([0.0, 0.0, 0.002, 0.002, 0.1])
        self._leaves_out = random.choice([0.0, 0.1, 0.5])

    def line(self, at: int) -> str:
        """The event number `at`."""
        random = self._random
        pairs = [("ts", self._stamp(at))]
        for key, kind in self._keys:
            if random.random() >= self._leaves_out:
                odd = random.random() < self._odd
                pairs.append((key, (self._kind() if odd else kind)()))
        if random.random() < self._odd:
            pairs.append((f"late{random.randint(0, 9)}", self._kind()()))
        if random.random() < self._odd / 4:
            pairs.append(random.choice(pairs))
        colon, comma = self._joints
        return "{" + comma.join(f"{json.dumps(key)}{colon}{value}" for key, value in pairs) + "}"

    def _kind(self) -> Callable[[], str]:
        random = self._random
        kinds: list[Callable[[], str]] = [
            lambda: f'"{random.choice(["info", "ok", "a b", "é"])} {random.randint(0, 99)}"',
            lambda: json.dumps(random.choice(TEXTS)),
            lambda: json.dumps(random.choice(TEXTS), ensure_ascii=False).replace("\x00", ""),
            lambda: str(random.randint(-9, 10 ** random.randint(1, 18))),
            lambda: repr(round(random.uniform(0, 9999), random.randint(1, 9))),
            lambda: random.choice(["true", "false"]),
            lambda: f'"{random.getrandbits(128):032x}"',
            lambda: random.choice(['["a","b"]', '["a", "b"]', "[]", '["c"]', "[1,2]"]),
            lambda: (
                f'{{"status_code":{random.randint(100, 599)},"path":"/{random.randint(0, 9)}"}}'
            ),
            lambda: f'{{"tags":["b"],"id":{random.randint(0, 99)}}}',
            lambda: random.choice(RAW),
        ]
        return random.choice(kinds if random.random() < self._wild else kinds[::3])


STAMPS: Final[tuple[Callable[[int], str], ...]] = (
    lambda at: f'"2024-01-15T15:{at // 60 % 60:02d}:{at % 60:02d}.{at % 1000:03d}Z"',
    lambda at: f'"2024-01-15 17:{at // 60 % 60:02d}:{at % 60:02d}+02:00"',
    lambda at: f"{1_705_333_600_000 + at}",
    lambda at: f"{1_705_333_600 + at}.{at % 1000:03d}1234567",
    lambda at: f'"{1_705_333_600 + at}"',
    lambda at: f"{1_705_333_600_000_000_000 + at}",
)


def recording(random: Random, lines: int) -> list[str]:
    """JSON lines of one or two dialects, broken ones among them."""
    dialects = [Dialect(random) for _ in range(random.choice([1, 1, 1, 2]))]
    bad = random.choice([0.0, 0.001, 0.02])
    return [
        random.choice(BROKEN) if random.random() < bad else random.choice(dialects).line(at)
        for at in range(lines)
    ]


def prose(random: Random, lines: int) -> list[str]:
    """Lines of a format that is no JSON."""
    form = random.choice(FORMS)
    return [form(at, random.choice(TEXTS)) for at in range(lines)]


FORMS: Final[tuple[Callable[[int, str], str], ...]] = (
    lambda at, text: f"ts=2024-01-15T15:47:{at % 60:02d}Z level=info msg={json.dumps(text)} n={at}",
    lambda at, text: (
        f"10.0.0.{at % 250} - - [15/Jan/2024:15:47:{at % 60:02d} +0000] "
        f'"GET /{text} HTTP/1.1" 200 {at}'
    ),
    lambda at, text: f"<34>1 2024-01-15T15:47:{at % 60:02d}.003Z host app {at} ID47 - {text}",
    lambda at, text: f"Jan 15 15:47:{at % 60:02d} host app[{at}]: {text}",
    lambda at, text: f"2024-01-15 15:47:{at % 60:02d},123 ERROR [main] c.e.Shop - {text}",
    lambda at, text: f"2024-01-15T15:47:{at % 60:02d}.000000000Z stdout F {text}",
    lambda at, text: f"I0115 15:47:{at % 60:02d}.000000 {at} file.go:12] {text}",
)


def mutated(random: Random, line: bytes) -> bytes:
    """A line with one to three accidents."""
    data = bytearray(line)
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(data) + 1)
        to = min(len(data), at + random.randint(1, 12))
        match random.randrange(8):
            case 0 if at < len(data):
                data[at] ^= 1 << random.randrange(8)
            case 1:
                del data[at:to]
            case 2:
                data[at:at] = random.randbytes(random.randint(1, 6))
            case 3:
                data[at:at] = data[at:to]
            case 4:
                del data[at:]
            case 5:
                data[at:at] = random.choice(
                    [b'"', b"\\", b"{", b"}", b"[", b":", b",", b"\n", b"\r"]
                )
            case 6:
                data[at:to] = random.choice(RAW).encode()
            case _:
                data[at:at] = random.choice(TEXTS).encode()
    return bytes(data)
