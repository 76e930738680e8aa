"""`prefix:name` opens what another package offers under the prefix."""

import pytest

from traversion_data.errors import InputError
from traversion_data.source.named import named_source
from traversion_scenarios import lines


def test_a_scenario_is_found_by_its_entry_point() -> None:
    source = named_source("scenario:checkout-cascade")
    assert source is not None
    assert source.name == "scenario:checkout-cascade"
    assert b"".join(source.pieces()) == b"".join(lines("checkout-cascade"))


@pytest.mark.parametrize("word", ["app.jsonl", "nobody:x", ":", "C:\\logs", "scenario"])
def test_other_words_are_not_taken(word: str) -> None:
    assert named_source(word) is None


def test_an_unknown_scenario_is_a_sentence_that_names_the_nearest() -> None:
    with pytest.raises(InputError, match="Did you mean checkout-cascade"):
        named_source("scenario:checkout-cascad")
