"""Files that came over HTTP into the content: all of a call or none, visible at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.errors import InvalidRecord, Problem, UnreadableDocument
from assistant.ports.content_store import Quarantined
from ingest.metadata import Declared
from ingest.preparation import IngestOptions
from ingest.sandbox import ParserSandbox
from ingest.sources.upload import UploadSource
from ingest.summary import IngestSummary
from integrations.bootstrap import Liaison


def ingest_uploads(
    liaison: Liaison, sources: Sequence[UploadSource], *, declared: Declared, sandbox: ParserSandbox
) -> IngestSummary:
    """Bring the files into the content. Blocking.

    Every file is read before any is written, so that one bad file leaves everything as it was, an earlier version of
    itself included. Raises UnreadableDocument for one bad file, InvalidRecord naming each of several, and whatever
    Ingest.run raises.
    """
    options = IngestOptions(declared=declared, tiers=liaison.settings.tiers)
    ingest = replace(liaison.ingest(options), sandbox=sandbox)
    trial = ingest.run(sources, dry_run=True)
    refuse([*trial.quarantined, *trial.unavailable])
    done = ingest.run(sources)
    refuse([*done.quarantined, *done.unavailable])
    return done


def refuse(bad: Sequence[Quarantined]) -> None:
    """Raise what is wrong with files, if anything is."""
    if not bad:
        return
    if len(bad) == 1:
        raise UnreadableDocument(
            bad[0].reason, bad[0].detail, hint="Nothing was stored; send it again when it is fixed."
        )
    raise InvalidRecord.of(*(Problem(field=b.path, code=b.reason, message=b.detail) for b in bad))
