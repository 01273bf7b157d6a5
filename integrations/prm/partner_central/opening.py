"""Opens the adapter for Partner Central from the settings."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import cache
from typing import Any, NoReturn

import boto3
from botocore.config import Config
from botocore.exceptions import ProfileNotFound

from assistant.errors import Forbidden, NotOffered, SettingsError
from integrations.clock import SystemClock
from integrations.prm.aws import AwsPrm
from integrations.prm.aws_wire.model import SERVICE
from integrations.prm.aws_wire.session import CATALOGS
from integrations.prm.aws_wire.throttle import PUBLISHED, Throttle
from integrations.prm.partner_central.caller import Caller
from integrations.prm.register.database import Database
from integrations.settings import Settings

CONNECT_SECONDS, READ_SECONDS = 10, 60


def open_aws(settings: Settings, database: Database) -> AwsPrm:
    """The PRM of the partners whose profiles are named. Raises SettingsError when none is or one is not there.

    Nothing is retried by the SDK: a repeated write goes through its own key, so that it is seen to be the same.
    """
    if not settings.aws_profiles:
        hint = 'Set LIAISON_AWS_PROFILES, for instance {"acme": "default"}: partner id to AWS profile.'
        raise SettingsError("No partner has credentials for Partner Central.", hint=hint)
    if settings.aws_catalog not in CATALOGS:
        hint = f"Set LIAISON_AWS_CATALOG to {' or '.join(CATALOGS)}."
        raise SettingsError(f"There is no catalog {settings.aws_catalog!r}.", hint=hint)

    @cache
    def client(partner_id: str) -> Any:  # noqa: ANN401 - boto3 makes clients at run time
        if partner_id not in settings.aws_profiles:
            raise Forbidden(f"There are no AWS credentials for partner {partner_id!r}.")
        return _client(settings, settings.aws_profiles[partner_id])

    for name in settings.aws_profiles:
        client(name)
    throttle = Throttle(PUBLISHED, clock=SystemClock())
    return AwsPrm(Caller(client, catalog=settings.aws_catalog, throttle=throttle), database, clock=database.clock)


def _client(settings: Settings, profile: str) -> Any:  # noqa: ANN401 - boto3 makes clients at run time
    try:
        session = boto3.Session(profile_name=profile, region_name=settings.aws_region)
    except ProfileNotFound as error:
        hint = "Name a profile of your AWS configuration in LIAISON_AWS_PROFILES."
        raise SettingsError(str(error), hint=hint) from error
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS)
    return session.client(SERVICE, endpoint_url=settings.aws_url or None, config=config)


def _lacking(what: str) -> Callable[..., Coroutine[Any, Any, Any]]:
    async def refuse(*_arguments: object, **_named: object) -> NoReturn:
        raise NotOffered(f"A partner's access to Partner Central has no {what}.")

    refuse.__doc__ = f"Raises NotOffered: there is no {what}."
    return refuse


class AwsDesk:
    """See DealDesk: AWS decides in Partner Central, so every decision is refused with NotOffered."""

    queue = _lacking("queue to decide on")
    conflicts = _lacking("search for conflicts")
    decisions = _lacking("record of decisions")
    replay = _lacking("record of decisions")
    approve = _lacking("decisions of ours")
    reject = _lacking("decisions of ours")
    ask = _lacking("decisions of ours")
    mark_duplicate = _lacking("decisions of ours")
    reopen = _lacking("decisions of ours")
    close = _lacking("decisions of ours; a partner closes its deal by the stages launched and closed_lost")
    decide_funds = _lacking("funds")

    async def tick(self) -> int:
        """Nothing lapses here."""
        return 0
