"""A mistyped keyword is found and named. Measured over every keyword of the page's statements."""

import random
from pathlib import Path

from traversion_engine.diagnostic import StatementError
from traversion_engine.timeql.highlight import highlight
from traversion_engine.timeql.keywords import FUNCTIONS
from traversion_engine.timeql.parse import parse

PAGE = (Path(__file__).parent / "golden" / "page.tql").read_text(encoding="utf-8")
TEXTS = [block.strip("\n") for block in PAGE.split("\n\n")]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
EDITS_OF_EACH = 3


def edited(word, draw):
    kind = draw.choice(("delete", "insert", "replace", "swap"))
    at = draw.randrange(len(word))
    if kind == "delete":
        return word[:at] + word[at + 1 :]
    if kind == "insert":
        return word[:at] + draw.choice(LETTERS) + word[at:]
    if kind == "replace" or at + 1 == len(word):
        return word[:at] + draw.choice(LETTERS) + word[at + 1 :]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def keywords_of(text):
    for stretch in highlight(text):
        word = text[stretch.span.start : stretch.span.end]
        if stretch.kind == "keyword" and word.lower() not in FUNCTIONS:
            yield word, stretch.span


def typos(seed):
    draw = random.Random(seed)
    for text in TEXTS:
        for word, span in keywords_of(text):
            for _ in range(EDITS_OF_EACH):
                mistyped = edited(word, draw)
                if mistyped.upper() != word.upper():
                    yield text[: span.start] + mistyped + text[span.end :], word, span


def test_carets_stand_at_the_mistyped_word_and_hints_name_the_keyword():
    carets = hints = errors = valid = 0
    for text, word, span in typos(seed=1):
        try:
            parse(text)
        except StatementError as error:
            errors += 1
            carets += error.diagnostic.span.start == span.start
            hints += word.upper() in (error.diagnostic.hint or "").upper()
        else:
            valid += 1
    assert errors > 800
    assert carets / errors >= 0.98
    assert hints / errors >= 0.96
    assert valid / (errors + valid) <= 0.02
