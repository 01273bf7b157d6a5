"""Quotes in another language than the asker's: which words of the trade stand in them, and how the asker says those."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.domain.terms import terms
from assistant.retrieval.language import primary
from prompts.glossary import trade_words
from prompts.messages import message

MOST = 6


def glossed(quotes: Iterable[str], language: str) -> tuple[str, ...]:
    """A notice for quotes from English sources under a question in `language`; none where no word can be glossed.

    The words come from the glossary and are marked as matched by machine: nothing that is quoted is translated.
    """
    text = f" {' '.join(term for quote in quotes for term in terms(quote, 'en'))} "
    found: list[str] = []
    for concept, said in sorted(trade_words(primary(language)).items(), key=lambda pair: (-len(pair[0]), pair[0])):
        stem = f" {' '.join(terms(concept, 'en'))} "
        if stem in text and said.casefold() != concept.casefold():
            found.append(f"{concept} = {said}")
            text = text.replace(stem, " | ")  # a longer word of the trade holds the shorter ones
    return (message("notice_glossed", language, terms="; ".join(found[:MOST])),) if found else ()
