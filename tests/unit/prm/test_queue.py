from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner

from assistant.errors import Forbidden, LiaisonError, NotOffered, UsageError
from integrations.cli import app
from integrations.prm.partner_central.queue import receive
from integrations.settings import Settings
from tests.contract.prm_world import ACME, BETA, by
from tests.contract.test_prm_vendors import MONTHLY, partner_central
from tests.unit.prm.aws_world import AwsWorld, aws_world

OURS: dict[str, Any] = {"prm": "aws", "aws_profiles": {"acme": "default"}}
URL = "https://sqs.eu-central-1.amazonaws.com/123456789012/deals"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[AwsWorld]:
    with aws_world(tmp_path) as opened:
        yield opened


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[tuple[Any, str]]:
    """A queue of moto in another region than Partner Central's, and the profile that reads it."""
    profile = tmp_path / "aws"
    profile.write_text("[default]\naws_access_key_id = testing\naws_secret_access_key = testing\n", encoding="utf-8")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(profile))
    with mock_aws():
        client = boto3.client("sqs", region_name="eu-central-1")
        yield client, client.create_queue(QueueName="deals")["QueueUrl"]


def about(deal_id: str, *, number: int) -> str:
    detail = {"catalog": "AWS", "opportunity": {"identifier": deal_id}}
    head = {"id": f"event-{number}", "source": "aws.partnercentral-selling", "detail-type": "Opportunity Updated"}
    return json.dumps({**head, "time": "2026-09-01T09:00:00Z", "detail": detail})


async def test_events_in_a_partners_queue_are_told_as_changes(world: AwsWorld, queue: tuple[Any, str]) -> None:
    client, url = queue
    prm = partner_central(world)
    deal = await prm.register_deal(MONTHLY, write=by(ACME, "k1"))
    for number in (1, 2, 2):
        client.send_message(QueueUrl=url, MessageBody=about(deal.id, number=number))
    heard: list[int] = []
    taking: dict[str, Any] = {"prm": prm, "url": url, "requester": ACME, "tell": heard.append}
    assert await receive(Settings(**OURS), world.opened.database, **taking) == 2
    assert await receive(Settings(**OURS), world.opened.database, **taking) == 0
    assert heard == [2]
    assert [each.record_id for each in await prm.changes(since=0, requester=ACME)] == [deal.id, deal.id]


@pytest.mark.parametrize(
    ("settings", "url", "who", "error"),
    [
        ({}, URL, ACME, NotOffered),
        (OURS, URL, BETA, Forbidden),
        (OURS, "deals", ACME, UsageError),
        (OURS, URL, ACME, UsageError),
    ],
    ids=["another PRM", "a partner without credentials", "no address", "no such queue"],
)
@pytest.mark.usefixtures("queue")
async def test_a_queue_that_cannot_be_read_is_told_with_what_to_do(
    world: AwsWorld, settings: dict[str, Any], url: str, who: Any, error: type[LiaisonError]
) -> None:
    url = url.replace("/deals", "/none")
    with pytest.raises(error) as caught:
        await receive(Settings(**settings), world.opened.database, prm=partner_central(world), url=url, requester=who)
    assert caught.value.hint


def test_the_command_says_that_the_embedded_prm_has_no_queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIAISON_DATA", str(tmp_path))
    ran = CliRunner().invoke(app, ["prm", "events", URL, "--as", "partner:acme"])
    assert ran.exit_code == 1
    assert "LIAISON_PRM=aws" in ran.output
