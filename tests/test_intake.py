"""Folders and files: what becomes an item, what is left out, in which order, under which name."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_kit.intake import UNREADABLE, IntakeError, files, open_submission
from evidence_kit.schema import Submission

from .conftest import NOW

JPEG = b"\xff\xd8\xff\xe0 a picture"
MP4 = b"\0\0\0\x18ftypisom\0\0\0\0isommp41 a film"


def write(folder: Path, name: str, content: bytes = JPEG) -> Path:
    at = folder / name
    at.parent.mkdir(parents=True, exist_ok=True)
    at.write_bytes(content)
    return at


def opened(*paths: Path) -> Submission:
    return open_submission(paths, facts={}, now=NOW)


def ids(submission: Submission) -> list[str]:
    return [item.id for item in submission.items]


def test_a_folder_without_a_manifest(tmp_path: Path) -> None:
    for name in ("10.jpg", "2.jpg", "sub/IMG 1.JPG", "sub/deep/开箱.mp4"):
        write(tmp_path, name, MP4 if name.endswith("mp4") else JPEG)
    made = opened(tmp_path)
    assert ids(made) == ["2.jpg", "10.jpg", "sub/deep/开箱.mp4", "sub/IMG 1.JPG"]
    assert (made.id, made.has_manifest, made.pack) == (tmp_path.name, False, None)
    photo = made.items[0]
    assert (photo.kind, photo.extension, photo.bytes) == ("photo", "jpg", len(JPEG))
    assert photo.sha256 == hashlib.sha256(JPEG).hexdigest()
    assert [item.id for item in made.videos] == ["sub/deep/开箱.mp4"]
    assert made.items[3].extension == "jpg"


def test_content_decides_the_kind(tmp_path: Path) -> None:
    write(tmp_path, "film.jpg", MP4)
    write(tmp_path, "picture.mp4", JPEG)
    write(tmp_path, "picture.txt", JPEG)
    write(tmp_path, "no-extension", JPEG)
    kinds = {item.id: item.kind for item in opened(tmp_path).items}
    assert kinds == {
        "film.jpg": "video",
        "picture.mp4": "photo",
        "picture.txt": "photo",
        "no-extension": "photo",
    }


def test_unknown_content_by_name(tmp_path: Path) -> None:
    write(tmp_path, "broken.jpg", b"no picture")
    write(tmp_path, "broken.mov", b"no film")
    write(tmp_path, "empty.mp4", b"")
    write(tmp_path, "empty.png", b"")
    write(tmp_path, "what", b"?")
    write(tmp_path, "archive.jpg", b"PK\3\4")
    for side in ("说明.txt", "chat.pdf", "orders.xlsx", "report.html", "voice.mp3", "app.zip", "a.db"):
        write(tmp_path, side, b"text")
    write(tmp_path, "paper", b"%PDF-1.4")
    made = opened(tmp_path)
    kinds = {item.id: item.kind for item in made.items}
    assert kinds == {
        "archive.jpg": "photo",
        "broken.jpg": "photo",
        "broken.mov": "video",
        "empty.mp4": "video",
        "empty.png": "photo",
        "what": "photo",
    }
    assert len([note for note in made.notes if note.target]) == 8


def test_hidden_files_and_litter_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, "1.jpg")
    for name in (
        ".hidden.jpg",
        "._1.jpg",
        ".cache/2.jpg",
        "__MACOSX/3.jpg",
        "Thumbs.db",
        "desktop.ini",
        "~$a.docx",
    ):
        write(tmp_path, name)
    made = opened(tmp_path)
    assert (ids(made), made.notes) == (["1.jpg"], ())


def test_links_are_not_followed_outside(tmp_path: Path) -> None:
    inside, outside = tmp_path / "case", tmp_path / "secret"
    write(inside, "1.jpg")
    write(outside, "2.jpg")
    try:
        (inside / "out.jpg").symlink_to(outside / "2.jpg")
        (inside / "folder").symlink_to(outside)
        (inside / "loop").symlink_to(inside)
        (inside / "gone.jpg").symlink_to(inside / "nothing")
        (inside / "self.jpg").symlink_to(inside / "self.jpg")
    except OSError:
        pytest.skip("no links on this system")
    made = opened(inside)
    assert ids(made) == ["1.jpg"]
    assert {note.target for note in made.notes} == {"out.jpg", "folder", "loop", "gone.jpg", "self.jpg"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_never_opened(tmp_path: Path) -> None:
    write(tmp_path, "1.jpg")
    os.mkfifo(tmp_path / "pipe.jpg")
    made = opened(tmp_path)
    assert ids(made) == ["1.jpg"]
    with pytest.raises(IntakeError, match="not a file"):
        opened(tmp_path / "pipe.jpg")


def test_an_unreadable_file_is_an_item_with_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "1.jpg")
    write(tmp_path, "2.jpg")
    plain = Path.open

    def refusing(self: Path, *args: object, **how: object) -> object:
        if self.name == "2.jpg":
            raise PermissionError(13, "Permission denied")
        return plain(self, *args, **how)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refusing)
    made = opened(tmp_path)
    assert [(item.id, item.sha256 == UNREADABLE, item.bytes) for item in made.items] == [
        ("1.jpg", False, len(JPEG)),
        ("2.jpg", True, len(JPEG)),
    ]
    assert made.notes[0].target == "2.jpg" and "Permission denied" in made.notes[0].text.en


def test_nothing_to_judge(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="no photo and no video"):
        opened(tmp_path)
    write(tmp_path, "说明.txt", b"text")
    with pytest.raises(IntakeError, match="1 other files"):
        opened(tmp_path)
    with pytest.raises(IntakeError, match="no such file"):
        opened(tmp_path / "nothing")
    with pytest.raises(IntakeError, match="no file"):
        opened()


def test_text_alone_with_a_manifest_is_a_submission(tmp_path: Path) -> None:
    """Rules R35: text alone fails, and a rule says so; it is no broken input."""
    write(tmp_path, "submission.toml", b'id = "x"')
    made = opened(tmp_path)
    assert (made.items, made.has_manifest) == ((), True)
    assert opened(tmp_path / "submission.toml").id == "x"


def test_bare_files_keep_their_order_and_are_all_items(tmp_path: Path) -> None:
    paths = [write(tmp_path, "b.jpg"), write(tmp_path, "a.mp4", MP4), write(tmp_path, "c.txt", b"text")]
    write(tmp_path, "submission.toml", b'id = "not read"')
    made = opened(*paths)
    assert ids(made) == ["b.jpg", "a.mp4", "c.txt"]
    assert [item.kind for item in made.items] == ["photo", "video", "photo"]
    assert (made.id, made.has_manifest) == (tmp_path.name, False)
    assert opened(paths[0]).id == "b"


def test_bare_files_of_one_name(tmp_path: Path) -> None:
    made = opened(write(tmp_path, "x/1.jpg"), write(tmp_path, "y/1.jpg"))
    assert ids(made) == ["x/1.jpg", "y/1.jpg"]
    with pytest.raises(IntakeError, match="twice"):
        opened(tmp_path / "x/1.jpg", tmp_path / "x/1.jpg")
    with pytest.raises(IntakeError, match="one folder, or files"):
        opened(tmp_path / "x", tmp_path / "y")


def test_ids_are_composed_text_whatever_the_disk_says(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "Müller é.jpg")
    write(tmp_path, decomposed)
    assert ids(opened(tmp_path)) == ["Müller é.jpg"]
    write(tmp_path, "submission.json", '{"files": ["Müller é.jpg"]}'.encode())
    assert ids(opened(tmp_path)) == ["Müller é.jpg"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_ids_cannot_disturb_a_terminal(tmp_path: Path) -> None:
    write(tmp_path, "a\x1b[31m\n.jpg")
    write(tmp_path, "b\u202egpj.exe.jpg")
    with suppress(OSError):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xb5\xa5.jpg")).write_bytes(JPEG)
    for name in ids(opened(tmp_path)):
        assert name.isprintable()
        name.encode()


def test_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / "deep"
    write(deep, "/".join(["d"] * (files.MAX_DEPTH + 1)) + "/1.jpg")
    with pytest.raises(IntakeError, match="nested more than"):
        opened(deep)
    many = tmp_path / "many"
    for number in range(6):
        write(many, f"{number}.jpg")
    monkeypatch.setattr(files, "MAX_FILES", 5)
    with pytest.raises(IntakeError, match="more than 5 files"):
        opened(many)
    monkeypatch.setattr(files, "MAX_FILES", 100)
    monkeypatch.setattr(files, "MAX_ENTRIES", 4)
    with pytest.raises(IntakeError, match="more than"):
        opened(many)


def test_thirty_photos_are_all_counted(tmp_path: Path) -> None:
    for number in range(30):
        write(tmp_path, f"{number}.jpg")
    made = opened(tmp_path)
    assert len(made.counted_photos) == 30
    assert ids(made) == [f"{number}.jpg" for number in range(30)]


def test_the_same_twice(tmp_path: Path) -> None:
    for name in ("b.jpg", "a/1.png", "c.txt"):
        write(tmp_path, name)
    assert opened(tmp_path) == opened(tmp_path)


@given(st.lists(st.text(max_size=12), max_size=8))
def test_natural_order_is_a_total_order(names: list[str]) -> None:
    once = sorted(names, key=files.natural)
    backwards = names[::-1]
    assert sorted(backwards, key=files.natural) == once
    assert sorted(["IMG_10", "img_9", "IMG_2"], key=files.natural) == ["IMG_2", "img_9", "IMG_10"]


@given(st.text(max_size=40))
def test_ids_are_printable_text(name: str) -> None:
    made = files.id_of(name)
    made.encode("utf-8")
    assert not any(char in made for char in "\n\r\x1b\x00\u202e")


def test_keys_can_be_taken_back(tmp_path):
    (tmp_path / "submission.toml").write_text(
        "files = []\n[order]\nreturn_waybills = ['YT1']\nrefused_at = 2026-11-20T10:00:00\n", "utf-8"
    )
    keys = ("order.return_waybills", "order.refused_at")
    kept = open_submission([tmp_path], facts={}, now=NOW).case
    assert kept.order.return_waybills == ("YT1",) and kept.order.refused_at is not None
    taken = open_submission([tmp_path], facts={}, now=NOW, without=keys).case
    assert taken.order.return_waybills == () and taken.order.refused_at is None and taken.assumed_zone == ()
    again = open_submission([tmp_path], facts={"order.return_waybills": "YT2"}, now=NOW, without=keys).case
    assert again.order.return_waybills == ("YT2",)
