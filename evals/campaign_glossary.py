"""The extracted glossary against a list by hand, and the adherence check: `python -m evals.campaign_glossary`.

Where a translation uses a form of the list, as a matcher of word beginnings sees it, the check must be silent; with
that form replaced by another word of the trade it must speak.
"""

from __future__ import annotations

import argparse
import gzip
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from assistant.campaigns.checks import glossary as check
from assistant.campaigns.glossary import Glossary
from assistant.campaigns.library import Library
from assistant.campaigns.locale_pack import LocalePack
from assistant.campaigns.reading import read
from assistant.campaigns.segment import Segment, Term
from evals.workbench import ROOT
from integrations.settings import Settings

LIST = ROOT / "evals" / "datasets" / "glossary.yaml"
FILES = {"de": "de", "es": "es", "fr": "fr", "it": "it", "ja": "ja", "pt": "pt-BR"}
PRECISION_BAR, RECALL_BAR, ALARM_BAR = 0.85, 0.95, 0.02
BEGINNING = 0.7  # of a word, which its inflected forms share
Forms = Mapping[str, tuple[str, ...]]


@dataclass
class Tally:
    """What was counted, by language."""

    right: Counter[str] = field(default_factory=Counter)
    proposed: Counter[str] = field(default_factory=Counter)
    used: Counter[str] = field(default_factory=Counter)
    alarms: Counter[str] = field(default_factory=Counter)
    replaced: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    shown: list[str] = field(default_factory=list)


def main() -> int:
    """Print the table; 0 when every bar is reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=Path, default=(Settings().shared or Path("../shared")) / "data/parallel")
    parser.add_argument("--texts", type=int, default=600, help="texts a language")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    library, tally = Library(), Tally()
    extracted = read(Glossary, library.path("glossary/programme.yaml"))
    by_hand = yaml.safe_load(LIST.read_text(encoding="utf-8"))
    for language, name in FILES.items():
        forms = {concept: tuple(said[language]) for concept, said in by_hand.items()}
        pack = library.locale(name)
        _precision(extracted, forms, pack, tally)
        if (options.pairs / f"{name}.tsv.gz").is_file():
            _adherence(list(_texts(options.pairs / f"{name}.tsv.gz", options.texts)), forms, (library, pack), tally)
    for line in _report(tally):
        sys.stdout.write(f"{line}\n")
    for line in tally.shown if options.show else ():
        sys.stdout.write(f"  {line}\n")
    return 0 if _reached(tally) else 1


def _precision(extracted: Glossary, forms: Forms, pack: LocalePack, tally: Tally) -> None:
    for concept, said in extracted.concepts.items():
        entry = said.get(pack.language)
        if entry is None or concept not in forms:
            continue
        tally.proposed[pack.language] += 1
        accepted = {_same(form, pack) for form in forms[concept]}
        tally.right[pack.language] += _same(entry.term, pack) in accepted
        if _same(entry.term, pack) not in accepted:
            tally.shown.append(f"{pack.language} {concept}: {entry.term} ({entry.seen} of {entry.of})")


def _same(form: str, pack: LocalePack) -> str:
    return check.stems(form, pack).replace(" ", "")


def _texts(path: Path, count: int) -> Iterator[tuple[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines if line.endswith(("\tpartner-center\n", "\td365po\n"))]
    dice = random.Random(8)  # noqa: S311 - a sample, not a secret
    yield from ((row[0], row[1]) for row in dice.sample(rows, min(count * 4, len(rows))))


def _adherence(texts: list[tuple[str, str]], forms: Forms, place: tuple[Library, LocalePack], tally: Tally) -> None:
    library, pack = place
    english, dice = library.locale("en-US"), random.Random(9)  # noqa: S311 - a sample, not a secret
    for source, target in texts:
        for concept in _spoken(source, forms):
            pattern = re.compile("|".join(_matcher(form, pack) for form in forms[concept]), re.IGNORECASE)
            if not pattern.search(target):
                continue
            term = Term(concept, forms[concept])
            tally.used[pack.language] += 1
            if _flagged(source, target, term, (english, pack)):
                tally.alarms[pack.language] += 1
                tally.shown.append(f"{pack.language} alarm: {concept}: {target[:140]!r}")
            wrong = forms[dice.choice([other for other in forms if not set(other.split()) & set(concept.split())])][0]
            changed = pattern.sub(wrong, target)
            if not pattern.search(changed):
                tally.replaced[pack.language] += 1
                tally.found[pack.language] += _flagged(source, changed, term, (english, pack))


def _spoken(source: str, forms: Forms) -> list[str]:
    """Concepts of a source that stand in no longer one, and in no name."""
    low = re.sub(r"partner (?:center|network|agreement)|solutions? partner|cloud partner", " ", source.casefold())
    said = []
    for concept in sorted(forms, key=len, reverse=True):
        if re.search(rf"\b{re.escape(concept)}s?\b", low):
            said.append(concept)
            low = re.sub(rf"\b{re.escape(concept)}s?\b", " ", low)
    return said


def _matcher(form: str, pack: LocalePack) -> str:
    if not pack.spaced:
        return r"\s*".join(map(re.escape, form.replace(" ", "")))
    words = [re.escape(word[: max(3, -int(-len(word) * BEGINNING // 1))]) + r"\w*" for word in re.split("[ ’-]", form)]
    return (r"\b\w*" if pack.language == "de" else r"\b") + r"[\s’'-]+".join(words)


def _flagged(source: str, target: str, term: Term, packs: tuple[LocalePack, LocalePack]) -> bool:
    segment = Segment(source=source, target=target, source_locale=packs[0], locale=packs[1], glossary=(term,))
    return any(check.check(segment))


def _report(tally: Tally) -> list[str]:
    lines = [f"{'':4}{'terms':>8}{'precision@1':>13}{'texts':>8}{'alarms':>9}{'replaced':>10}{'recall':>9}"]
    for language in FILES:
        right = tally.right[language] / max(tally.proposed[language], 1)
        alarms = tally.alarms[language] / max(tally.used[language], 1)
        recall = tally.found[language] / max(tally.replaced[language], 1)
        counts = f"{tally.proposed[language]:8}{right:13.3f}{tally.used[language]:8}{alarms:9.4f}"
        lines.append(f"{language:4}{counts}{tally.replaced[language]:10}{recall:9.4f}")
    lines.append(f"bars: precision {PRECISION_BAR}, alarms {ALARM_BAR}, recall {RECALL_BAR}, in every language")
    return lines


def _reached(tally: Tally) -> bool:
    return all(
        tally.right[language] >= PRECISION_BAR * tally.proposed[language]
        and tally.alarms[language] <= ALARM_BAR * tally.used[language]
        and tally.found[language] >= RECALL_BAR * tally.replaced[language]
        for language in FILES
    )


if __name__ == "__main__":
    sys.exit(main())
