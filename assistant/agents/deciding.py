"""Whether a message decides the change that was just shown. Rules read it, never a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, ToolMessage

from assistant.agents.artifact import Artifact
from assistant.agents.situation import ASKS, DECIDED, REFUSED, TurnContext, language_of, waiting
from assistant.agents.understanding.entities import DEAL_ID
from assistant.agents.understanding.lexicon import lexicon
from assistant.agents.understanding.read import Circumstances, read
from assistant.agents.understanding.reading import Intent, Utterance
from assistant.agents.understanding.tongue import tongue
from assistant.agents.wording import DECISIONS
from assistant.approvals.desk import ApprovalDesk
from assistant.domain.approvals import Proposal
from assistant.errors import LiaisonError
from assistant.ports.approvals import ApprovalBook
from prompts.messages import message

VERDICTS = ("approve", "approve_id", "reject", "decline")


async def ruling(
    messages: Sequence[AnyMessage], text: str, given: TurnContext, *, desk: ApprovalDesk, book: ApprovalBook
) -> dict[str, Any]:
    """The marks of a message after what it decides was done: nothing, a decision, or why there is none.

    Only an unconditional yes to what was shown last approves, and only what was shown: its digest is in the
    conversation. A message that adds, changes or asks something decides nothing.
    """
    found = _shown_last(messages)
    if found is None:
        return {}
    language = language_of(messages, given)
    intent = _verdict(text, language, given)
    try:
        shown = await book.get(found.approval_id, requester=given.requester)
        if not _meant(shown.proposal, intent, text, language):
            return {}
        if intent is Intent.APPROVE:
            await desk.approve(found.approval_id, found.digest, requester=given.requester)
        elif intent is Intent.REJECT:
            await desk.reject(found.approval_id, found.digest, reason=text.strip(), requester=given.requester)
        elif intent is Intent.CANCEL:
            await book.drop(given.thread, requester=given.requester)
        else:
            return {}
    except LiaisonError as error:
        return {REFUSED: f"{error.message} {error.hint}".strip()}
    return {DECIDED: found.approval_id}


def _shown_last(messages: Sequence[AnyMessage]) -> Artifact | None:
    """The undecided proposal, when the assistant said nothing after it but that it still waits."""
    found = waiting(messages)
    if found is None or not found[1].undecided:
        return None
    for said in reversed(messages):
        if isinstance(said, AIMessage) and said.text:
            return found[1] if said.additional_kwargs.get(ASKS) == found[1].approval_id else None
        if isinstance(said, ToolMessage) and said.id == found[0].id:
            return found[1]
    return None


def _meant(proposal: Proposal, intent: Intent, text: str, language: str) -> bool:
    """Whether a yes or no can only be the answer to this proposal.

    A message that names another record is about that one. Words for approving and refusing are about the registration
    where the proposal is a decision on one: only a plain yes confirms a refusal, only a plain no drops a decision.
    """
    named = {found.group().casefold() for found in DEAL_ID.finditer(text)}
    if any(each not in proposal.payload.casefold() for each in named):
        return False
    spoken = [lexicon(each) for each in {language, tongue(text, default=language), "en"}]
    said = {cue for cue in (*VERDICTS, "no", "later") if any(words.has(cue, text) for words in spoken)}
    if intent is Intent.APPROVE and proposal.tool == "reject_review":
        return not said & set(VERDICTS)
    if intent is Intent.REJECT and proposal.tool in DECISIONS:
        return bool(said & {"no", "later"}) or not said & set(VERDICTS)
    return True


def _verdict(text: str, language: str, given: TurnContext) -> Intent:
    """What the message is in answer to the question whether to submit, in whatever language it is given."""
    circumstances = Circumstances(today=given.now.date(), catalogue=given.catalogue, locale=language, recaps=False)
    answered_in = tongue(text, default=language)  # a thread in English, and somebody who says yes in German
    asked = Utterance(message("agent_asks_approval", answered_in), by_user=False)
    return read([asked, Utterance(text)], circumstances).intent
