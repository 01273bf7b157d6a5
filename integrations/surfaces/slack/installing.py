"""Installing the app into a workspace by OAuth: two pages of the HTTP server, carried out by Bolt's own flow."""

from __future__ import annotations

import logging

import structlog
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from assistant.errors import LiaisonError, SettingsError
from integrations.bootstrap import Liaison
from integrations.records.slack import EncryptedInstallations
from integrations.surfaces.slack.manifest import BOT_SCOPES, INSTALL_PATH, REDIRECT_PATH, redirect_url

QUIET = logging.getLogger("liaison.slack.oauth")
QUIET.disabled = True  # the flow logs what Slack answered, and what it is asked for
log = structlog.get_logger("liaison.slack")


def installed(liaison: Liaison) -> EncryptedInstallations:
    """The workspaces that installed the app of the settings. Raises SettingsError without a secret or a key."""
    settings = liaison.settings
    if not settings.slack_client_secret.get_secret_value():
        raise SettingsError("There is no client secret.", hint="Set LIAISON_SLACK_CLIENT_SECRET; see docs/slack.md.")
    keys = settings.slack_token_keys.get_secret_value()
    return liaison.slack.installations(client_id=settings.slack_client_id, keys=keys)


def install_routes(liaison: Liaison) -> list[Route]:
    """The page that leads to Slack, and the one that Slack leads back to. Raises SettingsError as `installed`."""
    settings = liaison.settings
    if not settings.slack_address:
        hint = "Set LIAISON_SLACK_ADDRESS to the public address of `liaison serve`."
        raise SettingsError("Slack could not lead back from an installation.", hint=hint)
    flow = AsyncOAuthFlow(
        client=AsyncWebClient(base_url=settings.slack_url),
        logger=QUIET,
        settings=AsyncOAuthSettings(
            client_id=settings.slack_client_id,
            client_secret=settings.slack_client_secret.get_secret_value(),
            scopes=sorted(BOT_SCOPES),
            user_scopes=[],
            redirect_uri=redirect_url(settings.slack_address),
            install_path=INSTALL_PATH,
            redirect_uri_path=REDIRECT_PATH,
            installation_store=installed(liaison),
            state_store=liaison.slack.states,
            logger=QUIET,
        ),
    )

    async def begin(request: Request) -> Response:
        return await _answered(flow, request, back=False)

    async def come_back(request: Request) -> Response:
        return await _answered(flow, request, back=True)

    return [
        Route(INSTALL_PATH, endpoint=begin, methods=["GET"]),
        Route(REDIRECT_PATH, endpoint=come_back, methods=["GET"]),
    ]


async def _answered(flow: AsyncOAuthFlow, request: Request, *, back: bool) -> Response:
    asked = to_async_bolt_request(request, b"")
    try:
        made = await (flow.handle_callback(asked) if back else flow.handle_installation(asked))
    except LiaisonError as error:
        log.warning("an installation failed", reason=error.message)
        return PlainTextResponse("Liaison could not keep the installation. Please try again later.", status_code=503)
    return to_starlette_response(made)
