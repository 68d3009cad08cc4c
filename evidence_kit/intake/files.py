"""Files of a submission: finding, naming, hashing. Standard library only.

Nothing outside the submission's folder is ever opened: ``..``, absolute paths, drive letters and links that
lead out are refused where a manifest names them, and passed over where a folder is searched.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Iterable, Iterator, MutableMapping
from difflib import get_close_matches
from pathlib import Path, PurePosixPath, PureWindowsPath

from evidence_kit.intake.errors import IntakeError, shown
from evidence_kit.intake.kind import HEAD_BYTES
from evidence_kit.records import dataclass

MAX_FILES = 2_000
"""Files of one submission; an upload form takes a few dozen. More is surely the wrong folder."""
MAX_DEPTH = 8
"""Folders within folders."""
MAX_ENTRIES = 20_000
"""Directory entries looked at before giving up."""
MAX_NAME = 1_024
"""Characters of one path in a manifest."""
CHUNK_BYTES = 1 << 20

MANIFEST_NAMES = ("submission.toml", "submission.json")
_LITTER = frozenset({"__macosx", "thumbs.db", "desktop.ini", "ehthumbs.db", "@eadir", "$recycle.bin"})
_UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


Digests = MutableMapping[str, str]
"""sha256 of file contents by the stamps of their files."""


@dataclass(frozen=True, slots=True)
class Found:
    """One file, not opened yet."""

    id: str
    path: Path


@dataclass(frozen=True, slots=True)
class Look:
    """What reading one file through once tells."""

    size: int
    """In bytes."""
    sha256: str
    """Empty where the file could not be read."""
    head: bytes
    trouble: str | None = None
    """The operating system's reason why the file could not be read."""


def id_of(*parts: str) -> str:
    """The item id of a relative path: ``/``, NFC, and nothing that could disturb a terminal or a report."""
    joined = unicodedata.normalize("NFC", "/".join(parts))
    return _UNSHOWABLE.sub(lambda bad: f"\\u{ord(bad.group()):04x}", joined)


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key in which ``2.jpg`` comes before ``10.jpg``, whatever the case."""
    pieces = re.split(r"([0-9]+)", name.casefold())
    key = [(0, int(piece), "") if piece[:1].isdigit() and piece.isascii() else (1, 0, piece) for piece in pieces]
    return (*key, (2, 0, name))


def search(root: Path) -> tuple[list[Found], list[str]]:
    """All files below ``root`` in natural order, and the ids passed over because they are no ordinary files.

    Hidden files, litter of operating systems and the manifest are left out without a word. Raises IntakeError
    above MAX_FILES, MAX_DEPTH or MAX_ENTRIES, or where the folder itself cannot be read.
    """
    inside = root.resolve()
    found: list[Found] = []
    passed: list[str] = []
    seen = 0
    pending: list[tuple[Path, tuple[str, ...]]] = [(root, ())]
    while pending:
        folder, above = pending.pop()
        for entry in _entries(folder, above, passed):
            seen += 1
            if seen > MAX_ENTRIES or len(found) > MAX_FILES:
                raise _too_many(root)
            parts = (*above, entry.name)
            if _hidden(entry) or (not above and entry.name in MANIFEST_NAMES):
                continue
            if entry.is_dir(follow_symlinks=False):
                if len(parts) > MAX_DEPTH:
                    raise IntakeError(
                        f"文件夹嵌套超过 {MAX_DEPTH} 层: {id_of(*parts)}",
                        f"folders are nested more than {MAX_DEPTH} deep: {id_of(*parts)}",
                        file=root.name or None,
                    )
                pending.append((Path(entry.path), parts))
            elif _ordinary(entry, inside):
                found.append(Found(id_of(*parts), Path(entry.path)))
            else:
                passed.append(id_of(*parts))
    if len(found) > MAX_FILES:
        raise _too_many(root)
    found.sort(key=lambda file: natural(file.id))
    names = told_apart(file.id for file in found)
    return [Found(name, file.path) for name, file in zip(names, found, strict=True)], sorted(passed, key=natural)


def named(root: Path, written: str, *, file: str, key: str, line: int | None) -> Found:
    """The file that a manifest names. Raises IntakeError where it is missing or outside ``root``."""

    def refuse(zh: str, en: str) -> IntakeError:
        return IntakeError(f"{zh}: {shown(written)}", f"{en}: {shown(written)}", file=file, key=key, line=line)

    windows = PureWindowsPath(written)
    parts = windows.parts
    if not written.strip() or len(written) > MAX_NAME or "\0" in written:
        raise refuse("应为文件夹内的相对路径", "expected a path relative to the folder")
    if windows.anchor or PurePosixPath(written).is_absolute():
        raise refuse("只能引用本文件夹内的文件,不能用绝对路径", "absolute paths are refused; expected a relative one")
    if ".." in parts:
        raise refuse("不能引用文件夹之外的文件", "a file outside the folder is refused")
    at = _step_down(root, parts)
    if at is None:
        near = get_close_matches(id_of(*parts), [each.id for each in search(root)[0]], n=1)
        hint = (f",是不是 {near[0]}", f"; did you mean {near[0]}?") if near else ("", "")
        raise refuse("找不到文件" + hint[0], "no such file" + hint[1])
    try:
        real = at.resolve(strict=True)
        if not real.is_relative_to(root.resolve()):
            raise refuse("链接指向文件夹之外,不予读取", "a link that leads out of the folder is refused")
        if not stat.S_ISREG(real.stat().st_mode):
            raise refuse("不是文件", "not a file")
    except (OSError, RuntimeError) as error:
        raise refuse("文件无法打开", "the file cannot be opened") from error
    return Found(id_of(*at.relative_to(root).parts), at)


def bare(paths: list[Path]) -> list[Found]:
    """Files given one by one; ids are names, or paths from the nearest common folder where names repeat."""
    for path in paths:
        if not path.exists():
            raise IntakeError("找不到文件", "no such file", file=str(path))
        if not path.is_file():
            raise IntakeError("不是文件", "not a file", file=str(path))
    names = [id_of(path.name) for path in paths]
    if len(set(names)) < len(names):
        whole = [path.absolute() for path in paths]
        if len(set(whole)) < len(whole):
            twice = next(path for path in whole if whole.count(path) > 1)
            raise IntakeError("同一文件给了两次", "the same file is given twice", file=twice.name)
        try:
            common = Path(os.path.commonpath([path.parent for path in whole]))
            names = [id_of(*path.relative_to(common).parts) for path in whole]
        except ValueError:  # different drives have no common folder
            names = [id_of(path.anchor.strip("\\/:"), *path.parts[1:]) for path in whole]
    return [Found(name, path) for name, path in zip(told_apart(names), paths, strict=True)]


def look(path: Path, digests: Digests | None = None) -> Look:
    """Read ``path`` through once. A file that cannot be read is a Look with ``trouble``, no exception.

    A file whose stamp is in ``digests`` is read no further than its head; one that is read through is added there.
    """
    size = 0
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            seen = os.fstat(stream.fileno())
            before = stamp_of(seen)
            kept = digests.get(before) if digests is not None and before else None
            if kept is not None:
                return Look(seen.st_size, kept, stream.read(HEAD_BYTES))
            digest = hashlib.sha256()
            head = b""
            read = 0
            while chunk := stream.read(CHUNK_BYTES):
                head = head or chunk[:HEAD_BYTES]
                digest.update(chunk)
                read += len(chunk)
            still = before == stamp_of(os.fstat(stream.fileno())) and read == seen.st_size
            if digests is not None and before and still:
                digests[before] = digest.hexdigest()
    except OSError as error:
        return Look(size, "", b"", error.strerror or type(error).__name__)
    return Look(read, digest.hexdigest(), head)


def stamp_of(seen: os.stat_result) -> str:
    """What the file system changes whenever a file's content changes; empty where it cannot be relied on.

    As git's index: device, inode, size, and the times of the content's and of the inode's last change. The last is
    set by the system alone, so that a file of the same size with a time put back is told apart. Windows keeps no such
    time.
    """
    if os.name == "nt":
        return ""
    return f"{seen.st_dev}:{seen.st_ino}:{seen.st_size}:{seen.st_mtime_ns}:{seen.st_ctime_ns}"


def changed_ns(stamp: str) -> int:
    """The later of a stamp's two times, in nanoseconds since the epoch."""
    return max(map(int, stamp.split(":")[3:]))


# --- inside ---


def _entries(folder: Path, above: tuple[str, ...], passed: list[str]) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except OSError as error:
        if not above:
            raise IntakeError(
                f"文件夹无法读取: {error.strerror}",
                f"the folder cannot be read: {error.strerror}",
                file=folder.name or None,
            ) from error
        passed.append(id_of(*above) + "/")


def _hidden(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith((".", "~$")) or entry.name.casefold() in _LITTER:
        return True
    try:
        attributes = getattr(entry.stat(follow_symlinks=False), "st_file_attributes", 0)
    except OSError:
        return False
    return bool(attributes & getattr(stat, "FILE_ATTRIBUTE_HIDDEN", 2))


def _ordinary(entry: os.DirEntry[str], inside: Path) -> bool:
    """A regular file, or a link to one that stays inside; a device or a pipe could hang a reader."""
    try:
        if not entry.is_symlink():
            return entry.is_file(follow_symlinks=False)
        real = Path(entry.path).resolve(strict=True)
        return real.is_relative_to(inside) and real.is_file()
    except (OSError, RuntimeError):
        return False


def _step_down(root: Path, parts: tuple[str, ...]) -> Path | None:
    """``root``/``parts`` as spelt on disk: some systems keep names decomposed (NFD), manifests do not."""
    at = root
    for part in parts:
        straight = at / part
        if not os.path.lexists(straight):
            wanted = unicodedata.normalize("NFC", part)
            try:
                names = [each.name for each in at.iterdir()]
            except OSError:
                return None
            same = sorted(name for name in names if unicodedata.normalize("NFC", name) == wanted)
            if not same:
                return None
            straight = at / same[0]
        at = straight
    return at if at != root else None


def told_apart(names: Iterable[str]) -> list[str]:
    """Names made unique, in order: two may differ on disk and be the same text (NFC and NFD)."""
    used: set[str] = set()
    found = []
    for name in names:
        free, turn = name, 1
        while free in used:
            turn += 1
            free = f"{name} ({turn})"
        used.add(free)
        found.append(free)
    return found


def _too_many(root: Path) -> IntakeError:
    return IntakeError(
        f"文件超过 {MAX_FILES} 个,请确认选对了文件夹;批量检查请用 evidence-kit scan",
        f"more than {MAX_FILES} files: is this the right folder? For many submissions use evidence-kit scan",
        file=root.name or None,
    )
