"""A thousand documents with hostile ones among them: people find the thousand, and why the rest is not there."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.testing import HashEmbedder
from ingest.preparation import IngestOptions
from ingest.sources import open_source
from integrations import cli
from integrations.bootstrap import build
from integrations.settings import Settings
from tests.contract.bombs import HOSTILE

GOOD = 1000
POISON = (
    "zip bomb pptx",
    "billion laughs docx",
    "tables in tables",
    "60 KB PDF to 60 MB",
    "PDF pages in a loop",
    "encrypted PDF",
    "truncated xlsx",
    "lists in lists",
    "deep YAML",
    "one field without end",
    "NUL bytes",
)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_thousand_documents_are_found_and_the_poisoned_ones_among_them_are_named_with_their_reasons(
    tmp_path: Path,
) -> None:
    content = tmp_path / "content"
    content.mkdir()
    for number in range(GOOD):
        (content / f"guide-{number:04d}.md").write_text(f"# Guide {number}\n\nRule {number} of the programme.\n")
    for number, case in enumerate(POISON):
        name, make, _ = HOSTILE[case]
        # Their names put them among the others, so that each crash has documents before and after it.
        (content / f"guide-{number * 90:04d}-{name}").write_bytes(make())
    liaison = build(Settings(data=tmp_path / "data"), embedder=HashEmbedder())
    try:
        summary = liaison.ingest(IngestOptions()).run([open_source(str(content))])
        again = liaison.ingest(IngestOptions()).run([open_source(str(content))])
        catalog = asyncio.run(liaison.content.catalog())
    finally:
        liaison.close()
    assert (summary.added, again.unchanged, again.embedded) == (GOOD, GOOD, 0)
    assert len(catalog.documents) == GOOD
    reasons = {entry.path: entry.reason for entry in summary.quarantined}
    for number, case in enumerate(POISON):
        name, _, expected = HOSTILE[case]
        assert reasons[f"guide-{number * 90:04d}-{name}"] in expected, case
    shown = CliRunner().invoke(cli.app, ["quarantine"], env={"LIAISON_DATA": str(tmp_path / "data"), "COLUMNS": "200"})
    assert shown.exit_code == 0
    assert all(path in shown.output and reason in shown.output for path, reason in reasons.items())
