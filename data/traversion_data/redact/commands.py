"""Passwords among the arguments of programs whose option for one is a single letter.

What the letter means depends on the program (`docker run -p 80:80`, `ssh -p 22`), so it counts only
after one that takes a password by it, by its own manual: `mysql -p`, `sshpass -p`, `docker login
-p`, `redis-cli -a`, `ldapsearch -w`, `ipmitool -P`, `curl -u user:password`.
"""

from __future__ import annotations

import re
from typing import Final

from traversion_data.redact import names
from traversion_data.redact.names import Secrecy
from traversion_data.redact.pseudonym import StandIn, is_stand_in

_B: Final = r"(?-u:\b)"
_BETWEEN: Final = r"""(?:[ \t]+|["'],[ \t]*["'])"""
_ARGUMENTS: Final = r"(?:[^\r\n;|&]*?[^\r\n;|&\-])?"
_VALUE: Final = r"""(?:"[^"\r\n]*|'[^'\r\n]*|[^\s"'\-][^\s"']*)"""
_DATABASE: Final = (
    r"(?:mysql(?:dump|admin|import|show|check|sh|pump|binlog|slap)?|mariadb(?:-[a-z\-]+)?"
    r"|mongo(?:sh|dump|export|import|restore|stat|top)?|sshpass)"
)
_REGISTRY: Final = (
    r"(?:docker|podman|nerdctl|helm|buildah|skopeo|oras|crane|az)\b[^\r\n;|&]*?[ \t\"']login"
)
_OF_PROGRAMS: Final = (
    (_DATABASE, "-p"),
    (_REGISTRY, "-p"),
    (r"(?:zip|unzip|ipmitool|sqlcmd|bcp|isql|tsql|sshfs)", "-P"),
    (r"ldap(?:search|add|modify|delete|modrdn|passwd|whoami|compare)", "-w"),
    (r"(?:redis|valkey|keydb)-cli", "-a"),
)
_USER: Final = (
    r"(?:curl|wget)", r"(?:-u|--(?:proxy-)?user)", r"""["']?[^\s"':\[]+:[^\s"'\[][^\s"']*"""
)  # fmt: skip


def _set_off(*options: str) -> tuple[str, ...]:
    return tuple(before + option for option in options for before in " \t\"'")


PATTERNS: Final = (
    *(
        (
            rf"{_B}{program}(?:\.exe)?{_ARGUMENTS}{_BETWEEN}{option}{_BETWEEN}?{_VALUE}",
            rf"""[ \t"']{option}{_BETWEEN}?[^\s\-]""",
            _set_off(option),
        )
        for program, option in _OF_PROGRAMS
    ),
    (
        rf"{_B}{_USER[0]}{_ARGUMENTS}{_BETWEEN}{_USER[1]}(?:{_BETWEEN}|=)?{_USER[2]}",
        rf"""[ \t"']{_USER[1]}[^\r\n:]*:""",
        _set_off("-u", "--user", "--proxy-user"),
    ),
)
"""A program with its arguments up to a password; beside each an option that may be that,
as a pattern and as the literals of which one is there.

Not one pattern: what may begin would be followed to a text's end before anything else is found.
"""

_PARTS: Final = re.compile(
    rf"""(?P<before>.*{_BETWEEN}(?:-[pPwa]|(?:-u|--(?:proxy-)?user)(?:=|{_BETWEEN})?["']?[^\s"':]+:)"""
    rf"""(?:{_BETWEEN})?["']?)(?P<value>.+)""",
    re.DOTALL,
)
_PORTS: Final = re.compile(r"(?:[\d.]+:)?\d+(?:-\d+)?:\d+(?:-\d+)?(?:/(?:tcp|udp|sctp))?[,.]?")


def rewrite(match: str, stand_in: StandIn) -> str:
    """A match of one of `PATTERNS` with its password replaced; published ports are none."""
    found = _PARTS.fullmatch(match)
    if found is None:
        return match
    value = found["value"]
    if is_stand_in(value) or not names.is_secret(Secrecy.STRONG, value):
        return match
    return match if _PORTS.fullmatch(value) else found["before"] + stand_in(value)
