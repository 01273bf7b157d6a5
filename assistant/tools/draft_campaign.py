"""Draft a localized campaign from approved texts and keep it for review; nothing is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from pydantic import Field

from assistant.campaigns.brief import DEFAULT_CHANNELS, Brief, Sender
from assistant.campaigns.desk import CampaignDesk, ReviewDesk
from assistant.campaigns.kit import Kit, Status
from assistant.campaigns.library import Library
from assistant.domain.accounts import NOBODY
from assistant.domain.kits import KeptKit
from assistant.domain.people import Requester, Role
from assistant.errors import InvalidRecord, Problem
from assistant.ports.prm import Prm
from assistant.tools.kit_card import kit_card
from assistant.tools.spotlight import spotlit
from assistant.tools.tool import Inputs, ToolCall, ToolResult

REGION = {"en": "en-US", "de": "de-DE", "fr": "fr-FR", "es": "es-ES", "pt": "pt-BR", "ja": "ja-JP"}


class CampaignInputs(Inputs):
    """Which campaign, where it runs, in which languages. Texts are approved ones; a model writes none."""

    product: str = Field("", max_length=120, description="The product or theme that is promoted.")
    channels: tuple[str, ...] = Field(
        (), max_length=12, description=f"Some of {', '.join(DEFAULT_CHANNELS)}; ask if none was named."
    )
    locales: tuple[str, ...] = Field(
        (), max_length=10, description="Languages such as de or de-AT; empty is their own."
    )
    audience: str = Field("", max_length=300, description="Whom it is written for, if it was said; reviewers read it.")
    url: str = Field("", max_length=255, description="The landing page, https, if one was named.")
    send_on: date | None = Field(None, description="Day it is sent, YYYY-MM-DD, if one was named.")
    deadline: date | None = Field(None, description="Day an offer or registration ends, if one was named.")


@dataclass(frozen=True, slots=True)
class DraftCampaign:
    """Assembles kits of one programme from the approved texts, with the partner's facts from the PRM.

    With `reviews` they are kept as the campaign desk keeps them, for brand, market and legal to look at; a changed
    draft of the same campaign is a new version of it.
    """

    prm: Prm
    library: Library
    programme: str
    reviews: ReviewDesk | None = None
    name: ClassVar[str] = "draft_campaign"
    purpose: ClassVar[str] = (
        "Draft co-branded campaign copy in the partner's languages from approved texts: each field with its size and "
        "what is missing before it may be sent. It is kept for review; nothing is sent."
    )
    inputs: ClassVar[type[CampaignInputs]] = CampaignInputs
    writes: ClassVar[bool] = False

    def offered_to(self, requester: Requester) -> bool:
        """Partners, for themselves."""
        return requester.role is Role.PARTNER

    async def run(self, inputs: CampaignInputs, call: ToolCall) -> ToolResult:
        """A kit for each language. Raises InvalidRecord with what to ask, UsageError for what nobody wrote."""
        theme = self._theme(inputs.product)
        if not inputs.channels:
            raise InvalidRecord.of(Problem("channels", "missing", "is missing; ask the requester which channels"))
        brief = await self._brief(inputs, call, theme)
        kits = await CampaignDesk(self.prm, self.library).drafted(brief, requester=call.requester)
        kept = await self._kept(kits, brief, call.requester)
        return ToolResult(_text(kits, kept), card=kit_card(kits, kept, call.told_in))

    async def _kept(self, kits: tuple[Kit, ...], brief: Brief, requester: Requester) -> list[KeptKit]:
        return [await self.reviews.keep(kit, brief, requester=requester) for kit in kits] if self.reviews else []

    def _theme(self, said: str) -> str:
        """The theme whose name has the product in it."""
        programme = self.library.programme(self.programme)
        themes = self.library.texts(self.programme)[programme.source_locale].themes
        words = said.casefold().split()
        found = [theme for theme in themes if theme == said or set(theme.split("-")) & set(words)]
        if len(found) == 1:
            return found[0]
        told = "is missing; ask" if not said else f"{said!r} names no single theme; ask the requester to choose"
        raise InvalidRecord.of(Problem("product", "unknown_theme", f"{told}: {', '.join(found or themes)}"))

    async def _brief(self, inputs: CampaignInputs, call: ToolCall, theme: str) -> Brief:
        partner = await self.prm.get_partner(call.requester.partner_id, requester=call.requester)
        site = partner.website.removeprefix("https://").removeprefix("http://").strip("/")
        url = inputs.url or (f"https://{site}/{theme}" if site else "")
        if not url:
            raise InvalidRecord.of(Problem("url", "missing", "is missing; ask for the landing page's address"))
        contact = next(iter(partner.contacts), NOBODY)
        locales = inputs.locales or partner.locales or (call.requester.locale,)
        day = inputs.send_on or call.now.date()
        return Brief(
            programme=self.programme,
            theme=theme,
            campaign=f"{theme}-{day:%Y-%m}",
            partner=partner.id,
            locales=tuple(REGION.get(locale, locale) for locale in locales),
            channels=inputs.channels,
            url=url,
            send_on=day,
            deadline=inputs.deadline,
            audience=inputs.audience,
            sender=Sender(legal_name=partner.legal_name, contact=contact.email),
        )


def _text(kits: tuple[Kit, ...], kept: list[KeptKit]) -> str:
    lines = []
    for kit in kits:
        ready = sum(each.status is Status.READY for each in kit.fields)
        lines.append(f"{kit.campaign} {kit.locale}: {ready} of {len(kit.fields)} fields are ready for approval.")
        reasons = dict.fromkeys(str(finding) for each in kit.fields for finding in each.reasons)
        lines += [f"- {spotlit(reason)}" for reason in reasons]
    lines += [f"Kept for review: {each.draft.id}, version {each.version}, {each.status}." for each in kept]
    return "\n".join([*lines, "The texts are on the card; do not rewrite them."])
