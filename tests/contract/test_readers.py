from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.errors import UnreadableDocument
from ingest import readers
from ingest.readers import PARTS, READERS, read
from ingest.sandbox import ParserSandbox
from ingest.section import ReadDocument
from ingest.verdict import HINTS, Reason
from tests.conftest import ROOT
from tests.contract.bombs import paged_pdf, valid

SAMPLES = ROOT / "samples"
CAPTION = "00:00:01{0}000 --> 00:00:04{0}000\nClause 1 Gold partners get 20 percent.\n"
MINIMAL: dict[str, Callable[[], bytes]] = {
    "markdown": lambda: b"# Tiers\n\nGold partners get 20 percent. Clause 1",
    "faq": lambda: (
        b"### YamlMime:FAQ\ntitle: Tiers\nsections:\n- name: A\n  questions:\n"
        b"  - question: Q?\n    answer: Gold partners get 20 percent. Clause 1\n"
    ),
    "txt": lambda: b"Gold partners get 20 percent. Clause 1",
    "csv": lambda: b"Tier,Discount\nGold partners get 20 percent,Clause 1\n",
    "captions": f"WEBVTT\n\n{CAPTION.format('.')}".encode,
    "html": lambda: b"<html><body><h1>Tiers</h1><p>Gold partners get 20 percent. Clause 1</p></body></html>",
    "eml": lambda: b"From: a@example.com\nSubject: Tiers\n\nGold partners get 20 percent. Clause 1\n",
    "pdf": lambda: paged_pdf(1),
    "docx": lambda: valid("docx"),
    "pptx": lambda: valid("pptx"),
    "xlsx": lambda: valid("xlsx"),
}
SUBRIP = f"1\n{CAPTION.format(',')}".encode()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[ParserSandbox]:
    with ParserSandbox() as box:
        yield box


def minimal(suffix: str) -> bytes:
    return SUBRIP if suffix == ".srt" else MINIMAL[READERS[suffix].module]()


def outcome(path: Path, sandbox: ParserSandbox) -> ReadDocument | str:
    try:
        return read(path.read_bytes(), path.name, sandbox=sandbox)
    except UnreadableDocument as error:
        assert error.reason in set(Reason)  # noqa: PT017 (both outcomes are right)
        return error.reason


def test_every_reader_is_in_the_table() -> None:
    files = {path.stem for path in Path(readers.__file__).parent.glob("*.py")} - {"__init__"} - set(PARTS)
    assert files == {reader.module for reader in READERS.values()}


def test_every_reason_has_a_hint() -> None:
    assert set(HINTS) == set(Reason)


@pytest.mark.parametrize("suffix", READERS)
def test_each_type_yields_located_sections(suffix: str, sandbox: ParserSandbox) -> None:
    document = read(minimal(suffix), f"folder/tiers{suffix}", sandbox=sandbox)
    assert document.title
    assert any("20 percent" in section.text or "Clause 1" in section.text for section in document.sections)
    for section in document.sections:
        assert section.text.strip() == section.text != ""
        assert re.fullmatch(r"\d+|\d\d:\d\d:\d\d", section.locator.start)
        assert re.fullmatch(r"\d+|\d\d:\d\d:\d\d", section.locator.end)


@pytest.mark.parametrize("suffix", READERS)
def test_each_type_refuses_an_empty_file(suffix: str, sandbox: ParserSandbox) -> None:
    for data in (b"", b" \r\n\t\n ", b"\xef\xbb\xbf\n"):
        with pytest.raises(UnreadableDocument) as caught:
            read(data, f"a{suffix}", sandbox=sandbox)
        assert caught.value.reason in {"empty", "corrupt"}


OTHERS = ("pdf", "docx", "xlsx", "png")


@pytest.mark.parametrize(("suffix", "other"), [(s, o) for s in READERS for o in OTHERS if READERS[s].module != o])
def test_each_type_refuses_a_file_that_is_something_else(suffix: str, other: str, sandbox: ParserSandbox) -> None:
    data = b"\x89PNG\r\n\x1a\n" + bytes(99) if other == "png" else MINIMAL[other]()
    with pytest.raises(UnreadableDocument) as caught:
        read(data, f"a{suffix}", sandbox=sandbox)
    assert caught.value.reason == "mislabelled"


@pytest.mark.parametrize("suffix", READERS)
def test_each_type_refuses_a_file_beyond_its_limit_unread(suffix: str, sandbox: ParserSandbox) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        read(bytes(READERS[suffix].max_bytes + 1), f"a{suffix}", sandbox=sandbox)
    assert caught.value.reason == "too_large"


@pytest.mark.parametrize("name", ["a.exe", "a", "a.doc", "archive.zip", ".md/hidden"])
def test_other_types_are_unsupported_by_name(name: str, sandbox: ParserSandbox) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        read(b"text", name, sandbox=sandbox)
    assert caught.value.reason == "unsupported"


def test_every_sample_document_is_read(sandbox: ParserSandbox) -> None:
    files = [
        p for p in sorted(SAMPLES.rglob("*")) if p.suffix in READERS and not p.name.endswith((".meta.yaml", ".yml"))
    ]
    files = [path for path in files if "content" in path.parts]
    assert {path: result for path in files if isinstance(result := outcome(path, sandbox), str)} == {}


# What the broken and hostile ones among the real files are refused for; all others give sections.
REFUSED = {
    "MEDRPT-2024-PAT-3847_medical_report_scan.md": "empty",
    "MEDRPT-2024-PAT-3847_medical_report_scan.pdf": "no_text",
    "empty.eml": "empty",
    "empty.txt": "empty",
    "empty.xlsx": "no_text",
    "fake-encrypted.eml": "encrypted",
    "fake-html-lang-de.html": "no_text",
    "fake-text-all-whitespace.txt": "empty",
    "loremipsum-flat.pdf": "no_text",
    "mime-multipart-digest.eml": "no_text",
    "mime-no-body.eml": "no_text",
    "password.pdf": "encrypted",
    "password_protected.xlsx": "encrypted",
    "picture.pptx": "no_text",
    "single_table.pdf": "no_text",
    "table-multi-row-column-cells.pdf": "no_text",
    "test-image-jpg-mime.pptx": "no_text",
}


@pytest.mark.slow
@pytest.mark.shared
def test_real_documents_give_sections_or_the_reason_they_cannot(shared: Path, sandbox: ParserSandbox) -> None:
    files = [path for path in sorted((shared / "corpora" / "documents").rglob("*")) if path.suffix in READERS]
    assert len(files) > 150
    refused = {path.name: result for path in files if isinstance(result := outcome(path, sandbox), str)}
    assert refused == REFUSED
    assert sandbox.started == 1


@pytest.mark.shared
def test_the_whole_documentation_corpus_is_read_in_seconds(shared: Path, sandbox: ParserSandbox) -> None:
    files = [path for path in sorted((shared / "corpora" / "partner-center" / "en").rglob("*")) if path.is_file()]
    started = time.process_time()
    documents = [read(path.read_bytes(), path.name, sandbox=sandbox) for path in files]
    assert time.process_time() - started < 15
    assert len(documents) == 1171 + 26
    assert all(document.title and document.sections for document in documents)
    assert sum(len(document.warnings) for document in documents) == 1  # one file's front matter is broken
