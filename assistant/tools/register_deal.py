"""Register a deal: a complete form that the rules let through, as a proposal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from assistant.domain.deals_check import Decision, Verdict
from assistant.domain.people import Requester, Role
from assistant.errors import InvalidRecord, PolicyRefused, Problem
from assistant.ports.prm import Prm
from assistant.tools.deal_form import DealFields, Products, draft_of, missing, origins_of
from assistant.tools.proposing import Wanted, proposed
from assistant.tools.tool import ToolCall, ToolResult
from assistant.tools.writes import RegisterDeal
from prompts.messages import message


@dataclass(frozen=True, slots=True)
class RegisterDealTool:
    """Proposes the registration of a deal."""

    prm: Prm
    products: Products = field(default_factory=Products)
    name: ClassVar[str] = "register_deal"
    purpose: ClassVar[str] = (
        "Propose to register a deal for the requester. Fill in only what they wrote; the answer names what to ask for. "
        "A person approves it before anything is written."
    )
    inputs: ClassVar[type[DealFields]] = DealFields
    writes: ClassVar[bool] = True

    def offered_to(self, requester: Requester) -> bool:
        """Partners register their own deals."""
        return requester.role is Role.PARTNER

    async def run(self, inputs: DealFields, call: ToolCall) -> ToolResult:
        """A proposal, which says by which rules a channel manager reviews the deal after the requester's approval.

        Raises InvalidRecord with everything to ask or correct, PolicyRefused with the rules that forbid it.
        """
        if gaps := missing(inputs):
            raise InvalidRecord.of(*gaps)
        origins = origins_of(inputs, call.words)
        draft = draft_of(inputs, call, self.products)
        check = await self.prm.check_deal(draft, requester=call.requester)
        if check.problems:
            raise InvalidRecord.of(*check.problems)
        passable(check.decision)
        reviewed = check.decision.verdict is Verdict.REVIEW
        notes = review_notes(check.decision, call.told_in) if reviewed else ()
        return proposed(Wanted(RegisterDeal(draft), origins, reviewed=reviewed, notes=notes), call)


def passable(decision: Decision) -> None:
    """Raises PolicyRefused for what the rules forbid and InvalidRecord for what they ask, naming each rule."""
    reasons = [finding for finding in decision.reasons if finding.verdict in {Verdict.REFUSE, Verdict.ASK}]
    refused = tuple(Problem(f.field, f.rule, f"{f.message} (rule {f.rule}, {decision.rules})") for f in reasons)
    told = "; ".join(problem.message for problem in refused)
    if decision.verdict is Verdict.REFUSE:
        raise PolicyRefused(told, problems=refused)
    if decision.verdict is Verdict.ASK:
        raise InvalidRecord(told, problems=refused, hint="Ask the requester for it.")


def review_notes(decision: Decision, language: str) -> tuple[str, ...]:
    """Why a person reviews it, by rule."""
    reasons = [finding for finding in decision.reasons if finding.verdict is Verdict.REVIEW]
    return tuple(message("card_rule", language, rule=item.rule, reason=item.message) for item in reasons)
