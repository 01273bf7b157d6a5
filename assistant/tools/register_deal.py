"""Register a deal: a complete form that the rules let through, as a proposal."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

from pydantic import Field

from assistant.domain.deals_check import Decision, Verdict
from assistant.domain.partners import Partner
from assistant.domain.people import Requester, Role
from assistant.errors import InvalidRecord, PolicyRefused, Problem
from assistant.ports.prm import Prm
from assistant.tools.complaints import complaint
from assistant.tools.deal_form import DealFields, Products, draft_of, missing, origins_of
from assistant.tools.origin import Origin, unsaid
from assistant.tools.partner_meant import acting_for, partner_meant, partner_named, partner_origin
from assistant.tools.proposing import Wanted, proposed
from assistant.tools.tool import ToolCall, ToolResult
from assistant.tools.writes import RegisterDeal
from prompts.messages import message

NOT_THEIRS = "A channel manager reviews this deal, so {} has to submit it ({})."
TELL = "Tell the requester: who asks for a deal is never who reviews it."


class RegisterInputs(DealFields):
    """The form, and for whom it is filed."""

    partner: str = Field(
        "", max_length=120, description="For channel managers: the partner they file it for. Partners leave it empty."
    )


@dataclass(frozen=True, slots=True)
class RegisterDealTool:
    """Proposes the registration of a deal."""

    prm: Prm
    products: Products = field(default_factory=Products)
    name: ClassVar[str] = "register_deal"
    purpose: ClassVar[str] = (
        "Propose to register a deal for the requester, or for the partner a channel manager files it for. Fill in only "
        "what they wrote; the answer names what to ask for. "
        "A person approves it before anything is written."
    )
    inputs: ClassVar[type[RegisterInputs]] = RegisterInputs
    writes: ClassVar[bool] = True

    def offered_to(self, requester: Requester) -> bool:
        """Partners register their own deals, channel managers those of a partner they name."""
        return requester.role in {Role.PARTNER, Role.CHANNEL_MANAGER}

    async def run(self, inputs: RegisterInputs, call: ToolCall) -> ToolResult:
        """A proposal, which says by which rules a channel manager reviews the deal after the requester's approval.

        Raises InvalidRecord with everything to ask or correct, PolicyRefused with the rules that forbid it. What the
        rules send to review is the partner's to register: a channel manager never reviews what one of them filed.
        """
        origins = _origins(inputs, call)
        filed_for = await self._filed_for(inputs, call)
        origins |= {"partner_id": partner_origin(filed_for, call)} if filed_for else {}
        if problems := unsaid((("partner", origins["partner_id"]),) if filed_for else ()):
            raise InvalidRecord.of(*problems)
        draft = draft_of(inputs, call, self.products)
        if filed_for:
            draft = replace(draft, comments=f"{draft.comments} {filed_by(call.requester)}".strip())
        partner_id = filed_for.id if filed_for else ""
        check = await self.prm.check_deal(draft, requester=acting_for(call.requester, partner_id))
        if check.problems:
            raise InvalidRecord.of(*check.problems)
        passable(check.decision)
        reviewed = check.decision.verdict is Verdict.REVIEW
        if reviewed and filed_for:
            raise PolicyRefused(NOT_THEIRS.format(filed_for.display_name, check.decision.rules), hint=TELL)
        notes = review_notes(check.decision, call.told_in) if reviewed else ()
        return proposed(Wanted(RegisterDeal(draft, partner_id), origins, reviewed=reviewed, notes=notes), call)

    async def _filed_for(self, inputs: RegisterInputs, call: ToolCall) -> Partner | None:
        """The partner that a channel manager files for; None when a partner registers a deal of its own."""
        if call.requester.role is Role.PARTNER:
            await partner_meant(self.prm, inputs.partner, call)
            return None
        return await partner_named(self.prm, inputs.partner, call, field="partner")


def filed_by(requester: Requester) -> str:
    """What a deal says of the channel manager who filed it for a partner, and who therefore never reviews it."""
    return f"Filed by {requester.name}."


def _origins(inputs: RegisterInputs, call: ToolCall) -> dict[str, Origin]:
    """Where each value came from. Raises InvalidRecord with all that is missing or made up, to be asked at once."""
    gaps = list(missing(inputs))
    if call.requester.role is not Role.PARTNER and not inputs.partner.strip():
        gaps.insert(0, Problem("partner", "missing", "is missing; ask the requester which partner it is filed for"))
    try:
        origins = origins_of(inputs, call.words)
    except InvalidRecord as error:
        raise InvalidRecord.of(*gaps, *error.problems) from error
    if gaps:
        raise InvalidRecord.of(*gaps)
    return origins


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
    return tuple(
        message("card_rule", language, rule=item.rule, reason=complaint(item.message, language)) for item in reasons
    )
