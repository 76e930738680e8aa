"""A sample of every format, recognised without options: time, severity, service and ids of each
event as its specification has them. `python -m tests.soak.formats` prints the same as a table."""

from __future__ import annotations

import pytest

from .golden import SAMPLES, judged, titles


def test_every_format_has_a_sample() -> None:
    assert SAMPLES.keys() == titles().keys()


@pytest.mark.parametrize("word", SAMPLES)
def test_a_sample_is_recognised_and_read_as_it_is_meant(word: str) -> None:
    verdict = judged(word)
    assert verdict.recognised_as == verdict.title
    assert verdict.events == verdict.expected
    assert not verdict.wrong
