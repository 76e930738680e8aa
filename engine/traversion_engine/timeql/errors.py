"""Why a statement that is right may stop before its answer."""

from __future__ import annotations


class CancelledError(Exception):
    """The statement was cancelled by its asker."""


class OverBudgetError(CancelledError):
    """The statement took more than it may; the message is a sentence that says what helps."""
