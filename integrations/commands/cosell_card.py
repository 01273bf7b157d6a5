"""How a model card reads: Markdown for people."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.cosell.card import ModelCard
from assistant.cosell.model import Window


def markdown(card: ModelCard) -> str:
    """The card as Markdown."""
    return "\n".join(_lines(card)) + "\n"


def _lines(card: ModelCard) -> Iterator[str]:
    yield from ("# Co-sell model", "", f"Learnt from {_window(card.trained)}.", "")
    yield f"Calibrated and measured on {_window(card.held_out)}, which its weights were not learnt from."
    yield from ("", "## Who was found", "", "| Situation | Deals | nDCG@10 | Recall@10 | nDCG@10 by activity alone |")
    yield "|---|---|---|---|---|"
    for part in card.segments:
        yield f"| {part.name} | {part.deals} | {part.ndcg:.3f} | {part.recall:.3f} | {part.activity_ndcg:.3f} |"
    yield from ("", "## Whether probabilities hold", "")
    if card.bins:
        yield "Calibrated on the first half of those deals, compared with the second."
        yield from ("", "| Probability | Pairs | Predicted | Happened |", "|---|---|---|---|")
        for each in card.bins:
            yield f"| {each.low:.0%} to {each.high:.0%} | {each.pairs} | {each.predicted:.4f} | {each.happened:.4f} |"
    else:
        yield "Too few deals to tell."
    yield from ("", "## Features", "", f"As of the day of each deal: {', '.join(card.features)}.", "", "## Limits", "")
    yield from (f"- {limit}" for limit in card.limits)


def _window(window: Window) -> str:
    return f"{window.deals} deals from {window.first} to {window.last}"
