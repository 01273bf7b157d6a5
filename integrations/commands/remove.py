"""`liaison remove`: take content out of the search."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from assistant.errors import UsageError
from integrations.bootstrap import Liaison, build
from integrations.erasure import remove_documents
from integrations.settings import Settings


def remove(
    names: Annotated[list[str], typer.Argument(help="Sources as `liaison sources` lists them, or documents.")],
    erase: Annotated[
        bool, typer.Option("--erase", help="Leave nothing of them in the data directory, indexes rebuilt.")
    ] = False,
) -> None:
    """Remove a source with all its documents, or single documents by path or URL.

    A document that is still in its source comes back with the next ingest of the source.
    """
    liaison = build(Settings())
    try:
        count = sum(remove_one(liaison, name, erase=erase) for name in names)
    finally:
        liaison.close()
    Console().print(f"{'Erased' if erase else 'Removed'} {count} document{'' if count == 1 else 's'}.")


def remove_one(liaison: Liaison, name: str, *, erase: bool = False) -> int:
    """Remove a source or a document; the number of documents that went. Raises UsageError when there is none."""
    local = Path(name).resolve().as_uri()
    known = {entry.source for entry in asyncio.run(liaison.content.sources())}
    documents = asyncio.run(liaison.content.catalog()).documents
    source = next((candidate for candidate in (name, name.rstrip("/"), local) if candidate in known), "")
    if source:
        with liaison.open_writer() as writer:
            ids = list(writer.hashes(source))
            writer.clear_quarantine(source)
    else:
        ids = [d.id for d in documents if name in {d.id, d.uri, d.path} or local == d.uri]
    if not source and not ids:
        raise UsageError(f"There is no source or document {name!r}.", hint="See `liaison sources`.")
    remove_documents(liaison, ids, erase=erase)
    return len(ids)
