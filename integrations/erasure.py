"""Removing documents, and erasing them: nothing of what was erased is left in the data directory."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from typing import TYPE_CHECKING

from assistant.errors import StorageError

if TYPE_CHECKING:
    from assistant.ports.content_store import ContentWriter
    from integrations.bootstrap import Liaison

PATIENCE_SECONDS = 15.0
LOOK_SECONDS = 0.2


def remove_documents(liaison: Liaison, ids: Collection[str], *, erase: bool = False) -> None:
    """Take documents out of the search; with `erase`, off the disk too. Blocking.

    Raises WriterBusy when another process writes, StorageError when the database refuses, or when another process
    still has an old search index open after 15 seconds; erasing again finishes the work then.
    """
    with liaison.open_writer() as writer:
        writer.remove(ids)
        writer.publish()
        if erase:
            _compact(liaison, writer)
    if erase:
        _forget(liaison, ids)
        wait_for_readers(liaison)


def _compact(liaison: Liaison, writer: ContentWriter) -> None:
    """While nobody else writes: indexes are built anew without what was removed, and the database is rewritten."""
    liaison.projections.renew(liaison.content, liaison.content.state())
    writer.publish()
    liaison.content.compact()


def _forget(liaison: Liaison, ids: Collection[str]) -> None:
    """Drop the answers that quoted the documents from conversations, and their names from gaps."""
    kept = liaison.conversations
    asyncio.run(kept.threads.forget_documents(ids))
    asyncio.run(kept.gaps.forget_documents(ids))
    kept.compact()
    from integrations.records.slack import has_slack_records  # noqa: PLC0415 - its library takes its time

    if has_slack_records(liaison.settings.data, url=liaison.settings.database_url.get_secret_value()):
        liaison.slack.compact()  # a click carries the message it was made on, with what that quotes


def wait_for_readers(liaison: Liaison) -> None:
    """Wait until no process has an older search index open. Raises StorageError after 15 seconds."""
    if liaison.searches:
        liaison.index.follow()
    until = time.monotonic() + PATIENCE_SECONDS
    while held := liaison.projections.held_open(liaison.content.state()):
        if time.monotonic() > until:
            raise StorageError(
                f"{held} other process(es) still have an older search index open.",
                hint="They let go with their next question or when they end; then erase again.",
            )
        time.sleep(LOOK_SECONDS)
