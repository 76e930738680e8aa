"""Texts with their secrets replaced: whole columns of distinct texts, pattern by pattern."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import polars as pl

from traversion_data.redact import cards, pairs, phrases, signs, structure, tagged
from traversion_data.redact.pseudonym import StandIn, stand_in
from traversion_data.redact.rules import Rule

KEY_RULE: Final = "key"
"""The name of the rule that goes by the key."""

_GAP: Final = "\ue000"
_STOOD_IN: Final = r"\[redacted:([a-z0-9-]+):([0-9a-f]{8})\]"


def without_values(texts: pl.Series, rules: tuple[Rule, ...], key: bytes) -> pl.Series:
    """The texts with what the rules find replaced."""
    for rule in signs.present(texts, rules):
        write = _writing(rule, key)
        near = texts.str.contains(rule.sign) if rule.ahead else None
        if near is None or near.all():
            texts = rewritten(texts, rule.pattern, write)
        elif near.any():
            texts = put(texts, near, rewritten(texts.filter(near), rule.pattern, write))
    return texts


def without_pairs(texts: pl.Series, key: bytes) -> pl.Series:
    """The texts with the values of secret keys in them replaced."""
    if not signs.may_name_secrets(texts):
        return texts
    write = writer(KEY_RULE, key)
    texts = rewritten(texts, structure.NESTED, partial(structure.nested, stand_in=write))
    texts = rewritten(texts, tagged.TAGGED, partial(tagged.rewrite, stand_in=write))
    gap = unused(texts)
    stood_in = _holds(texts, "[redacted:")
    kept = texts.str.replace_all(_STOOD_IN, f"[redacted{gap}:$1{gap}:$2]") if stood_in else texts
    parted = rewritten(kept, pairs.KEY, partial(pairs.part_harmless, gap=gap))
    parted = rewritten(parted, pairs.EMPTY, partial(pairs.part_empty, gap=gap))
    found = rewritten(parted, pairs.PAIR, partial(pairs.rewrite, stand_in=write, gap=gap))
    parted = found.str.replace_all(gap, "", literal=True) if _holds(found, gap) else found
    if not _holds(parted, "[redacted:"):
        return parted
    return rewritten(parted, phrases.PATTERN, partial(phrases.rewrite, stand_in=write))


def json_without_cards(texts: pl.Series, key: bytes) -> pl.Series:
    """JSON texts whose numbers that are cards have become texts."""
    suspect = texts.str.contains(cards.AHEAD)
    if not suspect.any():
        return texts
    write = writer("card", key)
    fine = (structure.card_numbers(text, write) for text in texts.filter(suspect))
    return put(texts, suspect, pl.Series(fine, dtype=pl.String))


def json_without_pairs(texts: pl.Series, key: bytes) -> pl.Series:
    """JSON texts with the values of secret keys replaced, however deep."""
    write = writer(KEY_RULE, key)
    return pl.Series((structure.nested(text, write) for text in texts), dtype=pl.String)


def rewritten(texts: pl.Series, pattern: str, rewrite: Callable[[str], str]) -> pl.Series:
    """The texts with each match of a pattern (of Polars' engine) rewritten.

    `rewrite` sees each distinct match once. Takes and gives text of one length, without NULL.
    """
    hit = texts.str.contains(pattern)
    if not hit.any():
        return texts
    some = texts.filter(hit)
    found = some.str.extract_all(pattern)
    distinct = found.explode().unique()
    written = pl.Series((rewrite(match) for match in distinct), dtype=pl.String)
    if (written == distinct).all():
        return texts
    gap = unused(some)
    last = pl.Series([[""]], dtype=pl.List(pl.String)).new_from_index(0, len(some))
    whole = (
        pl.DataFrame({"found": found, "last": last, "between": some.str.replace_all(pattern, gap)})
        .with_row_index("row")
        .select(
            "row",
            pl.concat_list("found", "last").alias("found"),
            pl.col("between").str.split(gap),
        )
        .explode("found", "between")
        .with_columns(pl.col("found").replace(distinct, written))
        .group_by("row", maintain_order=True)
        .agg(pl.concat_str("between", "found").str.join("").alias("whole"))
    )
    return put(texts, hit, whole["whole"])


def unused(texts: pl.Series) -> str:
    """A text that is part of none of these."""
    gap = _GAP
    while _holds(texts, gap):
        gap += _GAP
    return gap


def _holds(texts: pl.Series, literal: str) -> bool:
    """Whether any text holds a literal, which Polars' own search makes a pattern of."""
    return bool(texts.str.contains_any([literal]).any())


def writer(rule: str, key: bytes) -> StandIn:
    """What writes the pseudonyms of a rule."""
    return lambda secret: stand_in(rule, secret, key)


def _writing(rule: Rule, key: bytes) -> Callable[[str], str]:
    write = writer(rule.name, key)
    return lambda match: rule.rewrite(match, write)


def put(texts: pl.Series, where: pl.Series, new: pl.Series) -> pl.Series:
    """The texts with those where the mask holds exchanged for the new ones, in their order."""
    place = pl.select(pl.when(where).then(where.cast(pl.UInt32).cum_sum() - 1)).to_series()
    return new.gather(place).fill_null(texts).alias(texts.name)
