"""The options of sources as they are typed, spelled once for all commands that take sources."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_type_hints

import typer

Pii = Annotated[
    Literal["standard", "strict"],
    typer.Option("--pii", help="strict: replace addresses and names of people too."),
]
NoRedact = Annotated[
    bool, typer.Option("--no-redact", help="Keep and show secrets as they were written.")
]
Map = Annotated[
    str | None,
    typer.Option(
        "--map",
        metavar="FIELD=KEY,...",
        help="Where core fields stand, as in time=ts,service=app.",
    ),
]
Zones = Annotated[
    list[str] | None,
    typer.Option(
        "--tz",
        metavar="ZONE|NAME=ZONE",
        help="Zone of times without an offset, else UTC; also by source: 'nginx*=Asia/Tokyo'.",
    ),
]
Since = Annotated[
    str | None, typer.Option("--since", metavar="TIME", help="Leave out what is earlier.")
]
Until = Annotated[
    str | None, typer.Option("--until", metavar="TIME", help="Leave out this and what is later.")
]
WrittenAs = Annotated[
    str | None,
    typer.Option("--as", metavar="FORMAT", help="The format, where guessing it fails."),
]
MaxInflate = Annotated[
    int | None,
    typer.Option(
        "--max-inflate", metavar="N", min=1, help="Inflated bytes for each compressed one."
    ),
]
Follow = Annotated[bool, typer.Option("--follow", help="Read on as files grow, turn and appear.")]
Store = Annotated[
    Path | None,
    typer.Option(
        "--store", metavar="DIR", help="Keep what is read there, and go on from it next time."
    ),
]
KeepSize = Annotated[
    str | None,
    typer.Option(
        "--keep-size", metavar="SIZE", help="Hold the store to a size, as in 2GiB: the oldest go."
    ),
]
KeepAge = Annotated[
    str | None,
    typer.Option("--keep-age", metavar="AGE", help="Drop from the store what is older, as in 30d."),
]
NoCache = Annotated[
    bool,
    typer.Option(
        "--no-cache",
        envvar="TRAVERSION_NO_CACHE",
        help="Neither take rows from the cache nor keep them there.",
    ),
]
MaxMemory = Annotated[
    str | None,
    typer.Option(
        "--max-memory", metavar="SIZE", help="Put rows on the disk beyond that, as in 2GiB."
    ),
]

_HERE: Final = "words"


@dataclass(frozen=True, slots=True)
class SourceWords:
    """What a command line says about how its sources are read, not looked at yet."""

    map_: Map = None
    zones: Zones = None
    since: Since = None
    until: Until = None
    written_as: WrittenAs = None
    max_inflate: MaxInflate = None
    follow: Follow = False
    store: Store = None
    keep_size: KeepSize = None
    keep_age: KeepAge = None
    pii: Pii = "standard"
    no_redact: NoRedact = False
    no_cache: NoCache = False
    max_memory: MaxMemory = None


def with_source_words(command: Callable[..., None]) -> Callable[..., None]:
    """A command with the parameter `words: SourceWords`, with an option for each field instead."""
    signature = inspect.signature(command, eval_str=True)
    hints = get_type_hints(SourceWords, include_extras=True)
    options = [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=field.default,
            annotation=hints[field.name],
        )
        for field in fields(SourceWords)
    ]
    parameters = list(signature.parameters.values())
    at = [parameter.name for parameter in parameters].index(_HERE)
    parameters[at : at + 1] = options

    @wraps(command)
    def spread(**given: Any) -> None:
        words = SourceWords(**{field.name: given.pop(field.name) for field in fields(SourceWords)})
        command(**given, words=words)

    spread.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    spread.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return spread
