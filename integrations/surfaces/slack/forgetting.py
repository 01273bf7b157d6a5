"""Forgetting a person or a workspace: what Slack brought goes, in every table and in what the disk holds of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

import structlog
from slack_sdk.oauth.installation_store import Bot

from assistant.domain.people import ANONYMOUS, Requester
from assistant.ports.gap_store import GapStore
from assistant.ports.thread_store import ThreadStore
from integrations.bootstrap import Liaison
from integrations.records.database import flush_journal
from integrations.records.slack import EncryptedInstallations, SlackRecords
from integrations.surfaces.slack.actor import Actor
from integrations.surfaces.slack.delivery import Delivery, Json
from integrations.surfaces.slack.people import account
from integrations.surfaces.slack.workspaces import place_of

GONE_EVENTS = ("app_uninstalled", "tokens_revoked")
THREADS = "slack:"
log = structlog.get_logger("liaison.slack")


@dataclass(frozen=True, slots=True)
class Forgetting:
    """Deletes for good. `installations` is None where one workspace is served by a token of the settings."""

    records: SlackRecords
    threads: ThreadStore
    gaps: GapStore
    installations: EncryptedInstallations | None = None

    async def workspace(self, team: str, *, uninstall: bool = False) -> None:
        """Forget a workspace: its links, every conversation that came through it, what was asked in them.

        On `uninstall` its token goes too. Raises StorageError.
        """
        await self.gaps.forget_answers(await self.threads.forget_named(f"{THREADS}{team}:"))
        if uninstall and self.installations is not None:
            bot = await self.installations.serving(team_id=team)
            await self._uninstall(bot)
        await asyncio.to_thread(self.records.forget, team)

    async def person(self, actor: Actor, requester: Requester) -> None:
        """Forget somebody: their link, their own conversations and what they asked, also before they were known.

        What was said for a whole channel belongs to the channel and stays. Raises StorageError.
        """
        nobody = replace(ANONYMOUS, user=account(actor))
        for owner in {requester, nobody} - {ANONYMOUS}:
            await self.gaps.forget_answers(await self.threads.forget_named(THREADS, owner=owner))
        await asyncio.to_thread(self.records.forget, actor.home, actor.user)

    async def left(self, delivery: Delivery) -> None:
        """A workspace uninstalled the app, or took its token away; not when it installed it again since then."""
        event: Json = delivery.payload.get("event") or {}
        if delivery.kind == "tokens_revoked" and not (event.get("tokens") or {}).get("bot"):
            return
        team, enterprise = place_of(delivery)
        bot = await self.installations.serving(team_id=team, enterprise_id=enterprise) if self.installations else None
        if bot is not None and bot.installed_at > float(delivery.payload.get("event_time") or 0) + 1:
            return
        for named in {team, (bot.enterprise_id or "") if bot and not bot.team_id else ""} - {""}:
            await self.workspace(named)
        await self._uninstall(bot)
        log.info("a workspace left")

    async def _uninstall(self, bot: Bot | None) -> None:
        if bot is not None and self.installations is not None:
            await self.installations.async_delete_all(enterprise_id=bot.enterprise_id, team_id=bot.team_id)
            await asyncio.to_thread(flush_journal, self.records.engine)


def forgetting(liaison: Liaison, installations: EncryptedInstallations | None = None) -> Forgetting:
    """Forgetting in an installation of Liaison."""
    kept = liaison.conversations
    return Forgetting(liaison.slack, kept.threads, kept.gaps, installations)
