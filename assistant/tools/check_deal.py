"""Check a deal before registering it: what is missing, which rules hold, whether the customer is taken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import ClassVar

from assistant.domain.deals_check import Conflict, DealCheck, Finding, Verdict
from assistant.domain.people import Requester, Role
from assistant.domain.written import listed
from assistant.errors import InvalidRecord, Problem
from assistant.ports.prm import Prm
from assistant.tools.complaints import complaint
from assistant.tools.deal_form import PLACES, DealFields, Products, draft_of, missing
from assistant.tools.labels import label
from assistant.tools.tool import Card, Row, ToolCall, ToolResult
from prompts.messages import message

LEAST = ("customer_name", "customer_country")


@dataclass(frozen=True, slots=True)
class CheckDeal:
    """Says what would happen to a deal as far as it was told; writes nothing."""

    prm: Prm
    products: Products = field(default_factory=Products)
    name: ClassVar[str] = "check_deal"
    purpose: ClassVar[str] = (
        "Check whether a deal could be registered: eligibility by the rules of engagement, duplicates, missing fields. "
        "Use it when somebody asks if a customer is free or a deal would pass; it registers nothing."
    )
    inputs: ClassVar[type[DealFields]] = DealFields
    writes: ClassVar[bool] = False

    def offered_to(self, requester: Requester) -> bool:
        """Partners check their own deals."""
        return requester.role is Role.PARTNER

    async def run(self, inputs: DealFields, call: ToolCall) -> ToolResult:
        """The verdict of the rules on what was told, and what is still to be asked."""
        if gaps := missing(inputs, LEAST):
            raise InvalidRecord.of(*gaps)
        draft = draft_of(inputs, call, self.products)
        gaps = missing(inputs)
        check = told_only(await self.prm.check_deal(draft, requester=call.requester), gaps)
        return ToolResult(_text(check, gaps), card=card_of(check, gaps, call.told_in))


def told_only(check: DealCheck, gaps: tuple[Problem, ...]) -> DealCheck:
    """The check without what it says of fields that nobody told yet."""
    places = {PLACES.get(gap.field, gap.field) for gap in gaps}
    open_places = places | (
        {"value.amount", "value.currency"} if places & {"value.amount", "value.currency"} else set()
    )

    def told(where: str) -> bool:
        return where not in open_places

    findings = tuple(finding for finding in check.decision.findings if told(finding.field))
    verdict = max((item.verdict for item in findings), key=lambda item: item.weight, default=Verdict.PASS)
    return DealCheck(
        problems=tuple(problem for problem in check.problems if told(problem.field)),
        conflicts=check.conflicts,
        decision=replace(check.decision, findings=findings, verdict=verdict),
    )


def card_of(check: DealCheck, gaps: Iterable[Problem], language: str) -> Card:
    """The check as a person reads it."""
    rows = [Row(label(problem.field, language), complaint(problem.message, language)) for problem in check.problems]
    rows += [Row(finding.rule, complaint(finding.message, language)) for finding in check.decision.reasons]
    asked = listed((label(PLACES.get(gap.field, gap.field), language) for gap in gaps), language)
    notes = [message(f"check_{check.decision.verdict.value}", language, rules=check.decision.rules)]
    notes += [message("check_missing", language, fields=asked)] if asked else []
    return Card(message("card_check", language), tuple(rows), tuple(notes))


def _text(check: DealCheck, gaps: tuple[Problem, ...]) -> str:
    lines = [f"Verdict: {check.decision.verdict} by the rules {check.decision.rules}. Nothing was registered."]
    lines += [_finding(finding) for finding in check.decision.reasons]
    lines += [f"- {problem.field}: {problem.message}" for problem in check.problems]
    lines += [_conflict(conflict) for conflict in check.conflicts]
    lines += [f"Still to ask before registering: {', '.join(gap.field for gap in gaps)}"] if gaps else []
    return "\n".join(lines)


def _finding(finding: Finding) -> str:
    return f"- {finding.verdict} by rule {finding.rule} ({finding.field}): {finding.message}"


def _conflict(conflict: Conflict) -> str:
    return f"- duplicate: {conflict.explanation}"
