"""What can be wrong with input, each as one sentence for a person."""

from __future__ import annotations

import os


class InputError(Exception):
    """Input that cannot be opened or holds no events; the message is one whole sentence."""


def reason(error: OSError) -> str:
    """The system's words for an error, without errno or path: `permission denied`."""
    text = os.strerror(error.errno) if error.errno else str(error)
    return text[:1].lower() + text[1:]
