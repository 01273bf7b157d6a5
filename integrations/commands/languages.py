"""`liaison languages`: questions in other languages, and how they are learned from translations."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from assistant.errors import LiaisonError, UsageError
from assistant.retrieval.language import primary
from ingest.crosslingual.documents import Read, pairs_of, translations
from ingest.crosslingual.fit import FEWEST, Held, divided, fitted_encoder, measured
from ingest.crosslingual.lexicon import learned_lexicon
from ingest.crosslingual.pairs import Pair, languages_in, read_pairs
from ingest.crosslingual.training import trained_encoder
from ingest.preparation import IngestOptions, Preparation
from ingest.sandbox import ParserSandbox
from ingest.sources import open_source
from integrations.bootstrap import Liaison, build
from integrations.languages import FileLexicon, read_encoder
from integrations.languages.fitted import fitted_in
from integrations.languages.shelf import ENCODER, FOLDER, Shelf, write_shelf
from integrations.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Questions in other languages: show, fit to your own translations, undo.")
console = Console()


@dataclass(frozen=True, slots=True)
class Gain:
    """What was learned for a language, and how held-back pairs are found before and after."""

    before: Held
    after: Held
    lexicon: bytes

    @property
    def words(self) -> bool:
        """Whether the new lexicon finds more."""
        return self.after.by_words > self.before.by_words


@app.command()
def show() -> None:
    """The languages that questions are understood in, and which version of what was learned is in use."""
    liaison = build(Settings())
    fitted = fitted_in(liaison.settings.data)
    shelf = fitted.shelf
    console.print(f"languages: {', '.join(sorted(shelf.languages))}")
    versions = ", ".join(map(str, fitted.versions)) or "none"
    console.print(f"in use: {fitted.in_use or 'what ships with Liaison'}; fitted versions: {versions}")
    if shelf.space != liaison.embedder.fingerprint:
        console.print("The embedder is another one than the encoder was learned for: it reads the questions itself.")


@app.command()
def rollback() -> None:
    """Go back to the version before the one in use, in the end to what ships with Liaison."""
    number = fitted_in(Settings().data).roll_back()
    console.print(f"in use: {number or 'what ships with Liaison'}. Servers take it up when they start again.")


@app.command()
def fit(folders: Annotated[list[Path], typer.Argument(exists=True, help="Documents and their translations.")]) -> None:
    """Learn from your own translations, and use what was learned where it finds more of what was held back.

    Documents belong together when their paths differ in the language alone (de/guide.md and en/guide.md, guide.de.md
    and guide.md), or else in folders before it (de/partners/guide.md and en/guide.md), or their metadata name one
    `series`.
    """
    started = perf_counter()
    liaison = build(Settings())
    try:
        _fit(liaison, folders)
    finally:
        liaison.close()
    console.print(f"took {perf_counter() - started:.0f} s")


@app.command("build")
def build_all(
    pairs: Annotated[Path, typer.Argument(exists=True, help="<language>.tsv.gz: English, foreign, source.")],
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = FOLDER,
    language: Annotated[list[str] | None, typer.Option(help="Only this one. May be repeated.")] = None,
    without: Annotated[list[str] | None, typer.Option(help="A source to leave out. May be repeated.")] = None,
) -> None:
    """Learn everything anew from sentence pairs; the same pairs give the same files."""
    started, left_out = perf_counter(), frozenset(without or ())
    embedder = build(Settings()).embedder
    space = embedder.fingerprint
    read = {name: list(read_pairs(pairs, name, without=left_out)) for name in language or languages_in(pairs)}
    for name, found in read.items():
        lexicon = learned_lexicon(found, name)
        write_shelf(out, {primary(name): lexicon}, space=space)
        console.print(f"{name}: {len(found):,} pairs, {len(lexicon) / 1e6:.2f} MB, {perf_counter() - started:.0f} s")
    encoder = trained_encoder(
        read, embedder, told=lambda line: console.print(f"{perf_counter() - started:.0f} s: {line}")
    )
    write_shelf(out, {ENCODER: encoder.to_bytes()}, space=space)
    console.print(f"took {perf_counter() - started:.0f} s")


def _fit(liaison: Liaison, folders: Iterable[Path]) -> None:
    found = _pairs(liaison, folders)
    divided_pairs = {name: divided(pairs) for name, pairs in sorted(found.items())}
    enough = {name: both for name, both in divided_pairs.items() if len(both[1]) >= FEWEST}
    for name in sorted(divided_pairs.keys() - enough.keys()):
        console.print(f"{name}: {len(found[name])} pairs are too few to measure what they teach")
    shelf = fitted_in(liaison.settings.data).shelf
    if not enough:
        raise UsageError(
            "There is no language with enough translations to learn from.",
            hint=f"At least {FEWEST * 5} sentences are needed, in documents that differ in the language alone.",
        )
    if shelf.space != liaison.embedder.fingerprint:
        raise UsageError(
            "The encoder was learned for another embedder than the one in use.", hint="Set LIAISON_EMBEDDER=minilm."
        )
    _learn(liaison, shelf, enough)


def _learn(liaison: Liaison, shelf: Shelf, pairs: Mapping[str, tuple[list[Pair], list[Pair]]]) -> None:
    """Learn, measure, and use what finds more. The encoder is one for all languages: none may lose by it."""
    embedder = liaison.embedder
    encoder = fitted_encoder(
        read_encoder(shelf), {name: learnt for name, (learnt, _) in pairs.items()}, embedder=embedder, told=_embedded
    )
    lexicons = {name: learned_lexicon(learnt, name, known=shelf.known(name)) for name, (learnt, _) in pairs.items()}
    gains = []
    with TemporaryDirectory() as aside:
        write_shelf(Path(aside), {**lexicons, ENCODER: encoder.to_bytes()}, space=shelf.space)
        now, new = (FileLexicon(each, space=shelf.space) for each in (shelf, Shelf((Path(aside),))))
        for name, (_, held) in pairs.items():
            before, after = (measured(held, name, lexicon=each, embedder=embedder) for each in (now, new))
            gains.append(Gain(before, after, lexicons[name]))
    parts = {gain.after.language: gain.lexicon for gain in gains if gain.words}
    moved = [gain.after.by_vector - gain.before.by_vector for gain in gains]
    if min(moved) >= 0 and max(moved) > 0:
        parts[ENCODER] = encoder.to_bytes()
    _tell(gains, parts)
    if not parts:
        console.print("Nothing finds more than what is in use, so nothing was changed.")
        return
    number = fitted_in(liaison.settings.data).add(parts, space=shelf.space)
    console.print(
        f"in use: version {number}. Undo: liaison languages rollback. Servers take it up when they start again."
    )


def _tell(gains: Iterable[Gain], parts: Mapping[str, bytes]) -> None:
    table = Table("language", "held back", "by words", "by meaning", title="Found first among what was held back")
    for gain in gains:
        before, after = gain.before, gain.after
        words, meaning = ("taken" if part in parts else "left" for part in (after.language, ENCODER))
        table.add_row(
            after.language,
            str(after.count),
            f"{before.by_words:.3f} → {after.by_words:.3f} ({words})",
            f"{before.by_vector:.3f} → {after.by_vector:.3f} ({meaning})",
        )
    console.print(table)


def _embedded(done: int) -> None:
    console.print(f"{done:,} English sentences embedded")


def _pairs(liaison: Liaison, folders: Iterable[Path]) -> dict[str, list[Pair]]:
    """The pairs of each language in the folders, each once."""
    pairs: dict[str, dict[Pair, None]] = {}
    with ParserSandbox() as sandbox:
        options = IngestOptions(tiers=liaison.settings.tiers)
        read = [document for folder in folders for document in _documents(folder, sandbox, liaison, options)]
    matched = translations(read)
    for each in matched:
        pairs.setdefault(each.language, {}).update(dict.fromkeys(pairs_of(each)))
    console.print(f"{len(read)} documents, {len(matched)} of them translations of another")
    _tell_alone(read, {each.foreign.document.id for each in matched})
    return {name: list(found) for name, found in pairs.items()}


def _tell_alone(read: Iterable[Read], matched: Collection[str]) -> None:
    foreign = (each.document for each in read if primary(each.document.language) != "en")
    alone = sorted(document.path for document in foreign if document.id not in matched)
    if alone:
        console.print(f"without an English document: {len(alone)}, such as {alone[0]}", highlight=False)
        console.print("Give both the same path but for the language, or one series in their metadata.")


def _documents(folder: Path, sandbox: ParserSandbox, liaison: Liaison, options: IngestOptions) -> list[Read]:
    source = open_source(str(folder))
    preparation = Preparation(liaison.embedder, sandbox, options)
    found = []
    for item in source.items():
        try:
            prepared = preparation.prepare(source, item, known="")
        except LiaisonError as error:
            about = "" if error.message.startswith(item.path) else f"{item.path}: "
            console.print(f"passed over: {about}{error.message}", highlight=False)
            continue
        if prepared:
            found.append(Read(prepared.document, prepared.text))
    return found
