"""Co-selling by a trained model in Slack: partners with reasons, and who may not ask."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from integrations.bootstrap import Liaison
from integrations.cli import app
from integrations.surfaces.slack.samples_of_cosell import cosell, no_partner
from prompts.messages import message
from tests.conftest import ROOT
from tests.slack.people import JONAS, LENA, MAP, ODD, Office, a_slack, an_office
from tests.unit.surfaces.world import serving_quickly

DEAL = "deal-01306"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Liaison]:
    """The sample partners and deals, with a model trained on them as `liaison cosell train` does."""
    folder = tmp_path_factory.mktemp("cosell")
    runner = CliRunner(env={"LIAISON_DATA": str(folder / "data")})
    for words in (["prm", "seed", str(ROOT / "samples" / "prm")], ["cosell", "train"]):
        assert runner.invoke(app, words).exit_code == 0
    (folder / "slack.yaml").write_text(MAP)
    told = {"slack_bot_token": "xoxb-1", "slack_signing_secret": "s", "slack_organizations": folder / "slack.yaml"}
    with serving_quickly(folder, library={}, **told) as service:
        yield service.liaison


@pytest.fixture
async def office(trained: Liaison, shared: Path) -> AsyncIterator[Office]:
    async with an_office(trained, a_slack(shared)) as made:
        yield made


async def test_a_channel_manager_sees_partners_each_with_a_reason_and_who_may_invite(office: Office) -> None:
    await office.command(DEAL, name="/cosell", by=JONAS)
    cards = [block["text"]["text"] for block in office.slack.responses[-1]["blocks"] if block["type"] == "section"]
    assert cards
    for card in cards:
        name, reason = card.split("\n", 1)
        assert name.startswith("*")
        assert reason.removeprefix("> ").strip()
    assert "dem der Deal gehört" in str(office.slack.responses[-1])


@pytest.mark.parametrize("who", [LENA, ODD])
async def test_nobody_else_is_told_of_partners(office: Office, who: str) -> None:
    await office.command(DEAL, name="/cosell", by=who)
    told = str(office.slack.responses[-1])
    assert not {"owns the deal invites", "dem der Deal gehört"} & {told}
    assert "Invitations" in told if who == LENA else "cannot do this for you" in told


def test_where_no_partner_may_work_a_deal_nobody_is_told_to_invite_one() -> None:
    assert message("owner_invites", "de") in str(cosell("de"))
    assert message("owner_invites", "de") not in str(no_partner("de"))
