"""A table of cases: one row a case, its facts in columns named as the manifest's keys, its files in ``files``.

CSV and JSONL by the standard library; Parquet by pyarrow (extra ``[scan]``). What is wrong with the table as a
whole (a column that is no key, text in no known encoding) raises IntakeError; a row's own fault is its case's.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from evidence_kit.batch import storage
from evidence_kit.batch.cases import CaseInput, digest, print_of_file
from evidence_kit.intake.errors import IntakeError, shown
from evidence_kit.intake.files import MAX_FILES, id_of
from evidence_kit.intake.keys import KEYS, TABLES, nearest
from evidence_kit.schema import Text

MAX_BYTES = 200_000_000
"""Of the table itself. A million rows of facts are a few hundred megabytes."""
MAX_ROWS = 1_000_000


def read_table(place: str) -> list[CaseInput]:
    """The cases of the table at a path or an address. Raises IntakeError."""
    data = storage.read_bytes(place, MAX_BYTES)
    suffix = PurePosixPath(place).suffix.lower()
    rows = _parquet(data, place) if suffix == ".parquet" else _csv(data, place) if suffix == ".csv" else _jsonl(data)
    home = place.rpartition("/")[0] if storage.is_address(place) else str(Path(place).parent)
    found: list[CaseInput] = []
    for at, (row, trouble) in enumerate(rows):
        if at >= MAX_ROWS:
            raise IntakeError(f"超过 {MAX_ROWS} 行", f"more than {MAX_ROWS} rows", file=place)
        found.append(_case(row, at, home, trouble))
    return found


# --- the three kinds of table ---

Row = tuple[Mapping[str, Any], Text | None]


def _csv(data: bytes, place: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(_text(data, place), newline=""), strict=True)
    try:
        head = [name.strip() for name in next(reader, [])]
        _known_columns(head, place)
        for cells in reader:
            if not any(cells):
                continue
            trouble = None
            if len(cells) > len(head):
                trouble = Text(
                    f"这一行有 {len(cells)} 格,表头只有 {len(head)} 格", f"{len(cells)} cells under {len(head)} columns"
                )
            yield dict(zip(head, cells, strict=False)), trouble
    except csv.Error as problem:
        raise IntakeError("不是 CSV", f"not a CSV: {problem}", file=place, line=reader.line_num) from None


def _jsonl(data: bytes) -> Iterator[Row]:
    for line in data.removeprefix(b"\xef\xbb\xbf").splitlines():
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as problem:
            yield {}, Text("这一行不是 JSON", f"this line is not JSON: {str(problem)[:120]}")
            continue
        if isinstance(row, dict):
            yield row, None
        else:
            yield {}, Text("应为 JSON 对象 {…}", f"expected a JSON object, not {shown(row)}")


def _parquet(data: bytes, place: str) -> Iterator[Row]:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise IntakeError(
            "读取 Parquet 需要先安装: pip install 'evidence-kit[scan]'",
            "Parquet needs a package: pip install 'evidence-kit[scan]'",
            file=place,
        ) from None
    try:
        table = parquet.ParquetFile(pa.BufferReader(data))
        _known_columns(table.schema_arrow.names, place)
        for batch in table.iter_batches(batch_size=1_000):
            for row in batch.to_pylist():
                yield {key: value for key, value in row.items() if value is not None}, None
    except (pa.ArrowException, OSError, ValueError) as problem:
        if isinstance(problem, IntakeError):
            raise
        raise IntakeError("不是 Parquet", f"not a Parquet file: {str(problem)[:160]}", file=place) from None


def _text(data: bytes, place: str) -> str:
    """UTF-8, or what Excel on a Chinese Windows writes.

    A few Chinese characters of GB 18030 may happen to be UTF-8 for letters of two bytes (Latin, Greek, Arabic), but
    Chinese in UTF-8 has three bytes.
    """
    found = [_decoded(data, encoding) for encoding in ("utf-8-sig", "gb18030")]
    utf8, gb = found
    if utf8 is not None and gb is not None and not data.startswith(b"\xef\xbb\xbf"):
        beyond = [letter for letter in utf8 if letter > "\x7f"]
        if beyond and max(beyond) < "\u0800" and all("\u3000" <= letter < "\ua000" for letter in gb if letter > "\x7f"):
            return gb
    text = utf8 if utf8 is not None else gb
    if text is None:
        raise IntakeError("不是 UTF-8 编码,请另存为 UTF-8", "neither UTF-8 nor GB 18030; save it as UTF-8", file=place)
    return text


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _known_columns(names: Sequence[str], place: str) -> None:
    known = (*KEYS, *TABLES, "files")
    for name in names:
        if name not in known:
            near = nearest(name, known)
            hint = (f",是不是 {near}", f"; did you mean {near}?") if near else ("", "")
            raise IntakeError("未知的列" + hint[0], "unknown column" + hint[1], file=place, key=shown(name)[1:-1])
    twice = next((name for name in names if list(names).count(name) > 1), None)
    if twice is not None:
        raise IntakeError("列重复", "the column stands twice", file=place, key=twice)


# --- one row ---


def _case(row: Mapping[str, Any], at: int, home: str, trouble: Text | None) -> CaseInput:
    facts = {key: value for key, value in row.items() if key not in ("id", "files") and value not in (None, "")}
    stated = row.get("id")
    name = id_of(str(stated).strip()) if isinstance(stated, (str, int)) and str(stated).strip() else f"row-{at + 1}"
    files: tuple[Mapping[str, Any], ...] = ()
    root = home
    if trouble is None:
        try:
            files = _files(row.get("files"))
            root, files = _nearest_root(home, files)
        except IntakeError as problem:
            trouble, files = problem.text, ()
    seen = [_print(root, str(entry["path"])) for entry in files]
    return CaseInput(
        name[:200], at, root, digest(name, facts, files, seen, trouble and trouble.en), facts, files, trouble
    )


def _files(written: object) -> tuple[Mapping[str, Any], ...]:
    if isinstance(written, str):
        text = written.strip()
        try:
            written = json.loads(text) if text.startswith("[") else [text] if text else None
        except (ValueError, RecursionError):
            raise IntakeError("应为 JSON 列表", f"expected a JSON list, not {shown(written)}", key="files") from None
    if not isinstance(written, (list, tuple)) or not written:
        raise IntakeError("这一行没有文件", "this row names no file", key="files")
    if len(written) > MAX_FILES:
        raise IntakeError(f"超过 {MAX_FILES} 个文件", f"more than {MAX_FILES} files", key="files")
    return tuple(_file(entry, at) for at, entry in enumerate(written))


def _file(entry: object, at: int) -> Mapping[str, Any]:
    entry = {"path": entry} if isinstance(entry, str) else entry
    if not isinstance(entry, Mapping) or not isinstance(entry.get("path"), str) or not entry["path"].strip():
        raise IntakeError("应为 {path, role}", "expected a path or {path, role}", key=f"files[{at}]")
    return {str(key): value for key, value in entry.items() if value is not None}


def _nearest_root(home: str, files: tuple[Mapping[str, Any], ...]) -> tuple[str, tuple[Mapping[str, Any], ...]]:
    """The folder that all files share, so that ids are short; addresses and absolute paths stay as they are."""
    paths = [str(entry["path"]) for entry in files]
    for path in paths:
        if ".." in PureWindowsPath(path).parts and not storage.is_address(path):
            raise IntakeError("不能引用 ..", f"a path with .. is refused: {shown(path)}", key="files")
    alone = [stands_alone(path) for path in paths]
    if any(storage.is_address(path) for path in paths) or any(alone) != all(alone):
        return home, files
    split = [Path(path).parts if any(alone) else PureWindowsPath(path).parts for path in paths]
    heads = [parts[:-1] for parts in split]
    cut = next((at for at, names in enumerate(zip(*heads, strict=False)) if len(set(names)) > 1), min(map(len, heads)))
    if not cut:
        return home, files
    short = tuple({**entry, "path": "/".join(parts[cut:])} for entry, parts in zip(files, split, strict=True))
    shared = heads[0][:cut]
    return str(Path(*shared)) if any(alone) else "/".join((home, *shared)), short


def stands_alone(path: str) -> bool:
    """Whether a row's path needs no root: an address, or an absolute path."""
    return storage.is_address(path) or bool(PureWindowsPath(path).anchor) or PurePosixPath(path).is_absolute()


def _print(root: str, path: str) -> object:
    """What changes with a local file; an address is taken to name the same content always."""
    if storage.is_address(path) or storage.is_address(root):
        return path
    return print_of_file(Path(path) if stands_alone(path) else Path(root) / path)
