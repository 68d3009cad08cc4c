"""Why a submission could not be opened at all. Standard library only."""

from __future__ import annotations

from evidence_kit.schema import Text


class IntakeError(Exception):
    """A submission that cannot be judged as it stands: the user has to change it (exit code 2).

    ``str()`` is one English line, ``text`` the same in both languages; both begin with file, line and key
    where these are known. Nothing of the file's content is quoted beyond forty characters.
    """

    def __init__(
        self, zh: str, en: str, *, file: str | None = None, key: str | None = None, line: int | None = None
    ) -> None:
        self.file = file
        self.key = key
        self.line = line
        at = f"{file}:{line}" if file and line else file
        where = "".join(f"{part}: " for part in (at, key) if part)
        self.text = Text(where + zh, where + en)
        super().__init__(self.text.en)


def shown(value: object) -> str:
    """``value`` as an error message may quote it: one line, at most forty characters."""
    quoted = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    return quoted if len(quoted) <= 40 else quoted[:39] + "…"
