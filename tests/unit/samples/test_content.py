from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.unit.samples.library import CONTENT, PATHS, SAMPLES, SampleMetadata, metadata_of, text_of

BUILT = {".docx", ".pptx", ".xlsx", ".pdf"}
FACT = re.compile(r"^\| (?P<fact>[^|]+) \| (?P<value>[^|]+) \| (?P<documents>[^|]+/[^|]+) \|$", re.MULTILINE)
FACTS = [
    (row["fact"], row["value"], row["documents"].split(", "))
    for row in FACT.finditer((SAMPLES / "README.md").read_text(encoding="utf-8"))
    if "." in row["documents"] and not row["fact"].startswith(("`", "Path"))
]


def unpacked(path: Path) -> dict[str, bytes]:
    """The members of an Office package, or the bytes of a PDF: compression may differ between zlib builds."""
    if path.suffix == ".pdf":
        return {path.name: path.read_bytes()}
    with zipfile.ZipFile(path) as package:
        return {member: package.read(member) for member in package.namelist()}


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("content")
    subprocess.run([sys.executable, SAMPLES / "build.py", target], check=True, capture_output=True)
    return target


def test_the_build_script_reproduces_every_committed_binary(rebuilt: Path) -> None:
    built = {str(path.relative_to(rebuilt)) for path in rebuilt.rglob("*") if path.is_file()}
    assert built == {path for path in PATHS if Path(path).suffix in BUILT}
    for path in sorted(built):
        assert unpacked(rebuilt / path) == unpacked(CONTENT / path), f"{path} is stale: run `make samples`"


def test_the_library_is_small_and_covers_every_format() -> None:
    suffixes = {Path(path).suffix for path in PATHS}
    assert suffixes == BUILT | {".md", ".csv", ".html", ".vtt", ".eml", ".txt"}
    assert sum((CONTENT / path).stat().st_size for path in PATHS) < 3_000_000
    assert len(PATHS) >= 38


@pytest.mark.parametrize("path", PATHS)
def test_a_document_says_what_it_is_and_has_text(path: str) -> None:
    metadata = metadata_of(path)
    assert all((metadata.title, metadata.language, metadata.asset_type, metadata.series, metadata.owner))
    assert len(text_of(path)) > 200


def test_no_sidecar_stands_without_its_document() -> None:
    sidecars = {str(path.relative_to(CONTENT)) for path in CONTENT.rglob("*.meta.yaml")}
    orphans = {path for path in sidecars if not path.endswith("_folder.meta.yaml")}
    assert {path.removesuffix(".meta.yaml") for path in orphans} <= set(PATHS)


def test_a_misspelt_metadata_key_is_noticed() -> None:
    with pytest.raises(ValueError, match="extra_forbidden"):
        SampleMetadata.model_validate({"titel": "x"})


@pytest.mark.parametrize(("fact", "value", "documents"), FACTS, ids=[fact for fact, _, _ in FACTS])
def test_a_shared_fact_stands_in_every_document_of_the_facts_sheet(fact: str, value: str, documents: list[str]) -> None:
    absent = [path for path in documents if value not in text_of(path)]
    assert absent == [], f"{fact}: {value}"


def test_the_facts_sheet_is_read() -> None:
    assert len(FACTS) >= 35
