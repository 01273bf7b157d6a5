"""What people wrote in Slack as plain text, and the deal that is told in it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from assistant.agents.form import deal_inputs
from assistant.agents.understanding.lexicon import lexicon
from assistant.agents.understanding.read import Circumstances, read
from assistant.agents.understanding.reading import Catalogue, Intent, Understanding, Utterance
from assistant.agents.understanding.tongue import tongue
from assistant.domain.people import ANONYMOUS, Requester, Role
from assistant.ports.clock import Clock
from integrations.surfaces.slack.form_fields import BY_NAME
from prompts.messages import message

MENTION = re.compile(r"<[@#!][^>]*>")
LINK = re.compile(r"<(?:mailto:|tel:)?([^<>|]+)(?:\|([^<>]*))?>")
LONGEST = 4_000
FORMS = frozenset({Intent.REGISTER_DEAL, Intent.CHECK_DEAL})
# What begins a conversation that does something. Everything else is first asked of the content.
ACTIONS = FORMS | {
    Intent.UPDATE_DEAL,
    Intent.WITHDRAW_DEAL,
    Intent.EXTEND_DEAL,
    Intent.DEAL_STATUS,
    Intent.RECOMMEND_COSELL,
    Intent.INVITE_COSELL,
    Intent.RESPOND_COSELL,
    Intent.COSELL_INVITATIONS,
    Intent.FUND_REQUEST,
    Intent.FUND_BALANCE,
    Intent.DRAFT_CAMPAIGN,
    Intent.ESCALATE,
}
OF_ONES_OWN = frozenset({Intent.CERTIFICATIONS, Intent.TIER_PROGRESS})  # with "our"; without it the rules are asked for


def plain_text(text: str) -> str:
    """A message without Slack's marks: no mentions, links as they read, and the characters that Slack escapes."""
    read_as = LINK.sub(lambda found: found[2] or found[1], MENTION.sub(" ", text))
    return read_as.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()[:LONGEST]


@dataclass(frozen=True, slots=True)
class DealReader:
    """Reads by the rules that the agent reads by."""

    catalogue: Callable[[], Awaitable[Catalogue]]
    clock: Clock

    async def deal(self, text: str, requester: Requester) -> dict[str, str]:
        """The values of the deal form that a text states; nothing where it states none. Raises StorageError."""
        if not text.strip():
            return {}
        return await asyncio.to_thread(_deal, text, await self._circumstances(requester))

    async def concerns(self, text: str) -> bool:
        """Whether a message that names nobody asks or wants something of the programme. Raises StorageError."""
        words = plain_text(text)
        return bool(words) and (await self._read(words, ANONYMOUS)).intent is not Intent.OUT_OF_SCOPE

    async def wants_action(self, text: str, requester: Requester) -> bool:
        """Whether a message asks for something to be done rather than for an answer. Raises StorageError."""
        if not text:
            return False
        found = await self._read(text, requester)
        own = found.intent in OF_ONES_OWN and lexicon(found.language).has("ours", text)
        return own or found.intent in ACTIONS

    async def _read(self, text: str, requester: Requester) -> Understanding:
        return await asyncio.to_thread(read, [Utterance(text)], await self._circumstances(requester))

    async def _circumstances(self, requester: Requester) -> Circumstances:
        today, known = self.clock.now().date(), await self.catalogue()
        language = requester.locale.replace("_", "-").split("-")[0] or "en"
        return Circumstances(today, known, role=requester.role or Role.PARTNER, locale=language, recaps=False)


def _deal(text: str, given: Circumstances) -> dict[str, str]:
    """The fields of a deal in a text, which need not say that it shall be registered."""
    found = read([Utterance(text)], given)
    if found.intent not in FORMS:
        asked = message("slack_register_this", tongue(text, default=given.locale))
        found = read([Utterance(f"{asked}\n{text}")], given)
    told = deal_inputs(found.slots, text)
    return {name: str(value) for name, value in told.items() if name in BY_NAME and value}
