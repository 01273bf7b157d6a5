"""What a check of a deal found: rules that hold or not, and existing engagements with the same customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from assistant.errors import Problem


class Verdict(StrEnum):
    """What a rule, or all rules together, say about a registration; later members outweigh earlier ones."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    REVIEW = "review"
    ASK = "ask"
    REFUSE = "refuse"

    @property
    def weight(self) -> int:
        """How much it weighs against the others."""
        return list(Verdict).index(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule said, in words that name no other partner. `rule` is its id."""

    rule: str
    verdict: Verdict
    message: str
    field: str = ""


class Likeness(StrEnum):
    """How sure it is that two records mean the same customer."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for a match. `value` is the requester's own value, never the other record's."""

    key: str
    value: str
    score: float


@dataclass(frozen=True, slots=True)
class Conflict:
    """An engagement that exists already with what seems to be the same customer.

    `protected` tells an approved engagement from one that still waits; `own` says that it is the requester's own
    registration; `deal_id` is filled only for who may see that deal.
    """

    likeness: Likeness
    evidence: tuple[Evidence, ...]
    same_product: bool
    protected: bool = True
    own: bool = False
    deal_id: str = ""

    @property
    def explanation(self) -> str:
        """A sentence that says why, without saying with whom."""
        reasons = ", ".join(f"{item.key} {item.value}" for item in self.evidence)
        whose = f"your registration {self.deal_id}" if self.own else "an existing engagement"
        product = "the same product" if self.same_product else "another product"
        return f"{self.likeness} match with {whose} for {product}: same {reasons}"


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of all rules with the book and version that made it."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    rules: str
    decided_at: datetime

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """The findings that did not pass, heaviest first."""
        open_findings = (finding for finding in self.findings if finding.verdict is not Verdict.PASS)
        return tuple(sorted(open_findings, key=lambda finding: -finding.verdict.weight))


@dataclass(frozen=True, slots=True)
class DealCheck:
    """What would happen to a draft: `problems` to correct first, `conflicts` found, and the `decision` of the rules."""

    problems: tuple[Problem, ...]
    conflicts: tuple[Conflict, ...]
    decision: Decision

    @property
    def ready(self) -> bool:
        """Whether it can be registered as it stands."""
        return not self.problems and self.decision.verdict in {Verdict.PASS, Verdict.REVIEW}
