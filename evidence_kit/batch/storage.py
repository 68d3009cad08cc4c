"""Files that lie behind an address (``s3://bucket/…``, ``https://…``): listed and brought here through fsspec.

fsspec and the package of each kind of storage are extras: ``pip install 'evidence-kit[scan]'`` or ``[s3]``.
Standard library until an address is met.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from evidence_kit.intake.errors import IntakeError, shown
from evidence_kit.intake.files import MAX_ENTRIES, MAX_FILES, id_of

SCHEMES = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "oss", "http", "https", "file"})
"""What an address may begin with. fsspec's wrappers (``zip::``, ``reference::``) would open files within files."""
MAX_CASE_BYTES = 8_000_000_000
"""Of one case brought here; six photos and a few videos are far below it."""
EXTRAS = {"s3": "s3", "s3a": "s3"}

_ADDRESS = re.compile(r"([a-z][a-z0-9+.:-]*?)://", re.IGNORECASE)


def is_address(place: str) -> bool:
    """Whether ``place`` is an address and not a path. Raises IntakeError for a kind that is not read."""
    found = _ADDRESS.match(place)
    if found is None:
        return False
    if found[1].lower() not in SCHEMES or "::" in place:
        known = ", ".join(sorted(SCHEMES))
        raise IntakeError(
            f"不支持的地址 {shown(place)};支持 {known}", f"no such kind of address: {shown(place)}; known are {known}"
        )
    return True


def opened(place: str) -> tuple[Any, str]:
    """The file system of an address, and the path on it. Raises IntakeError where a package is missing."""
    scheme = place.partition("://")[0].lower()
    extra = EXTRAS.get(scheme, "scan")
    try:
        import fsspec

        system, path = fsspec.core.url_to_fs(place)
    except ImportError as problem:
        raise IntakeError(
            f"读取 {scheme}:// 需要先安装: pip install 'evidence-kit[{extra}]'",
            f"{scheme}:// needs a package: pip install 'evidence-kit[{extra}]' ({problem})",
        ) from None
    except Exception as problem:
        raise IntakeError(f"地址无法打开: {shown(place)}", f"cannot be opened: {reason(problem)}", file=place) from None
    return system, str(path)


@contextmanager
def _told(place: str, zh: str, en: str) -> Iterator[None]:
    """Whatever a disk or a storage library raises, as an IntakeError that says so of ``place``."""
    try:
        yield
    except IntakeError:
        raise
    except OSError as problem:
        raise IntakeError(zh, f"{en}: {problem.strerror or reason(problem)}", file=place) from None
    except Exception as problem:
        raise IntakeError(zh, f"{en}: {reason(problem)}", file=place) from None


def listing(place: str) -> Iterator[tuple[str, list[Any]]]:
    """Every file below an address: its relative name, and what changes when it does (size, tag, time)."""
    system, path = opened(place)
    base = path.rstrip("/")
    with _told(place, "地址无法读取", "cannot be listed"):
        system.invalidate_cache()
        found = system.find(base, detail=True)
    for name, seen in found.items():
        tag = seen.get("ETag") or seen.get("etag") or ""
        when = seen.get("LastModified") or seen.get("mtime") or seen.get("last_modified") or ""
        yield name[len(base) :].lstrip("/"), [seen.get("size"), str(tag), str(when)]


def read_bytes(place: str, most: int) -> bytes:
    """The content of a file at an address or a path. Raises IntakeError where it cannot be read or is too long."""
    with _told(place, "无法读取", "cannot be read"):
        if is_address(place):
            system, path = opened(place)
            with system.open(path, "rb") as stream:
                data = bytes(stream.read(most + 1))
        else:
            with Path(place).open("rb") as stream:
                data = stream.read(most + 1)
    if len(data) > most:
        raise IntakeError(f"超过 {most} 字节", f"more than {most} bytes", file=place)
    return data


def names(place: str) -> list[str]:
    """The files right in a folder, here or at an address; none where there is no folder. Raises IntakeError."""
    with _told(place, "无法读取", "cannot be read"):
        if not is_address(place):
            return [entry.name for entry in os.scandir(place) if entry.is_file()] if Path(place).exists() else []
        system, path = opened(place)
        system.invalidate_cache()
        found = system.ls(path, detail=True) if system.exists(path) else []
    return [PurePosixPath(str(seen["name"])).name for seen in found if seen.get("type") == "file"]


def write_bytes(place: str, data: bytes) -> None:
    """Put a whole file at a path or an address, in the place of what is there. Raises IntakeError."""
    with _told(place, "无法写入", "cannot be written"):
        if is_address(place):
            system, path = opened(place)
            system.makedirs(path.rpartition("/")[0], exist_ok=True)
            system.pipe_file(path, data)
            return
        Path(place).parent.mkdir(parents=True, exist_ok=True)
        beside = Path(f"{place}.{os.getpid()}.part")
        try:
            beside.write_bytes(data)
            beside.replace(place)
        finally:
            beside.unlink(missing_ok=True)


def bring_folder(place: str, into: Path, before: Callable[[str], None]) -> None:
    """Copy everything below an address to ``into``; ``before`` is told each name. Raises IntakeError."""
    system, path = opened(place)
    base = path.rstrip("/")
    left = MAX_CASE_BYTES
    with _told(place, "地址无法读取", "cannot be listed"):
        system.invalidate_cache()
        names = sorted(system.find(base))
    if len(names) > MAX_ENTRIES:
        raise IntakeError(f"文件超过 {MAX_ENTRIES} 个", f"more than {MAX_ENTRIES} files", file=place)
    for name in names:
        parts = PurePosixPath(name[len(base) :].lstrip("/")).parts
        if not parts or any(part in ("..", ".", "/") or "\0" in part for part in parts):
            continue
        before("/".join(parts))
        left -= _bring(system, name, into.joinpath(*parts), left, place)


def bring_files(places: Sequence[str], into: Path, before: Callable[[str], None]) -> list[str]:
    """Copy files at addresses or paths to ``into``; their names there, in order, told apart. Raises IntakeError."""
    if len(places) > MAX_FILES:
        raise IntakeError(f"文件超过 {MAX_FILES} 个", f"more than {MAX_FILES} files")
    left = MAX_CASE_BYTES
    names: list[str] = []
    for place in places:
        plain = id_of(PurePosixPath(place.partition("?")[0].replace("\\", "/")).name) or "file"
        name, turn = plain, 1
        while name in names:
            turn += 1
            name = f"{PurePosixPath(plain).stem} ({turn}){PurePosixPath(plain).suffix}"
        before(name)
        system, path = opened(place) if is_address(place) else (_Disk(), place)
        left -= _bring(system, path, into / name, left, place)
        names.append(name)
    return names


def reason(problem: BaseException) -> str:
    """An error of a storage library in one bounded line, without an address's secrets."""
    text = " ".join(str(problem).split()) or type(problem).__name__
    text = re.sub(r"(?i)(https?://)[^/\s@]*@", r"\1", re.sub(r"\?\S+", "?…", text))
    return f"{type(problem).__name__}: {text[:160]}"


# --- inside ---


def _bring(system: Any, path: str, to: Path, most: int, place: str) -> int:
    to.parent.mkdir(parents=True, exist_ok=True)
    try:
        with system.open(path, "rb") as source, to.open("wb") as target:
            shutil.copyfileobj(_Bounded(source, most), target, 1 << 20)
    except _TooMuch:
        raise IntakeError(f"一个案件超过 {MAX_CASE_BYTES} 字节", "a case of too many bytes", file=place) from None
    except Exception as problem:
        raise IntakeError(f"文件取不到: {shown(place)}", f"cannot be fetched: {reason(problem)}", file=path) from None
    return to.stat().st_size


class _Disk:
    """This machine's files, opened as fsspec opens others."""

    def open(self, path: str, mode: str) -> Any:
        return Path(path).open(mode)


class _TooMuch(Exception):
    """More bytes than a case may have."""


class _Bounded:
    """A stream that ends with _TooMuch: a listing may lie about sizes, and an address may never end."""

    def __init__(self, stream: Any, most: int) -> None:
        self.stream = stream
        self.left = most

    def read(self, count: int = -1) -> bytes:
        data = bytes(self.stream.read(count))
        self.left -= len(data)
        if self.left < 0:
            raise _TooMuch
        return data
