"""What a built generation is made of: its content state, its statistics and a checksum of every file."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from assistant.errors import IndexCorrupt
from assistant.ports.content_store import ContentState
from integrations.indexes.lexical import Statistics

NAME = "manifest.json"
STAMP = "verified.json"
FORMAT = 1  # of the files; a generation of another format is rebuilt


@dataclass(frozen=True, slots=True)
class FileMark:
    """Size in bytes and SHA-256 of a file."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A built generation. `recall` is how many of the exact ten nearest passages Chroma found, measured when built."""

    state: ContentState
    dimension: int
    scopes: dict[str, int]
    statistics: dict[str, Statistics]
    collection: str = ""
    recall: float = 0.0
    files: dict[str, FileMark] = field(default_factory=dict)
    format: int = FORMAT


_adapter = TypeAdapter(Manifest)


def generation_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file the manifest answers for, with its name relative to the folder."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in {NAME, STAMP}:
            yield name, path


def mark_files(folder: Path) -> dict[str, FileMark]:
    """The marks of all files of a generation, each flushed to disk."""
    marks = {}
    for name, path in generation_files(folder):
        with path.open("rb") as file:
            os.fsync(file.fileno())
        marks[name] = FileMark(size=path.stat().st_size, sha256=_sha256(path))
    return marks


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest under its own checksum."""
    body = _adapter.dump_json(manifest)
    write_whole(folder / NAME, hashlib.sha256(body).hexdigest().encode() + b"\n" + body)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a generation. Raises IndexCorrupt when it is missing, torn, or of another format."""
    try:
        digest, _, body = (folder / NAME).read_bytes().partition(b"\n")
        if hashlib.sha256(body).hexdigest().encode() != digest:
            raise IndexCorrupt(f"The manifest of {folder.name} is torn.")
        manifest = _adapter.validate_json(body)
    except OSError as error:
        raise IndexCorrupt(f"The manifest of {folder.name} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        raise IndexCorrupt(f"The manifest of {folder.name} is of another release.") from error
    if manifest.format != FORMAT:
        raise IndexCorrupt(f"The generation {folder.name} is of another release.")
    return manifest


def check_files(folder: Path, manifest: Manifest) -> None:
    """Compare every file with its mark. Raises IndexCorrupt naming the first that is missing, extra or changed."""
    found = dict(generation_files(folder))
    if different := sorted(set(found) ^ set(manifest.files)):
        raise IndexCorrupt(f"{folder.name}: {different[0]} is missing or does not belong there.")
    for name, mark in manifest.files.items():
        try:
            same = found[name].stat().st_size == mark.size and _sha256(found[name]) == mark.sha256
        except OSError as error:
            raise IndexCorrupt(f"{folder.name}: {name} cannot be read: {error.strerror}.") from error
        if not same:
            raise IndexCorrupt(f"{folder.name}: {name} has changed since it was built.")


def write_stamp(folder: Path) -> None:
    """Note that the files as they are now were verified and opened safely."""
    write_whole(folder / STAMP, json.dumps(_signature(folder)).encode())


def stamped(folder: Path) -> bool:
    """Whether no file was touched since the stamp: same names, sizes and modification times."""
    try:
        noted: object = json.loads((folder / STAMP).read_bytes())
        return noted == _signature(folder)
    except (OSError, ValueError):
        return False


def _signature(folder: Path) -> list[list[str | int]]:
    files = [(NAME, folder / NAME), *generation_files(folder)]
    return [[name, path.stat().st_size, path.stat().st_mtime_ns] for name, path in files]


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that after a crash it has all of the old or all of the new content."""
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Make the entries of a folder survive a crash of the machine."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
