"""What a person may type for a source, and every way it may be wrong."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import re
import socket
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from unittest import mock

import pytest

from traversion_data.errors import InputError
from traversion_data.ingest import Loader
from traversion_data.source.lines import LinesSource
from traversion_data.source.locate import open_sources
from traversion_data.store.head import Head

LINE = b'{"ts":1705333643,"msg":"hello"}\n'


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "b.jsonl").write_bytes(LINE * 2)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(LINE * 3))
    return tmp_path


def names(*texts):
    return [source.name for source in open_sources([str(text) for text in texts])]


def load(*texts):
    return Loader(open_sources([str(text) for text in texts]), Head()).run()


def test_a_file_keeps_the_name_as_typed(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert names("b.jsonl", "./a.jsonl.gz") == ["b.jsonl", "./a.jsonl.gz"]


def test_a_folder_gives_its_event_files_sorted_and_notes_the_others(folder):
    (folder / "empty.log").touch()
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / ".hidden").write_bytes(LINE)
    (folder / "inner").mkdir()
    view = load(folder)
    assert [Path(info.name).name for info in view.sources] == ["a.jsonl.gz", "b.jsonl"]
    assert view.height == 5
    assert any("empty.log is empty" in note for note in view.sources[0].notes)
    assert any("is a PNG picture" in note for note in view.sources[0].notes)


def test_a_glob(folder):
    assert [Path(name).name for name in names(folder / "*.gz")] == ["a.jsonl.gz"]
    with pytest.raises(InputError, match=re.escape("no file matches")):
        names(folder / "*.csv")


def test_a_file_whose_name_looks_like_a_glob(folder):
    (folder / "x[1].jsonl").write_bytes(LINE)
    assert [Path(name).name for name in names(folder / "x[1].jsonl")] == ["x[1].jsonl"]


def test_the_same_file_is_opened_once(folder):
    link, hard = folder / "link", folder / "hard"
    link.symlink_to(folder / "b.jsonl")
    os.link(folder / "b.jsonl", hard)
    view = load(folder / "b.jsonl", link, hard, folder / "b.jsonl")
    assert view.height == 2
    (info,) = view.sources
    assert sum("is the same file and was opened once" in note for note in info.notes) == 3


def test_compression_goes_by_content_not_by_name(folder):
    (folder / "odd.txt").write_bytes(gzip.compress(LINE))
    (folder / "plain.gz").write_bytes(LINE)
    assert load(folder / "odd.txt", folder / "plain.gz").height == 2


def test_named_sources():
    found = open_sources(
        ["scenario:x"], named=lambda text: LinesSource(text, lambda: iter([LINE, LINE]))
    )
    assert Loader(found, Head()).run().height == 2


def test_standard_input_from_a_duplicate():
    read, write = os.pipe()
    os.write(write, LINE + LINE[:-1])
    os.close(write)
    view = Loader(open_sources(["-", "-"], stdin=read), Head()).run()
    assert (view.height, view.sources[0].name, view.sources[0].complete) == (2, "-", True)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(read)


def test_compressed_standard_input():
    read, write = os.pipe()
    os.write(write, gzip.compress(LINE * 9))
    os.close(write)
    assert Loader(open_sources(["-"], stdin=read), Head()).run().height == 9


def test_a_pipe_given_by_its_descriptor_is_read_once():
    read, write = os.pipe()
    os.write(write, LINE * 2)
    os.close(write)
    name = f"/dev/fd/{read}"
    view = load(name, name)
    os.close(read)
    assert (view.sources[0].name, view.height, view.complete) == (name, 2, True)


def test_process_substitution(folder):
    program = (
        "import sys\n"
        "from traversion_engine import open_recording\n"
        "print(open_recording(*sys.argv[1:]).view.height)\n"
    )
    shell = f'exec "$0" -c "$1" <(gzip -dc {folder}/a.jsonl.gz) <(cat {folder}/b.jsonl)'
    words = ["bash", "-c", shell, sys.executable, program]
    assert subprocess.run(words, capture_output=True, check=True).stdout == b"5\n"


def bad(path, content):
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\x7fELF\x02\x01\x01", "is a program, not a file of events"),
        (b"\x89PNG\r\n\x1a\n\0\0", "is a PNG picture, not a file of events"),
        (bytes(range(256)) * 40, "is binary, not a file of events"),
        (LINE.decode().encode("utf-32"), "is UTF-32 text"),
        (b"\n\n  \n", "holds only blank lines"),
        (b"[1,2]\n", "holds no events that this version can read"),
        (gzip.compress(b"", mtime=0), "is empty"),
        (gzip.compress(b"[1]\n", mtime=0), "holds no events that this version can read"),
    ],
)
def test_files_without_events(tmp_path, content, sentence):
    path = bad(tmp_path / "f", content)
    with pytest.raises(InputError, match=re.escape(f"{path} {sentence}")):
        load(path)


def test_missing_names_the_nearest(folder):
    with pytest.raises(InputError, match=r"there is no file .*c\.jsonl; did you mean b\.jsonl\?"):
        names(folder / "c.jsonl")
    with pytest.raises(InputError, match="there is no file"):
        names(folder / "nowhere" / "c.jsonl")


def test_an_empty_folder(tmp_path):
    with pytest.raises(InputError, match="holds no event files"):
        names(tmp_path)


def test_a_folder_of_no_events_says_why(tmp_path):
    bad(tmp_path / "x", b"\x7fELF")
    with pytest.raises(InputError, match=r"holds no event files: .*x is a program"):
        names(tmp_path)


def test_special_files_are_refused_without_reading(tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with pytest.raises(InputError, match="is a named pipe"):
        names(fifo)
    with pytest.raises(InputError, match="is a device, not a file of events"):
        names("/dev/zero")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        with pytest.raises(InputError, match="is a socket"):
            names(tmp_path / "s")


def test_an_unreadable_file(folder):
    with (
        mock.patch.object(Path, "open", side_effect=PermissionError(13, "Permission denied")),
        pytest.raises(InputError, match=r"cannot read .*b\.jsonl: permission denied"),
    ):
        names(folder / "b.jsonl")


def test_an_unreadable_file_in_a_folder_is_passed_over(folder):
    really = Path.open

    def guarded(self, *args, **kwargs):
        if self.name == "b.jsonl":
            raise PermissionError(13, "Permission denied")
        return really(self, *args, **kwargs)

    with mock.patch.object(Path, "open", guarded):
        view = load(folder)
    assert view.height == 3
    assert any("permission denied" in note for note in view.sources[0].notes)


def test_a_hostile_name_is_shown_harmless(tmp_path):
    with pytest.raises(InputError) as caught:
        names(tmp_path / "a\x1b]0;x\x07b")
    assert "\x1b" not in str(caught.value)
    with pytest.raises(InputError, match="NUL"):
        names("a\0b")
    with pytest.raises(InputError):
        names("")


def test_a_torn_file_gives_its_rows_and_a_note(tmp_path):
    lines = b"".join(b'{"ts":%d,"n":%d}\n' % (1705333643 + n, n * n) for n in range(20_000))
    packed = gzip.compress(lines)
    view = load(bad(tmp_path / "torn.gz", packed[: len(packed) // 2]))
    assert 0 < view.height < 20_000
    (info,) = view.sources
    assert any("is cut off" in note for note in info.notes)
    assert info.read == info.stored + info.set_aside + info.blank


def test_archives_are_refused_and_say_what_to_do(tmp_path):
    inner = tmp_path / "a.jsonl"
    inner.write_bytes(LINE)
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        tar.add(inner, "a.jsonl")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(inner)
    for name, what in (("a.tar", "a tar archive"), ("a.zip", "a zip archive")):
        with pytest.raises(InputError, match=f"is {what} .unpack it and open what was in it"):
            names(tmp_path / name)


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress, gzip.compress])
def test_every_compression_is_opened_by_its_first_bytes(tmp_path, pack):
    assert load(bad(tmp_path / "odd", pack(LINE * 3))).height == 3


def test_utf_16_text_is_opened(tmp_path):
    assert load(bad(tmp_path / "f", (LINE * 2).decode().encode("utf-16"))).height == 2
