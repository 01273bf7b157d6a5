"""When a text holds a quote or a fact."""

from __future__ import annotations

from collections.abc import Iterable

from evals.case import Case


def normal_space(text: str) -> str:
    """The text with each run of white space as one blank; nothing else is forgiven."""
    return " ".join(text.split())


def holds_gold(case: Case, texts: Iterable[str]) -> bool:
    """Whether the gold quote stands in one of the texts; for multi-section cases, every gold quote in any of them."""
    haystacks = [normal_space(text) for text in texts]
    found = [any(normal_space(gold.quote) in haystack for haystack in haystacks) for gold in case.gold]
    return all(found) if case.every_gold else any(found)


def holds_facts(case: Case, text: str) -> bool:
    """Whether one alternative of every fact stands in the text, case and white space aside."""
    haystack = normal_space(text).lower()
    return all(any(normal_space(option).lower() in haystack for option in fact) for fact in case.facts)


def ranked_documents(docs: Iterable[str]) -> list[str]:
    """Each document once, at the rank of its first passage."""
    return list(dict.fromkeys(docs))
