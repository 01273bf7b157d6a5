"""`liaison campaign glossary`: how words of the trade are said, from translated texts, for a person to settle."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer
import yaml
from rich.console import Console

from assistant.campaigns.glossary import Concepts, Entry, Glossary
from assistant.campaigns.library import Library
from assistant.campaigns.reading import read
from assistant.campaigns.term_extraction import Aligned, proposals
from assistant.errors import UsageError

HEADER = (
    "# How words of the partner trade are said, extracted from translated texts by `liaison campaign glossary`.\n"
    "# `conflict`: a person chooses, and writes `status: settled` with `by`; such an entry is never overwritten.\n"
)
SHORTEST = 8_000  # texts of each origin but the first
console = Console()
Pairs = Annotated[Path, typer.Option(help="Folder of LANGUAGE.tsv.gz: English, translation, origin.")]
Out = Annotated[Path, typer.Option(help="The glossary file; settled entries in it stay.")]
Origins = Annotated[list[str], typer.Option("--origin", help="Texts of this origin, ORIGIN=SOURCE; repeat it.")]


def glossary(
    *,
    pairs: Pairs,
    out: Out,
    origin: Origins,
    language: Annotated[list[str] | None, typer.Option(help="Only this language; repeat it.")] = None,
) -> None:
    """Extract the glossary, and show what a person must settle."""
    library = Library()
    wanted = read(Concepts, library.path("glossary/concepts.yaml"))
    sources = dict(each.partition("=")[::2] for each in origin)
    old = read(Glossary, out).concepts if out.is_file() else {}
    found: dict[str, dict[str, Entry]] = {concept: dict(old.get(concept, {})) for concept in wanted.concepts}
    for path in sorted(pairs.glob("*.tsv.gz")):
        name = path.name.removesuffix(".tsv.gz")
        if language and name not in language:
            continue
        aligned = list(_aligned(path, tuple(sources)))
        locale = library.locale(name)
        for each in proposals(aligned, wanted.concepts, names=wanted.names, locale=locale):
            before = found[each.concept].get(locale.language)
            if before is None or before.status != "settled":
                found[each.concept][locale.language] = Entry.of_proposal(each)
    _write(out, Glossary(sources={**sources}, concepts=found))
    _show(found)


def _aligned(path: Path, origins: tuple[str, ...]) -> Iterator[Aligned]:
    """All texts of the first origin, and the shortest of the others. Raises UsageError for a file of another form."""
    rows: Mapping[str, list[Aligned]] = {origin: [] for origin in origins}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            parts = line.rstrip("\n").split("\t")
            if len(parts) != len(Aligned.__dataclass_fields__):
                raise UsageError(f"{path}:{number} is not English, translation, origin.", hint="Separate them by tabs.")
            if parts[2] in rows:
                rows[parts[2]].append(Aligned(*parts))
    yield from rows[origins[0]]
    for origin in origins[1:]:
        yield from sorted(rows[origin], key=lambda each: len(each.target))[:SHORTEST]


def _write(out: Path, made: Glossary) -> None:
    lines = [HEADER, yaml.safe_dump({"sources": made.sources}, allow_unicode=True, width=200), "concepts:\n"]
    for concept, entries in made.concepts.items():
        lines.append(f"  {concept}:{'' if entries else ' {}'}\n")
        for language, entry in sorted(entries.items()):
            plain = entry.model_dump(exclude_defaults=True)
            said = yaml.safe_dump(plain, allow_unicode=True, default_flow_style=True, width=10_000, sort_keys=False)
            lines.append(f"    {language}: {said}")
    out.write_text("".join(lines), encoding="utf-8")


def _show(found: Mapping[str, Mapping[str, Entry]]) -> None:
    entries = [(concept, language, each) for concept, said in found.items() for language, each in said.items()]
    for concept, language, each in entries:
        if each.status == "conflict":
            others = ", ".join(f"{form} {count}" for form, count in each.others.items())
            told = f"{concept} ({language}): {each.term} {each.seen} of {each.of}, but also {others}"
            console.print(told, markup=False, highlight=False)
    settle = sum(each.status == "conflict" for _, _, each in entries)
    console.print(f"{len(entries)} terms; {settle} for a person to settle.", highlight=False)
