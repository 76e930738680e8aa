"""The key of the pseudonyms on disk: made once, private, never taken from an unsafe place."""

from __future__ import annotations

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from traversion_data.redact.key import KEY_BYTES, KEY_FILE, load_key

RACE = """
import sys
from pathlib import Path
from traversion_data.redact.key import load_key
sys.stdin.read(1)
print(load_key(Path(sys.argv[1])).key.hex())
"""


def test_a_key_is_made_once_and_is_private(tmp_path):
    folder = tmp_path / "config" / "traversion"
    made = load_key(folder)
    assert made.note is None
    assert len(made.key) == KEY_BYTES
    assert load_key(folder) == made
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name for path in folder.iterdir()] == [KEY_FILE]
    assert made.key.hex() not in repr(made)
    assert repr(made.key) not in repr(made)


def test_two_folders_have_two_keys(tmp_path):
    assert load_key(tmp_path / "a").key != load_key(tmp_path / "b").key


def test_threads_that_make_it_at_once_get_one_key(tmp_path):
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(load_key, [tmp_path / "config"] * 64))
    assert len(keys) == 1


def test_processes_that_make_it_at_once_get_one_key(tmp_path):
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACE, str(tmp_path / "config")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for racer in racers:
        racer.stdin.write("go")
        racer.stdin.flush()
    assert len({racer.communicate()[0] for racer in racers}) == 1


def test_a_link_in_its_place_is_refused(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"k" * KEY_BYTES)
    (tmp_path / KEY_FILE).symlink_to(elsewhere)
    found = load_key(tmp_path)
    assert found.key != b"k" * KEY_BYTES
    assert "symbolic link" in found.note
    (tmp_path / KEY_FILE).unlink()
    (tmp_path / KEY_FILE).symlink_to(tmp_path / "nowhere")
    assert "symbolic link" in load_key(tmp_path).note
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    ("content", "mode", "why"),
    [
        (b"short", 0o600, "does not hold 32 bytes"),
        (b"k" * 99, 0o600, "does not hold 32 bytes"),
        (b"k" * 32, 0o644, "others may read it"),
    ],
)
def test_a_file_that_cannot_be_a_key_is_named(tmp_path, content, mode, why):
    path = tmp_path / KEY_FILE
    path.write_bytes(content)
    path.chmod(mode)
    found = load_key(tmp_path)
    assert why in found.note
    assert str(path) in found.note
    assert path.read_bytes() == content
    assert found.key != content


def test_a_folder_that_cannot_be_made_gives_a_key_for_this_process(tmp_path):
    (tmp_path / "file").write_text("")
    first = load_key(tmp_path / "file" / "config")
    assert "will not match those of another" in first.note
    assert "\n" not in first.note
    assert len(first.key) == KEY_BYTES
    assert load_key(tmp_path / "file" / "other").key == first.key
