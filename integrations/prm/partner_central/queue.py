"""Receives the events of Partner Central from a partner's queue of SQS, where a rule of EventBridge puts them."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError, ProfileNotFound

from assistant.domain.people import Requester, Role
from assistant.errors import Forbidden, NotAuthenticated, NotOffered, ProviderUnavailable, SettingsError, UsageError
from assistant.ports.prm import Prm
from integrations.prm.partner_central.events import Inbox, QueueReader
from integrations.prm.register.database import Database
from integrations.settings import Settings

AMAZON = re.compile(r"sqs\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?")
CONNECT_SECONDS, READ_SECONDS = 10, 60
LONGEST_POLL = 20  # seconds SQS holds a question open until a message comes


async def receive(
    settings: Settings,
    database: Database,
    *,
    prm: Prm,
    url: str,
    requester: Requester,
    follow: bool = False,
    tell: Callable[[int], None] = lambda _count: None,
) -> int:
    """How many new events were taken from the queue; with `follow` it waits for more and ends only when it is stopped.

    `tell` hears how many each time some came. The deal of each event is read again through `prm`. Raises NotOffered for
    another PRM than Partner Central, Forbidden, UsageError for what is no queue, NotAuthenticated, ProviderUnavailable.
    """
    reader = _reader(settings, database, prm=prm, url=url, requester=requester)
    total = 0
    try:
        while True:
            new = await reader.drain(
                tenant=requester.tenant, partner_id=requester.partner_id, wait=LONGEST_POLL if follow else 0
            )
            total += new
            if new:
                tell(new)
            if not follow:
                return total
    except (ClientError, BotoCoreError) as error:
        raise _explained(error, url) from error


def _reader(settings: Settings, database: Database, *, prm: Prm, url: str, requester: Requester) -> QueueReader:
    if settings.prm != "aws":
        hint = "Set LIAISON_PRM=aws; another PRM tells its own changes: liaison prm changes."
        raise NotOffered(f"The PRM {settings.prm!r} has no queue of events.", hint=hint)
    profile = settings.aws_profiles.get(requester.partner_id, "")
    if requester.role is not Role.PARTNER or not profile:
        hint = f"Act as one of {', '.join(settings.aws_profiles)}: --as partner:ID."
        raise Forbidden("The queue is read as a partner that has AWS credentials.", hint=hint)

    async def version_of(deal_id: str) -> str:
        return (await prm.get_deal(deal_id, requester=requester)).version

    return QueueReader(
        Inbox(database),
        queue=_client(url, profile=profile, region=settings.aws_region),
        url=url,
        catalog=settings.aws_catalog,
        version_of=version_of,
    )


def _client(url: str, *, profile: str, region: str) -> object:
    """A client of SQS: at Amazon in the region that the queue's address names, else at the host it names."""
    parts = urlsplit(url)
    if parts.scheme not in {"https", "http"} or not parts.hostname or not parts.path.strip("/"):
        hint = "Give its whole address: https://sqs.REGION.amazonaws.com/ACCOUNT/NAME."
        raise UsageError(f"{url!r} is no address of a queue.", hint=hint)
    at_amazon = AMAZON.fullmatch(parts.hostname)
    try:
        session = boto3.Session(profile_name=profile, region_name=at_amazon["region"] if at_amazon else region)
    except ProfileNotFound as error:
        hint = "Name a profile of your AWS configuration in LIAISON_AWS_PROFILES."
        raise SettingsError(str(error), hint=hint) from error
    config = Config(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS)
    return session.client("sqs", endpoint_url=None if at_amazon else f"{parts.scheme}://{parts.netloc}", config=config)


def _explained(
    error: ClientError | BotoCoreError, url: str
) -> UsageError | Forbidden | NotAuthenticated | ProviderUnavailable:
    """The error of SQS in our words."""
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return NotAuthenticated(
            f"There are no AWS credentials: {error}", hint="Give the partner's profile credentials."
        )
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
    if "NonExistentQueue" in code or "QueueDoesNotExist" in code:
        return UsageError(f"There is no queue {url}.", hint="Make it, with a rule of EventBridge that sends to it.")
    if code.startswith("AccessDenied"):
        hint = "Its role needs sqs:ReceiveMessage and sqs:DeleteMessage on this queue."
        return Forbidden("The partner's AWS profile may not read this queue.", hint=hint)
    if "Token" in code or "Signature" in code:
        return NotAuthenticated(f"SQS did not accept the credentials: {code}", hint="Check the partner's AWS profile.")
    return ProviderUnavailable(f"The queue did not answer: {error}")
