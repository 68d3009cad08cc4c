"""Files and manifest -> Submission."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from evidence_kit.intake import files
from evidence_kit.intake.errors import IntakeError
from evidence_kit.intake.files import MANIFEST_NAMES, Digests, Found, Look, look
from evidence_kit.intake.kind import IMAGE_EXTENSIONS, SIDE_EXTENSIONS, VIDEO_EXTENSIONS, Content, content_of
from evidence_kit.intake.manifest import Listed, Stated, Written, read_manifest, settle
from evidence_kit.lines import line_of
from evidence_kit.schema import Item, Kind, Note, Submission, Text


def open_submission(
    paths: Sequence[Path],
    *,
    facts: Mapping[str, Any],
    now: datetime,
    with_manifest: bool = True,
    without: Collection[str] = (),
    digests: Digests | None = None,
) -> Submission:
    """See the package's own ``open_submission``."""
    paths = _meant(paths) if with_manifest else [Path(path) for path in paths]
    if len(paths) == 1 and paths[0].is_dir():
        return _folder(paths[0], facts, now, with_manifest, without, digests)
    if not paths:
        raise IntakeError("没有给出文件或文件夹", "no file and no folder was given")
    for path in paths:
        if path.is_dir():
            raise IntakeError(
                "一次只能检查一个文件夹,或若干文件", "one folder, or files, make a submission", file=str(path)
            )
    stated = settle(None, facts, now)
    notes: list[Note] = []
    found = files.bare(list(paths))
    items = tuple(_item(file, look(file.path, digests), None, notes) for file in found)
    whole = paths[0].absolute()
    name = whole.stem if len(paths) == 1 else whole.parent.name
    return _submission(stated, name, items, notes, has_manifest=False)


def stated_pack(paths: Sequence[Path]) -> str | None:
    """See the package's own ``stated_pack``."""
    meant = _meant(paths)
    manifest = read_manifest(meant[0]) if len(meant) == 1 and meant[0].is_dir() else None
    pack = manifest.content.get("pack") if manifest else None
    return pack if isinstance(pack, str) else None


def _meant(paths: Sequence[Path]) -> list[Path]:
    """A manifest given alone stands for its folder."""
    paths = [Path(path) for path in paths]
    if len(paths) == 1 and paths[0].name in MANIFEST_NAMES and paths[0].is_file():
        return [paths[0].parent]
    return paths


def _folder(
    root: Path,
    facts: Mapping[str, Any],
    now: datetime,
    with_manifest: bool,
    without: Collection[str],
    digests: Digests | None,
) -> Submission:
    manifest = read_manifest(root) if with_manifest else None
    stated = settle(manifest, facts, now, without=without)
    notes: list[Note] = []
    if stated.files is None:
        items = _searched(root, notes, digests)
    else:
        # The command line's files go before the manifest's, and its errors name no manifest.
        by_hand = facts.get("files") is not None
        items = _named(root, None if by_hand else manifest, stated.files, notes, digests)
    if not items and manifest is None and stated.files is None:
        beside = f"(另有 {len(notes)} 个其他文件)" if notes else ""
        beside_en = f" ({len(notes)} other files are)" if notes else ""
        raise IntakeError(
            f"文件夹里没有图片或视频{beside}",
            f"no photo and no video is in the folder{beside_en}",
            file=str(root),
        )
    return _submission(stated, root.resolve().name, items, notes, has_manifest=manifest is not None)


def _submission(
    stated: Stated, name: str, items: tuple[Item, ...], notes: list[Note], *, has_manifest: bool
) -> Submission:
    if stated.case.assumed_zone:
        keys = ", ".join(stated.case.assumed_zone)
        notes.append(
            Note(
                Text(
                    f"未写时区,按北京时间(+08:00)读取: {keys}",
                    f"no offset, read as Beijing time (+08:00): {keys}",
                )
            )
        )
    return Submission(
        id=stated.id or files.id_of(name) or "submission",
        case=stated.case,
        items=items,
        pack=stated.pack,
        has_manifest=has_manifest,
        notes=tuple(notes),
    )


def _searched(root: Path, notes: list[Note], digests: Digests | None) -> tuple[Item, ...]:
    found, passed = files.search(root)
    passed_over = Text(
        "已跳过: 不是普通文件,或链接指向文件夹之外,或无法读取",
        "passed over: no ordinary file, a link that leads out of the folder, or not readable",
    )
    notes.extend(Note(passed_over, name) for name in passed)
    items = []
    for file in found:
        seen = look(file.path, digests)
        content = content_of(seen.head)
        if _beside(file, seen, content):
            notes.append(Note(Text("不是图片或视频,已忽略", "neither photo nor video: ignored"), file.id))
        else:
            items.append(_item(file, seen, None, notes))
    return tuple(items)


def _named(
    root: Path, manifest: Written | None, listed: tuple[Listed, ...], notes: list[Note], digests: Digests | None
) -> tuple[Item, ...]:
    """The items of a list of files, in its order. Each file once: a role belongs to a file."""
    source = manifest or Written(None, {})
    items: list[Item] = []
    where: dict[Path, str] = {}
    for entry in listed:
        key = f"{entry.key}.path"
        found = files.named(root, entry.path, file=source.file or "files", key=key, line=line_of(source.lines, key))
        real = found.path.resolve()
        if real in where:
            source.refuse(key, f"与 {where[real]} 是同一文件", f"the same file as {where[real]}")
        where[real] = entry.key
        items.append(_item(found, look(found.path, digests), entry, notes))
    return tuple(items)


def _beside(file: Found, seen: Look, content: Content | None) -> bool:
    """A file that merely lies in the folder: neither content nor name says photo or video.

    A file with the name of a picture stays, whatever it holds: its owner means it as one, and learns that no
    platform can show it.
    """
    if content is not None and content.kind != "other":
        return False
    extension = _extension(file)
    if extension in IMAGE_EXTENSIONS or extension in VIDEO_EXTENSIONS:
        return False
    return content is not None or extension in SIDE_EXTENSIONS


def _item(file: Found, seen: Look, entry: Listed | None, notes: list[Note]) -> Item:
    if seen.trouble is not None:
        notes.append(Note(Text(f"文件无法读取: {seen.trouble}", f"the file cannot be read: {seen.trouble}"), file.id))
    extension = _extension(file)
    return Item(
        id=file.id,
        kind=_kind(content_of(seen.head), extension),
        path=str(file.path),
        bytes=seen.size,
        sha256=seen.sha256,
        role=entry.role if entry else None,
        source=entry.source if entry else None,
        extension=extension,
    )


def _kind(content: Content | None, extension: str) -> Kind:
    """By content; where that is neither, by name, so that the right header sensor says what is wrong."""
    if content is not None and content.kind != "other":
        return content.kind
    return "video" if extension in VIDEO_EXTENSIONS else "photo"


def _extension(file: Found) -> str:
    return file.path.suffix[1:].lower()
