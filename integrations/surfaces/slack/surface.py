"""The Slack surface of an installation: opened, fed over HTTP or Socket Mode, and stopped without losing anything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from assistant.domain.people import TierLadder
from assistant.errors import ProviderUnavailable, SettingsError
from ingest.sandbox import ParserSandbox
from integrations.bootstrap import Liaison
from integrations.records.slack import EncryptedInstallations
from integrations.surfaces.slack.agent_on_call import AgentOnCall
from integrations.surfaces.slack.app import Bot, SlackApp
from integrations.surfaces.slack.assembling import Office
from integrations.surfaces.slack.attachments import Attachments, files_host
from integrations.surfaces.slack.delivery import Delivery
from integrations.surfaces.slack.facts import SlackFacts
from integrations.surfaces.slack.following import Follower
from integrations.surfaces.slack.forgetting import forgetting
from integrations.surfaces.slack.handler import Handler
from integrations.surfaces.slack.home import Forget
from integrations.surfaces.slack.ingress import Ingress
from integrations.surfaces.slack.installing import installed
from integrations.surfaces.slack.organizations import VENDOR, Organizations, read_organizations
from integrations.surfaces.slack.outgoing import Governor, SlackCalls
from integrations.surfaces.slack.patience import PATIENCE, Patience
from integrations.surfaces.slack.people import WhoIsWho
from integrations.surfaces.slack.replying import Replier
from integrations.surfaces.slack.reviewers import MANAGER
from integrations.surfaces.slack.standing import Traces
from integrations.surfaces.slack.workers import Workers
from integrations.surfaces.slack.workspaces import ManyWorkspaces, OneWorkspace, Workspace


@dataclass(frozen=True, slots=True)
class SlackSurface:
    """An open surface: its workers run, and hand what was kept to `handle`."""

    liaison: Liaison
    client: AsyncWebClient
    handle: Handler
    workers: Workers

    def ingress(self) -> Ingress:
        """The application for Slack's request URL. Raises SettingsError without a signing secret."""
        secret = self.liaison.settings.slack_signing_secret.get_secret_value()
        if not secret:
            raise SettingsError("There is no signing secret.", hint="Set LIAISON_SLACK_SIGNING_SECRET.")
        inbox, inline = self.liaison.slack.inbox, self.handle.at_once
        return Ingress(inbox, secret=secret, inline=inline, arrived=self.workers.wake)

    async def connect(self) -> SocketModeClient:
        """A connection over Socket Mode; disconnect it when done. Raises SettingsError, ProviderUnavailable."""
        token = self.liaison.settings.slack_app_token.get_secret_value()
        if not token:
            hint = "Set LIAISON_SLACK_APP_TOKEN to the app-level token (xapp-…) with connections:write."
            raise SettingsError("There is no app-level token.", hint=hint)
        connection = SocketModeClient(app_token=token, web_client=self.client)
        connection.socket_mode_request_listeners.append(self.arrived)
        try:
            await connection.connect()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped
        except (SlackApiError, aiohttp.ClientError, OSError) as error:
            raise ProviderUnavailable(
                "Slack did not open a connection.", hint="Check LIAISON_SLACK_APP_TOKEN."
            ) from error
        return connection

    async def arrived(self, connection: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        """Keep what came over Socket Mode, then acknowledge it; what cannot be kept comes again."""
        kind, payload = request.type, request.payload
        if kind == "events_api":
            delivery = Delivery(str(payload["event"]["type"]), payload)
        elif kind == "slash_commands":
            delivery = Delivery("slash_command", payload)
        else:
            delivery = Delivery(str(payload.get("type", kind)), payload)
        shown = None
        if delivery.at_once:
            shown = await self.handle.at_once(delivery)
        else:
            await self.liaison.slack.inbox.put([delivery.arrival])
        reply = SocketModeResponse(envelope_id=request.envelope_id, payload=shown or None)
        await connection.send_socket_mode_response(reply)
        self.workers.wake()


@asynccontextmanager
async def open_surface(liaison: Liaison, *, patience: Patience = PATIENCE) -> AsyncIterator[SlackSurface]:
    """The Slack surface of an installation for as long as the context lasts.

    With a client id every workspace is served that installed the app, otherwise the one of the bot token. Raises
    SettingsError without either or with a token that Slack does not know, ProviderUnavailable when Slack cannot be
    reached.
    """
    settings = liaison.settings
    if not (settings.slack_client_id or settings.slack_bot_token.get_secret_value()):
        raise SettingsError("There is no bot token.", hint="Set LIAISON_SLACK_BOT_TOKEN; see docs/slack.md.")
    async with aiohttp.ClientSession() as session:
        sandbox = ParserSandbox()
        installations = installed(liaison) if settings.slack_client_id else None
        forgetful, agent = forgetting(liaison, installations), AgentOnCall(liaison)
        organizations = read_organizations(settings.slack_organizations)
        assembly = Assembly(liaison, session, organizations, sandbox, forgetful.person, agent, patience)
        workspaces = assembly.many(installations) if installations else await assembly.one()
        handle = Handler(workspaces, forgetful)
        workers = Workers(liaison.slack.inbox, handle)
        workers.start()
        following = asyncio.create_task(follower(liaison, handle, organizations).run())
        try:
            yield SlackSurface(liaison, client=assembly.client(), handle=handle, workers=workers)
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
            await workers.stop()
            await asyncio.to_thread(sandbox.close)
            await agent.close()


def follower(liaison: Liaison, handle: Handler, organizations: Organizations) -> Follower:
    """What brings news of approvals and deals into the inbox."""
    slack, vendors = liaison.slack, (team for team, owner in organizations.teams.items() if owner == VENDOR)
    return Follower(
        inbox=slack.inbox,
        chat=slack.desk,
        book=liaison.approvals,
        prm=liaison.prm.prm,
        principals=liaison.directory,
        served=handle,
        vendors=frozenset(vendors),
        manager=next((named for named in organizations.people.values() if named.startswith(MANAGER)), ""),
    )


@dataclass(frozen=True, slots=True)
class Assembly:
    """Puts together the app of a workspace."""

    liaison: Liaison
    session: aiohttp.ClientSession
    organizations: Organizations
    sandbox: ParserSandbox
    forget: Forget
    agent: AgentOnCall
    patience: Patience

    def client(self, token: str = "") -> AsyncWebClient:
        """A client of Slack's Web API; what goes wrong is tried again by whoever calls."""
        url = self.liaison.settings.slack_url
        return AsyncWebClient(token or None, base_url=url, session=self.session, retry_handlers=[])

    def app(self, bot: Bot) -> SlackApp:
        """The app of one workspace, with rates and facts of its own."""
        client = self.client(bot.token)
        calls = SlackCalls(client, Governor())
        liaison = self.liaison
        who = WhoIsWho(
            SlackFacts(calls),
            links=liaison.slack.links,
            organizations=self.organizations,
            principals=liaison.directory,
            ladder=TierLadder(liaison.settings.tiers),
            languages=liaison.slack.desk,
        )
        office = Office(liaison, bot.team, client, calls, who, self.forget, self.agent, self.patience)
        interactions, dialogue = office.parts()
        return SlackApp(
            bot=bot,
            replier=Replier(
                turn=liaison.conversation,
                who=who,
                calls=calls,
                content=liaison.content,
                dialogue=dialogue,
                traces=Traces(liaison.slack.desk, calls, bot.user),
                attachments=self._attachments(calls, bot),
                patience=self.patience,
            ),
            links=liaison.slack.links,
            feedback=liaison.feedback,
            client=client,
            interactions=interactions,
            follow_ups=liaison.settings.slack_follow_ups,
        )

    def _attachments(self, calls: SlackCalls, bot: Bot) -> Attachments:
        """What reads the files of a workspace."""
        host = files_host(self.liaison.settings.slack_url)
        return Attachments(self.liaison, calls, self.session, self.sandbox, bot.token, host)

    async def one(self) -> OneWorkspace:
        """The workspace of the bot token."""
        token = self.liaison.settings.slack_bot_token.get_secret_value()
        app = self.app(await _bot(SlackCalls(self.client(token), Governor()), token))
        return OneWorkspace(Workspace(app, app.bolt()))

    def many(self, installations: EncryptedInstallations) -> ManyWorkspaces:
        """Every workspace that installed the app."""
        settings = self.liaison.settings
        rotator = AsyncTokenRotator(
            client_id=settings.slack_client_id,
            client_secret=settings.slack_client_secret.get_secret_value(),
            client=self.client(),
        )
        return ManyWorkspaces(installations, rotator=rotator, assemble=self.app)


async def _bot(calls: SlackCalls, token: str) -> Bot:
    try:
        told = await calls.call("auth.test")
    except SlackApiError as error:
        hint = "Check LIAISON_SLACK_BOT_TOKEN."
        raise SettingsError(f"Slack does not take the bot token: {error.response['error']}.", hint=hint) from error
    return Bot(user=str(told["user_id"]), id=str(told["bot_id"]), team=str(told["team_id"]), token=token)
