"""How well a conversation was understood: its intent, its values, what is asked for and what was made up."""

from __future__ import annotations

from evals.case import Case, Observation, SeenDeal, SeenTurn, TurnGold
from evals.metrics.metric import Metric
from evals.turns_score import same

DERIVED = {"customer_domain"}  # may be taken from the contact's address, whether or not the gold names it


def intent_accuracy(case: Case, observation: Observation) -> float:
    """1 when the intent of the last message is right."""
    gold, turn = _both(case, observation)
    return float(turn.intent == gold.intent)


def slot_precision(case: Case, observation: Observation) -> float:
    """The share of the values found that are in the gold with the same meaning; 1 when none is found."""
    right, found, _ = _counts(case, observation)
    return right / found if found else 1.0


def slot_recall(case: Case, observation: Observation) -> float:
    """The share of the gold values that were found."""
    right, _, wanted = _counts(case, observation)
    return right / wanted if wanted else 1.0


def slot_f1(case: Case, observation: Observation) -> float:
    """Twice the right values over found and gold values together."""
    right, found, wanted = _counts(case, observation)
    return 2 * right / (found + wanted) if found + wanted else 1.0


def missing_asked(case: Case, observation: Observation) -> float:
    """The share of the missing slots that are asked for; a value put into one is not asked for."""
    gold, turn = _both(case, observation)
    pairs = [(name, seen) for deal, seen in _pairs(gold, turn) for name in deal.missing]
    return sum(name in seen.missing for name, seen in pairs) / len(pairs)


def invented(case: Case, observation: Observation) -> float:
    """The share of the values found that fill a slot the writer left open; lower is better."""
    gold, turn = _both(case, observation)
    found = [name in deal.missing for deal, seen in _pairs(gold, turn) for name, _ in seen.slots]
    return sum(found) / len(found) if found else 0.0


def _both(case: Case, observation: Observation) -> tuple[TurnGold, SeenTurn]:
    if case.turn is None or observation.turn is None:
        raise ValueError(f"{case.id} is no conversation")
    return case.turn, observation.turn


def _pairs(gold: TurnGold, turn: SeenTurn) -> list[tuple[SeenDeal, SeenDeal]]:
    nothing = SeenDeal((), ())
    longest = max(len(gold.deals), len(turn.deals))
    return [
        (
            gold.deals[index] if index < len(gold.deals) else nothing,
            turn.deals[index] if index < len(turn.deals) else nothing,
        )
        for index in range(longest)
    ]


def _counts(case: Case, observation: Observation) -> tuple[int, int, int]:
    """How many values are right, found and wanted."""
    gold, turn = _both(case, observation)
    right = found = wanted = 0
    for deal, seen in _pairs(gold, turn):
        expected = dict(deal.slots)
        right += sum(name in expected and same(name, value, expected[name]) for name, value in seen.slots)
        found += sum(name in expected or name not in DERIVED for name, _ in seen.slots)
        wanted += len(expected)
    return right, found, wanted


def _is_turn(case: Case) -> bool:
    return case.turn is not None


def _has_gaps(case: Case) -> bool:
    return case.turn is not None and any(deal.missing for deal in case.turn.deals)


def _has_slots(case: Case) -> bool:
    return case.turn is not None and any(deal.slots for deal in case.turn.deals)


INTENT_ACCURACY = Metric(name="intent_accuracy", version=1, applies=_is_turn, score=intent_accuracy)
SLOT_PRECISION = Metric(name="slot_precision", version=1, applies=_is_turn, score=slot_precision)
SLOT_RECALL = Metric(name="slot_recall", version=1, applies=_has_slots, score=slot_recall)
SLOT_F1 = Metric(name="slot_f1", version=1, applies=_is_turn, score=slot_f1)
MISSING_ASKED = Metric(name="missing_asked", version=1, applies=_has_gaps, score=missing_asked)
INVENTED = Metric(name="invented", version=1, applies=_has_slots, score=invented, wrong=1.0)
