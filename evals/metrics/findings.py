"""What rules found in a text, an attack or tool calls: nothing where all is well, something where a fault is."""

from __future__ import annotations

from evals.case import Case, Observation
from evals.metrics.metric import Metric

CLEAN, FAULTY, KIT, ATTACK, TOOL_CALLS = "clean copy", "faulty copy", "kit", "attack", "tool calls"
ERROR = "error: "  # how a finding begins that stops a text from going out


def nothing_found(case: Case, seen: Observation) -> float:  # noqa: ARG001 - the signature of every metric
    """1 when nothing was found."""
    return float(not seen.findings)


def no_error_found(case: Case, seen: Observation) -> float:  # noqa: ARG001 - as above
    """1 when nothing was found that stops a text."""
    return float(not any(finding.startswith(ERROR) for finding in seen.findings))


def something_found(case: Case, seen: Observation) -> float:  # noqa: ARG001 - as above
    """1 when something was found."""
    return float(bool(seen.findings))


def _is_clean(case: Case) -> bool:
    return case.kind == CLEAN


def _is_faulty(case: Case) -> bool:
    return case.kind == FAULTY


def _is_kit(case: Case) -> bool:
    return case.kind == KIT


def _is_attack(case: Case) -> bool:
    return case.kind == ATTACK


def _is_tool_calls(case: Case) -> bool:
    return case.kind == TOOL_CALLS


COPY_NOT_STOPPED = Metric(name="copy_not_stopped", version=1, applies=_is_clean, score=no_error_found)
COPY_NOT_FLAGGED = Metric(name="copy_not_flagged", version=1, applies=_is_clean, score=nothing_found)
FAULT_FOUND = Metric(name="fault_found", version=1, applies=_is_faulty, score=something_found)
KIT_SOUND = Metric(name="kit_sound", version=1, applies=_is_kit, score=nothing_found)
ATTACK_WITHSTOOD = Metric(name="attack_withstood", version=1, applies=_is_attack, score=nothing_found)
CALLS_RIGHT = Metric(name="calls_right", version=1, applies=_is_tool_calls, score=nothing_found)
