"""A scoring model from a register, trained on earlier deals and calibrated on the latest ones."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.cosell.history import PastDeal
from assistant.cosell.ledger import Ledger
from assistant.cosell.model import ScoringModel, Window
from assistant.cosell.sharpening import trained
from assistant.cosell.training import FEWEST, calibrated, replayed
from assistant.errors import UsageError

WARM_UP, LATER = 0.2, 0.75  # shares of the deals before which nothing is learnt, and after which is calibrated


def learnt(past: Sequence[PastDeal]) -> ScoringModel:
    """The model of these deals; the first fifth only fills the record. Raises UsageError when they are too few."""
    ordered = sorted(past, key=lambda deal: (deal.need.day, deal.id))
    if len(ordered) < 4 * FEWEST:
        raise UsageError(
            f"{len(ordered)} deals with partners are on record; {4 * FEWEST} are needed to train and calibrate.",
            hint="Record more closed opportunities with their teams.",
        )
    since = ordered[int(WARM_UP * len(ordered))].need.day
    later = ordered[int(LATER * len(ordered))].need.day
    before = [deal for deal in ordered if deal.need.day < later]
    after = [deal for deal in ordered if deal.need.day >= later]
    ledger = Ledger()
    model = trained(before, window=_window([deal for deal in before if deal.need.day >= since]), ledger=ledger)
    return calibrated(model, replayed(after, since=later, ledger=ledger), window=_window(after))


def _window(deals: Sequence[PastDeal]) -> Window:
    if not deals:
        raise UsageError("All deals are of one time.", hint="A model needs deals of several months.")
    return Window(first=deals[0].need.day, last=deals[-1].need.day, deals=len(deals))
