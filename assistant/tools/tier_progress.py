"""How far a partner is on the way to the next tier, with the rule that says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from assistant.answering.answer import Answerer
from assistant.domain.content import Citation
from assistant.domain.partners import TierProgress
from assistant.domain.people import Requester
from assistant.domain.written import number_told
from assistant.errors import SearchIndexError
from assistant.ports.prm import Prm
from assistant.retrieval.retrieve import Question
from assistant.tools.partner_meant import PartnerInputs, partner_meant
from assistant.tools.tool import Card, Row, ToolCall, ToolResult
from prompts.messages import message


class TierInputs(PartnerInputs):
    """Whose progress, and which tier they ask about."""

    tier: str = Field("", max_length=80, description="The tier they ask about, as they call it, if they named one.")


@dataclass(frozen=True, slots=True)
class TierProgressTool:
    """Says what is missing for the next tier; the numbers are the PRM's, the rule is quoted from the content."""

    prm: Prm
    answerer: Answerer
    name: ClassVar[str] = "tier_progress"
    purpose: ClassVar[str] = (
        "Show what a partner has and what is missing for the next tier, with the programme's rule cited."
    )
    inputs: ClassVar[type[TierInputs]] = TierInputs
    writes: ClassVar[bool] = False

    def offered_to(self, requester: Requester) -> bool:
        """Everybody known."""
        return requester.known

    async def run(self, inputs: TierInputs, call: ToolCall) -> ToolResult:
        """Each requirement with what there is, what is asked and what is missing."""
        partner_id = await partner_meant(self.prm, inputs.partner, call)
        found = await self.prm.tier_progress(partner_id, requester=call.requester)
        cited = await self._rule(inputs.tier or found.next_tier, call)
        return ToolResult(_text(found), card=_card(found, call.told_in, cited), citations=cited)

    async def _rule(self, tier: str, call: ToolCall) -> tuple[Citation, ...]:
        """Where the programme says what a tier asks for; nothing when the content does not."""
        if not tier:
            return ()
        asked = message("tier_question", call.told_in, tier=tier)
        try:
            answer = await self.answerer.ask(Question(asked, requester=call.requester, language=call.told_in))
        except SearchIndexError:
            return ()  # nothing was ingested: the numbers stand without a quotation
        return answer.citations[:1] if not answer.declined else ()


def _card(found: TierProgress, language: str, cited: tuple[Citation, ...]) -> Card:
    rows = [
        Row(
            measure.requirement.label,
            message(
                "tier_measure",
                language,
                have=number_told(measure.have, language),
                minimum=number_told(measure.requirement.minimum, language),
                missing=number_told(measure.missing, language),
            ),
        )
        for measure in found.measures
    ]
    rows += [Row(each.title, each.quote, foreign=True) for each in cited]
    key = "tier_top" if not found.next_tier else "tier_met" if found.qualifies else "tier_missing"
    return Card(
        message("card_tier", language, tier=found.tier), tuple(rows), (message(key, language, tier=found.next_tier),)
    )


def _text(found: TierProgress) -> str:
    lines = [f"{found.partner_id} is {found.tier}; next tier: {found.next_tier or 'none, this is the top'}."]
    for each in found.measures:
        asked = each.requirement
        told = f"has {each.have}, needs {asked.minimum}, missing {each.missing}"
        lines.append(f"- {asked.label} ({asked.measure}): {told}")
    return "\n".join(lines)
