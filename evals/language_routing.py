"""How often the language of a short question is told wrong: `python -m evals.language_routing PAIRS FAQ`.

PAIRS holds <language>.tsv.gz files of translations, FAQ the questions of the FAQ set. The words that questions are told
by were chosen looking at the first group; the others were not looked at.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from assistant.retrieval.language import primary, question_language
from evals.faq import BeirFile
from ingest.crosslingual.pairs import Pair, languages_in, read_pairs

SHORT, LONGER, SHORT_FAQ = 60, 90, 70  # characters
UNSEEN_SOURCES = ("django-docs", "python-docs")
BAR = 0.01
LOOKED_AT = "looked at"
UNSEEN = "other sources"
LONG = "61 to 90 characters"
MIXED = "English terms in them"
TERMS = (
    "deal registration", "co-sell", "partner tier", "go-to-market plan", "lead sharing", "renewal discount",
    "customer success manager", "marketplace private offer", "sales play", "onboarding call",
)  # fmt: skip
FOREIGN_TERMS = (
    "Rahmenvertrag", "Mittelstand", "nota fiscal", "factura electrónica", "avoir client", "特約店", "Mehrwertsteuer",
)  # fmt: skip
FRAMES = {
    "de": ("Wie läuft die {}?", "Was kostet uns {}?", "Wo finde ich den {}?", "Gilt {} auch für uns?"),
    "en": ("What is {}?", "How do we handle {}?", "Who signs the {}?", "Do we need a {} for this?"),
    "es": ("¿Cómo funciona el {}?", "¿Dónde encuentro el {}?", "¿Qué es el {}?", "¿Quién aprueba el {}?"),
    "fr": ("Comment fonctionne le {} ?", "Où trouver le {} ?", "C'est quoi le {} ?", "Qui valide le {} ?"),
    "it": ("Come funziona il {}?", "Dove trovo il {}?", "Che cos'è il {}?", "Chi approva il {}?"),
    "ja": ("{}はどう進めますか?", "{}とは何ですか?", "{}の条件を教えてください", "{}は必要ですか?"),
    "ko": ("{}은 어떻게 하나요?", "{}이 무엇인가요?", "{} 조건을 알려 주세요", "{}이 필요한가요?"),
    "nl": ("Hoe werkt {}?", "Waar vind ik de {}?", "Wat is een {}?", "Wie keurt de {} goed?"),
    "pl": ("Jak działa {}?", "Gdzie znajdę {}?", "Co to jest {}?", "Kto zatwierdza {}?"),
    "pt": ("Como funciona o {}?", "Onde encontro o {}?", "O que é o {}?", "Quem aprova o {}?"),
    "sv": ("Hur fungerar {}?", "Var hittar jag {}?", "Vad är {}?", "Vem godkänner {}?"),
    "zh": ("{}怎么申请?", "什么是{}?", "{}有什么条件?", "我们需要{}吗?"),
}


def main(arguments: list[str] | None = None) -> int:
    """Print the share of wrong ones by group and by language; 1 when all groups together are above the bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("faq", type=Path)
    parser.add_argument("--wrong", action="store_true", help="print each question that is told wrong")
    options = parser.parse_args(arguments)
    asked: Counter[tuple[str, str]] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    for group, language, question in dict.fromkeys(_questions(options.pairs, options.faq)):
        told = question_language(question, default="en")
        asked[group, language] += 1
        wrong[group, language] += told != language
        if options.wrong and told != language:
            sys.stdout.write(f"{group}: {language} told as {told}: {question}\n")
    for group in (LOOKED_AT, UNSEEN, LONG, MIXED):
        _tell(group, {lang: (wrong[each, lang], n) for (each, lang), n in sorted(asked.items()) if each == group})
    share = wrong.total() / asked.total()
    sys.stdout.write(f"{'all':22} {share:7.2%} of {asked.total():,}, at most {BAR:.0%}\n")
    return int(share > BAR)


def _tell(group: str, found: dict[str, tuple[int, int]]) -> None:
    missed, count = sum(bad for bad, _ in found.values()), sum(n for _, n in found.values())
    languages = "  ".join(f"{language} {bad}/{n}" for language, (bad, n) in found.items())
    sys.stdout.write(f"{group:22} {missed / max(count, 1):7.2%} of {count:,}   {languages}\n")


def _questions(pairs: Path, faq: Path) -> Iterator[tuple[str, str, str]]:
    """Group, language and text of every question."""
    for name in languages_in(pairs):
        for pair in read_pairs(pairs, name):
            yield from _of_pair(pair, primary(name))
    for path in sorted(faq.glob("pcfaq_*_en.json")):
        language = path.stem.split("_")[1]
        found = BeirFile.model_validate_json(path.read_bytes())
        yield from ((LOOKED_AT, language, text) for text in found.queries.values() if len(text) <= SHORT_FAQ)
    for language, frames in FRAMES.items():
        for frame in frames:
            terms = FOREIGN_TERMS if language == "en" else TERMS
            yield from ((MIXED, language, frame.format(term)) for term in terms)


def _of_pair(pair: Pair, language: str) -> Iterator[tuple[str, str, str]]:
    english, foreign = pair.english, pair.foreign.rstrip()
    if not english.endswith("?") or len(english) > LONGER or len(english.split()) < 3 or english == foreign:
        return
    group = UNSEEN if pair.source in UNSEEN_SOURCES else LOOKED_AT if len(english) <= SHORT else LONG
    if group != UNSEEN or len(english) <= SHORT:
        yield group, "en", english
        if foreign.endswith(("?", "？", ";")):
            yield group, language, foreign


if __name__ == "__main__":
    sys.exit(main())
