"""HELP says which statements this version cannot answer, and exactly those refuse."""

from __future__ import annotations

import pytest

from traversion_engine import NotAvailableError
from traversion_engine.timeql.registry import STATEMENTS


@pytest.mark.parametrize("info", STATEMENTS.values(), ids=lambda info: info.keyword)
def test_help_and_the_answer_agree(shop, info):
    parts = dict(shop.query(f"HELP {info.keyword}").frame.rows())
    listed = dict(shop.query("HELP").frame.rows())[info.keyword]
    refusal = f"{info.keyword} is not available in this version."
    assert parts.get("available") == (None if info.available else refusal)
    assert listed.startswith("Not available") is not info.available
    if not info.available:
        with pytest.raises(NotAvailableError, match="not available"):
            shop.query(info.examples[0])
