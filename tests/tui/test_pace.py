"""How often the screen is drawn."""

from __future__ import annotations

from traversion_tui.terminal import pace


def test_over_ssh_fifteen_frames_a_second_unless_told_otherwise() -> None:
    near: dict[str, str] = {}
    far = {"SSH_TTY": "/dev/pts/1"}
    told = {"SSH_TTY": "/dev/pts/1", "TEXTUAL_FPS": "30"}
    for environment in (near, far, told):
        pace(environment)
    assert near == {}
    assert far["TEXTUAL_FPS"] == "15"
    assert told["TEXTUAL_FPS"] == "30"
