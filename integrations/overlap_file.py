"""Consents, answers given, and offers made, of private account mappings: files in the data directory, for its owner."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from assistant.cosell.overlap import Answer, Consent, Kept, Offer
from assistant.errors import Forbidden, InvalidRecord, Problem, RecordNotFound, StorageError, Throttled, UsageError

T = TypeVar("T")
FOLDER = "overlap"
PARTY = re.compile(r"[a-z0-9][a-z0-9._-]{0,60}")
EVERY = timedelta(days=7)  # one answer a party: each could be a list of guesses
MOST_BYTES = 16 * 2**20
CONSENT, KEPT, MOMENT = TypeAdapter(Consent), TypeAdapter(Kept), TypeAdapter(datetime)
OFFER, ANSWER = TypeAdapter(Offer), TypeAdapter(Answer)


class OverlapFiles:
    """What one installation keeps of its mappings. Raises StorageError when the disk refuses."""

    def __init__(self, data: Path) -> None:
        self._folder = data / FOLDER

    def allow(self, consent: Consent) -> Path:
        """Record a person's consent to a mapping with a party, in place of an earlier one."""
        return self._put(self._of("consent", consent.party), CONSENT, consent)

    def revoke(self, party: str) -> None:
        """Take a consent back. Raises RecordNotFound when there is none."""
        path = self._of("consent", party)
        if not path.exists():
            raise RecordNotFound(f"There is no consent for {party!r}.")
        path.unlink()

    def consent(self, party: str, *, now: datetime) -> Consent:
        """The consent that holds today. Raises Forbidden without one."""
        path = self._of("consent", party)
        found = _read(path, CONSENT) if path.exists() else None
        if found is None or found.until < now.date():
            why = f"ended on {found.until}" if found else "was never given"
            raise Forbidden(f"The consent to compare accounts with {party!r} {why}.", hint=f"{COMMAND} {party} …")
        return found

    def answering(self, party: str, *, now: datetime) -> None:
        """Note that a party is answered now. Raises Throttled when it was within seven days."""
        path = self._of("answered", party)
        if path.exists():
            wait = _read(path, MOMENT) + EVERY - now
            if wait > timedelta():
                told = f"{party!r} was answered less than {EVERY.days} days ago."
                raise Throttled(told, retry_after=wait.total_seconds())
        self._put(path, MOMENT, now)

    def keep(self, kept: Kept) -> None:
        """Keep what is needed to read the answer to an offer."""
        self._put(self._of("offer", kept.offer.id), KEPT, kept)

    def kept(self, offer_id: str) -> Kept:
        """What was kept of an offer. Raises RecordNotFound."""
        path = self._of("offer", offer_id)
        if not path.exists():
            raise RecordNotFound(f"The offer {offer_id!r} was not made here.", hint="Read it where it was made.")
        return _read(path, KEPT)

    def done(self, offer_id: str) -> None:
        """Forget the secret of an offer that was read."""
        self._of("offer", offer_id).unlink(missing_ok=True)

    def _of(self, kind: str, name: str) -> Path:
        if not PARTY.fullmatch(name):
            raise UsageError(f"{name!r} is no name of a party.", hint="Use lower case letters, digits, dots, hyphens.")
        return self._folder / f"{kind}-{name}.json"

    def _put(self, path: Path, adapter: TypeAdapter[T], value: T) -> Path:
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            path.write_bytes(adapter.dump_json(value, indent=1))
        except OSError as error:
            raise StorageError(f"{path} cannot be written: {error.strerror}") from error
        return path


COMMAND = "A channel manager gives it: liaison cosell overlap consent"


def message_from(path: Path, adapter: TypeAdapter[T]) -> T:
    """A message from another party. Raises UsageError for a file that cannot be read, InvalidRecord for no message."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InvalidRecord.of(Problem("file", "size", f"is larger than {MOST_BYTES // 2**20} MB"))
        return adapter.validate_json(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", hint="Name the file you were sent.") from error
    except ValidationError as error:
        raise InvalidRecord.of(Problem("file", "invalid", "is no message of a private account mapping")) from error


def _read(path: Path, adapter: TypeAdapter[T]) -> T:
    try:
        return adapter.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise StorageError(f"{path} cannot be read: {error}") from error
