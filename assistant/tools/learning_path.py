"""What to learn next for a goal: certificates that are missing or run out, and what the content says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from assistant.answering.answer import Answerer
from assistant.domain.answer import Answer
from assistant.domain.partners import Certification, TierProgress
from assistant.domain.people import Requester
from assistant.domain.written import day_told
from assistant.ports.prm import Prm
from assistant.retrieval.retrieve import Question
from assistant.tools.certifications import SOON, has_words
from assistant.tools.partner_meant import PartnerInputs, partner_meant
from assistant.tools.spotlight import spotlit
from assistant.tools.tool import Card, Row, ToolCall, ToolResult
from prompts.messages import message

LEVEL = "certified:"


class PathInputs(PartnerInputs):
    """What somebody wants to be able to do."""

    goal: str = Field(min_length=1, max_length=500, description="The goal, in the requester's words and language.")
    product: str = Field("", max_length=120, description="Only certificates for this product.")
    certification: str = Field("", max_length=120, description="The certificate they aim at, if one was named.")
    audience: str = Field("", max_length=120, description="Who is to learn, if it was said, such as a new consultant.")


@dataclass(frozen=True, slots=True)
class LearningPath:
    """Puts certificates to renew, certificates the next tier asks for, and cited content in one order."""

    prm: Prm
    answerer: Answerer
    name: ClassVar[str] = "learning_path"
    purpose: ClassVar[str] = (
        "Lay out what a partner's people should learn for a goal: certificates to renew, those the next tier asks for, "
        "and the content to read."
    )
    inputs: ClassVar[type[PathInputs]] = PathInputs
    writes: ClassVar[bool] = False

    def offered_to(self, requester: Requester) -> bool:
        """Everybody known."""
        return requester.known

    async def run(self, inputs: PathInputs, call: ToolCall) -> ToolResult:
        """The steps in order. Raises IndexMissing before the first ingest."""
        partner_id = await partner_meant(self.prm, inputs.partner, call)
        held = await self.prm.certifications(partner_id, requester=call.requester)
        progress = await self.prm.tier_progress(partner_id, requester=call.requester)
        named = [told for told in (inputs.certification, inputs.audience) if told and told not in inputs.goal]
        asked = Question(" ".join([inputs.goal, *named]), requester=call.requester, language=call.language)
        answer = await self.answerer.ask(asked)
        product = inputs.product.casefold()
        wanted = [i for i in held if product in i.product.casefold() and has_words(inputs.certification, i.name)]
        steps = (*_renewals(wanted, call), *_missing(progress, call.told_in))
        rows = (*steps, *_reading(answer))
        notes = () if rows else (message("path_nothing", call.told_in),)
        text = "\n".join(f"{place}. {row.label}: {spotlit(row.value)}" for place, row in enumerate(rows, start=1))
        card = Card(message("card_path", call.told_in), rows, notes)
        return ToolResult(text or "Nothing to learn was found.", card=card, citations=answer.citations, answer=answer)


def _renewals(held: list[Certification], call: ToolCall) -> Iterator[Row]:
    """Certificates whose holder has no later one of the same name and that ran out or soon will."""
    today = call.now.date()
    latest = {(item.holder, item.name): item for item in sorted(held, key=lambda item: item.expires)}
    for item in latest.values():
        if item.expires - today <= SOON:
            label = message("path_renew", call.told_in, name=item.name)
            yield Row(label, f"{item.holder}, {item.product}, {day_told(item.expires, call.told_in)}", foreign=True)


def _missing(progress: TierProgress, language: str) -> Iterator[Row]:
    for measure in progress.measures:
        if measure.requirement.measure.startswith(LEVEL) and measure.missing:
            label = message("path_certify", language, tier=progress.next_tier)
            yield Row(label, f"{measure.missing} × {measure.requirement.label}")


def _reading(answer: Answer) -> Iterator[Row]:
    seen = set()
    for cited in answer.citations if not answer.declined else ():
        place = " › ".join((cited.title, *cited.heading_path))
        if place not in seen:
            seen.add(place)
            yield Row(place, cited.quote, foreign=True)
