"""Files for questions in other languages, each taken from the first folder that has it and checked by its digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.errors import SettingsError

FOLDER = Path(__file__).parent  # what ships with Liaison
MANIFEST = "manifest.json"
ENCODER = "encoder"
HINT = "Reinstall Liaison; where the folder is your own, liaison languages rollback."


class Manifest(BaseModel):
    """What a folder holds. `space` is the fingerprint of the embedder that it was learned for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    space: str
    digests: dict[str, str]  # language or "encoder" to SHA-256


def file_name(part: str) -> str:
    """The file of a language's lexicon, or of the encoder."""
    return "encoder.safetensors" if part == ENCODER else f"{part}.tsv.gz"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folders, the most particular first. Raises SettingsError for a file that is not the one a manifest names."""

    folders: tuple[Path, ...]

    @property
    def parts(self) -> frozenset[str]:
        """The languages there are lexicons for, and "encoder" where there is one."""
        return frozenset(part for folder in self.folders for part in manifest(folder).digests)

    @property
    def languages(self) -> frozenset[str]:
        """The languages there are lexicons for."""
        return self.parts - {ENCODER}

    @property
    def space(self) -> str:
        """The fingerprint of the embedder that the files were learned for."""
        return manifest(self.folders[0]).space

    def known(self, language: str) -> bytes:
        """The lexicon of a language, empty when there is none."""
        return self.read(language) if language in self.languages else b""

    def read(self, part: str) -> bytes:
        """A file of the shelf; KeyError when no folder has it."""
        for folder in self.folders:
            digest = manifest(folder).digests.get(part)
            if digest is not None:
                return _checked(folder / file_name(part), digest)
        raise KeyError(part)


def manifest(folder: Path) -> Manifest:
    """The manifest of a folder. Raises SettingsError when it has none."""
    try:
        return Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError) as error:
        raise SettingsError(f"The languages in {folder} have no readable manifest: {error}.", hint=HINT) from error


def write_shelf(folder: Path, parts: Mapping[str, bytes], *, space: str) -> None:
    """Put files and the manifest that names them into a folder; others there stay and stay named."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / MANIFEST
    known = Manifest.model_validate_json(path.read_bytes()).digests if path.is_file() else {}
    for part, data in parts.items():
        (folder / file_name(part)).write_bytes(data)
    digests = known | {part: hashlib.sha256(data).hexdigest() for part, data in parts.items()}
    told = json.dumps({"space": space, "digests": dict(sorted(digests.items()))}, indent=1)
    path.write_text(told + "\n", encoding="utf-8")


def _checked(path: Path, digest: str) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.", hint=HINT) from error
    if hashlib.sha256(data).hexdigest() != digest:
        raise SettingsError(f"{path} is not the file its manifest names.", hint=HINT)
    return data
