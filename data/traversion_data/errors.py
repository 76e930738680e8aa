"""What can be wrong with input, each as one sentence for a person."""

from __future__ import annotations


class InputError(Exception):
    """Input that cannot be opened or holds no events; the message is one whole sentence."""
