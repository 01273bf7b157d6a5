"""What is configured, what is reachable, and what to do about the rest. Looks only: nothing is created or repaired."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from assistant.errors import IndexCorrupt, LiaisonError
from integrations.bootstrap import Liaison
from integrations.settings import Settings, unknown_variables

ROOT = Path(__file__).parents[1]
PACKAGES = ("assistant", "ingest", "prompts", "evals", "integrations")
SCARCE_BYTES = 2 * 2**30  # an index is built beside the one it replaces, so an ingest needs room for both
TENANT = "default"
INGEST_FIRST = "liaison ingest FOLDER"


class Verdict(StrEnum):
    """How a part is: fine, worth a look, or in the way."""

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one part, and what to do about it (empty when there is nothing to do)."""

    part: str
    verdict: Verdict
    detail: str
    advice: str = ""


def examine(liaison: Liaison) -> Iterator[Finding]:
    """Every part in turn; an error of one part is its finding and does not keep the others from being looked at."""
    for part, check in CHECKS.items():
        try:
            yield from check(liaison, part)
        except LiaisonError as error:
            yield Finding(part, Verdict.PROBLEM, error.message, error.hint)


def check_packages(_liaison: Liaison, part: str, *, root: Path = ROOT) -> Iterator[Finding]:
    """Whether the names we import are our folders: they are common words, and another package may have them too."""
    strangers = {name: place for name in PACKAGES if (place := _place(name)) != root / name}
    for name, place in strangers.items():
        yield Finding(
            part,
            Verdict.PROBLEM,
            f"{name} is imported from {place or 'nowhere'}, not from {root / name}.",
            f"Install Liaison into an environment of its own; another package has the name {name}.",
        )
    if not strangers:
        yield Finding(part, Verdict.OK, f"{', '.join(PACKAGES)} from {root}")


def _place(package: str) -> Path | None:
    spec = find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def check_variables(_liaison: Liaison, part: str) -> Iterator[Finding]:
    """Variables that look like ours and are none: a misspelt one would be passed over in silence."""
    known = [f"LIAISON_{name.upper()}" for name in Settings.model_fields]
    for name in unknown_variables():
        near = get_close_matches(name.upper(), known, n=1)
        advice = f"Did you mean {near[0]}?" if near else "See docs/settings.md."
        yield Finding(part, Verdict.NOTE, f"{name} is set, and no setting has this name.", advice)


def check_data(liaison: Liaison, part: str) -> Iterator[Finding]:
    """The data directory: there, writable, with room."""
    data = liaison.settings.data
    nearest = next(folder for folder in (data.absolute(), *data.absolute().parents) if folder.exists())
    if not nearest.is_dir():
        yield Finding(part, Verdict.PROBLEM, f"{nearest} is a file.", "Set LIAISON_DATA to a folder.")
    elif not os.access(nearest, os.W_OK | os.X_OK):
        yield Finding(part, Verdict.PROBLEM, f"{nearest} is not writable.", "Change its owner, or set LIAISON_DATA.")
    elif not data.is_dir():
        yield Finding(part, Verdict.NOTE, f"{data} does not exist yet.", f"It is made by: {INGEST_FIRST}")
    else:
        yield Finding(part, Verdict.OK, f"{data}, writable")
    free = shutil.disk_usage(nearest).free
    scarce = free < SCARCE_BYTES
    advice = "An ingest needs room for a second index; free some, or set LIAISON_DATA." if scarce else ""
    yield Finding("disk", Verdict.NOTE if scarce else Verdict.OK, f"{free / 2**30:.1f} GiB free", advice)


def check_content(liaison: Liaison, part: str) -> Iterator[Finding]:
    """The database of the content."""
    place = liaison.content_place
    if _absent(place):
        yield Finding(part, Verdict.NOTE, f"{place}: nothing ingested yet.", INGEST_FIRST)
        return
    state = liaison.content.state()
    if not state.number:
        yield Finding(part, Verdict.NOTE, f"{_shown(place)} answers and is empty.", INGEST_FIRST)
        return
    held = asyncio.run(liaison.content.sources())
    documents, refused = sum(s.documents for s in held), sum(s.quarantined for s in held)
    yield Finding(part, Verdict.OK, f"{_shown(place)}: {documents} documents, {state.passages} passages")
    if refused:
        yield Finding(part, Verdict.NOTE, f"{refused} files are in quarantine.", "liaison quarantine")


def check_index(liaison: Liaison, part: str) -> Iterator[Finding]:
    """The newest search index: sound, and how far behind the content."""
    if _absent(liaison.content_place) or not liaison.content.state().passages:
        yield Finding(part, Verdict.NOTE, "Nothing to search yet.", INGEST_FIRST)
        return
    state, projections = liaison.content.state(), liaison.projections
    for folder in projections.folders():
        try:
            base = projections.checked(folder).manifest.state
        except IndexCorrupt as error:
            yield Finding(part, Verdict.NOTE, error.message, "The next question or ingest builds it anew.")
            continue
        behind = liaison.content.changes(base, state, limit=state.passages + base.passages)
        if behind is None:
            advice = "The next question or ingest builds its own."
            yield Finding(part, Verdict.NOTE, f"{folder.name} belongs to other content.", advice)
            continue
        count = len(behind.added) + len(behind.removed)
        detail = f"generation {base.number} of {state.number}, {base.passages} passages, every file as it was built"
        yield Finding(part, Verdict.OK, f"{detail}; {count} changes searched beside it" if count else detail)
        return
    advice = f"The next question builds one from the stored vectors, and so does: {INGEST_FIRST}"
    yield Finding(part, Verdict.NOTE, "There is no sound index; questions are answered by reading everything.", advice)


def check_chroma(liaison: Liaison, part: str) -> Iterator[Finding]:
    """The Chroma server, where one is named."""
    url = liaison.settings.chroma_url
    if not url:
        yield Finding(part, Verdict.OK, "embedded, in the data directory")
        return
    try:
        httpx.get(f"{url.rstrip('/')}/api/v2/heartbeat", timeout=5).raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        advice = "Start it, correct LIAISON_CHROMA_URL, or unset it to use the embedded one."
        yield Finding(part, Verdict.PROBLEM, f"{_shown(url)} does not answer: {error}", advice)
    else:
        yield Finding(part, Verdict.OK, f"{_shown(url)} answers")


def check_embedder(liaison: Liaison, part: str) -> Iterator[Finding]:
    """The embedder: it embeds (which checks its weights or its server), and the content was embedded with it."""
    embedder = liaison.embedder
    asyncio.run(embedder.embed_query("Is anybody there?"))
    start = time.perf_counter()
    asyncio.run(embedder.embed_query("How long is a deal registration protected?"))
    took = (time.perf_counter() - start) * 1000
    detail = f"{embedder.fingerprint}, {embedder.dimension} dimensions, {took:.0f} ms for a question"
    yield Finding(part, Verdict.OK, detail)
    state = None if _absent(liaison.content_place) else liaison.content.state()
    if state and state.number and state.fingerprint != embedder.fingerprint:
        yield Finding(
            part,
            Verdict.PROBLEM,
            f"The content was embedded with {state.fingerprint}.",
            "Set LIAISON_EMBEDDER to that one, or set LIAISON_DATA to a new folder and ingest again.",
        )


def check_people(liaison: Liaison, part: str) -> Iterator[Finding]:
    """The partners file."""
    file = liaison.settings.partners
    if file is None:
        advice = "Set LIAISON_PARTNERS to a YAML file; samples/partners.yaml is one."
        yield Finding(part, Verdict.NOTE, "No partners file: every question is anonymous.", advice)
        return
    people = liaison.directory.people
    yield Finding(
        part, Verdict.OK, f"{file}: {len(people.partners)} partners, {len(people.staff)} people of the vendor"
    )
    for partner in people.partners:
        if partner.tier not in liaison.settings.tiers:
            detail = (
                f"{partner.id} has the tier {partner.tier!r}; the programme has {', '.join(liaison.settings.tiers)}."
            )
            yield Finding(part, Verdict.PROBLEM, detail, "Correct the file, or set LIAISON_TIERS, lowest first.")


def check_prm(liaison: Liaison, part: str) -> Iterator[Finding]:
    """The PRM: it opens with its rules of engagement, and whether it holds partners."""
    place = liaison.prm_place
    if _absent(place):
        yield Finding(part, Verdict.NOTE, f"{place}: no partners or deals yet.", "liaison prm seed, or prm import FILE")
        return
    prm = liaison.prm
    rules = f"rules {', '.join(book.name for book in prm.books.books)}"
    if prm.empty(tenant=TENANT):
        advice = "liaison prm seed, or prm import FILE"
        yield Finding(part, Verdict.NOTE, f"{_shown(place)} answers and is empty; {rules}", advice)
    else:
        yield Finding(part, Verdict.OK, f"{_shown(place)} answers; {rules}")


def _absent(place: str | Path) -> bool:
    """A file that opening would create. A server's database is always asked."""
    return isinstance(place, Path) and not place.is_file()


def _shown(place: str | Path) -> str:
    """A place without the name and password in its URL."""
    if isinstance(place, Path):
        return str(place)
    parts = urlsplit(place)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()


CHECKS: dict[str, Callable[[Liaison, str], Iterator[Finding]]] = {
    "packages": check_packages,
    "settings": check_variables,
    "data": check_data,
    "content": check_content,
    "embedder": check_embedder,
    "index": check_index,
    "chroma": check_chroma,
    "partners": check_people,
    "prm": check_prm,
}
