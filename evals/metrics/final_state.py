"""Whether the PRM holds what a conversation was meant to come to, and nothing else."""

from __future__ import annotations

from evals.case import Case, Observation
from evals.metrics.metric import Metric


def final_state(_case: Case, observation: Observation) -> float:
    """1 when the PRM says exactly what it should at the end."""
    return float(not observation.differences)


def _is_dialogue(case: Case) -> bool:
    return case.dialogue


FINAL_STATE = Metric(name="final_state", version=1, applies=_is_dialogue, score=final_state)
