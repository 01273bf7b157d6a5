"""The languages that were fitted to an organisation's own content: numbered folders, and which of them is in use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import UsageError
from integrations.languages import FileLexicon
from integrations.languages.shelf import FOLDER, Shelf, write_shelf

IN_USE = "in-use"


def fitted_in(data: Path) -> Fitted:
    """The languages fitted to the content of an installation."""
    return Fitted(data / "languages")


def open_lexicon(data: Path, *, space: str) -> FileLexicon:
    """What an installation knows of other languages, for an embedder of this fingerprint."""
    return FileLexicon(fitted_in(data).shelf, space=space)


@dataclass(frozen=True, slots=True)
class Fitted:
    """The folder `languages` of a data directory. Servers take up what is in use when they start."""

    folder: Path

    @property
    def versions(self) -> list[int]:
        """The numbers there are, oldest first."""
        return sorted(int(path.name) for path in self.folder.glob("[0-9]*") if path.name.isdecimal())

    @property
    def in_use(self) -> int:
        """The number in use; 0 for what ships with Liaison."""
        path = self.folder / IN_USE
        return int(path.read_text(encoding="ascii")) if path.is_file() else 0

    @property
    def shelf(self) -> Shelf:
        """What is in use: the fitted files before those that ship."""
        return Shelf((self.folder / str(self.in_use), FOLDER) if self.in_use else (FOLDER,))

    def add(self, parts: Mapping[str, bytes], *, space: str) -> int:
        """Write a new version, with what the one in use has beyond these parts, and use it; its number."""
        number = max(self.versions, default=0) + 1
        fitted = Shelf(self.shelf.folders[:-1])
        kept = {part: fitted.read(part) for part in fitted.parts}
        write_shelf(self.folder / str(number), kept | dict(parts), space=space)
        self._use(number)
        return number

    def roll_back(self) -> int:
        """Use the version before the one in use, in the end what ships; its number. Raises UsageError at the end."""
        if not self.in_use:
            raise UsageError("Nothing is fitted: what ships with Liaison is in use.", hint="liaison languages show")
        before = max((number for number in self.versions if number < self.in_use), default=0)
        self._use(before)
        return before

    def _use(self, number: int) -> None:
        """One rename decides, so that a reader sees the old number or the new one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        aside = self.folder / f"{IN_USE}.new"
        aside.write_text(str(number), encoding="ascii")
        aside.replace(self.folder / IN_USE)
