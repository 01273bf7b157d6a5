"""Co-selling by a trained model in Slack: partners with reasons, an invitation by its card, and who may not ask."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.domain.approvals import ApprovalState
from integrations.bootstrap import Liaison
from integrations.cli import app
from tests.conftest import ROOT
from tests.slack.people import JONAS, LENA, MAP, ODD, Office, a_slack, an_office, found, shown_in
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
    with serving_quickly(folder, **told) as service:
        yield service.liaison


@pytest.fixture
async def office(trained: Liaison, shared: Path) -> AsyncIterator[Office]:
    async with an_office(trained, a_slack(shared)) as made:
        yield made


async def recommended(office: Office) -> list[dict[str, object]]:
    await office.command(DEAL, name="/cosell", by=JONAS)
    return [block for block in office.slack.responses[-1]["blocks"] if found(block, "cosell_invite")]


async def test_a_channel_manager_sees_partners_each_with_a_reason(office: Office) -> None:
    cards = await recommended(office)
    assert cards
    for card in cards:
        name, reason = str(card["text"]["text"]).split("\n", 1)  # type: ignore[index]
        assert name.startswith("*")
        assert reason.removeprefix("> ").strip()


async def test_an_invitation_is_proposed_by_its_button_and_its_card_says_what_became_of_it(office: Office) -> None:
    first, *_ = await recommended(office)
    element = found(first, "cosell_invite")
    assert element is not None
    await office.act(element, by=JONAS, channel={"id": "C1"}, container={"channel_id": "C1"})
    card = office.to(JONAS)[-1]
    partner = str(element["value"]).partition(":")[2]
    await office.click(card, "approval_approve", by=JONAS)
    invited = await office.approval(card)
    assert partner in invited.proposal.payload
    assert invited.state is ApprovalState.FAILED  # the PRM lets the partner who owns a deal invite, and nobody else
    after = office.slack.messages[card.ts]
    assert found(after.blocks, "approval_approve") is None
    assert "Only a partner can do this" in shown_in(after)


async def test_an_invitation_that_is_declined_is_not_written(office: Office) -> None:
    *_, last = await recommended(office)
    element = found(last, "cosell_invite")
    assert element is not None
    await office.act(element, by=JONAS, channel={"id": "C1"}, container={"channel_id": "C1"})
    card = office.to(JONAS)[-1]
    await office.click(card, "approval_reject", by=JONAS)
    reason = {"reason": {"type": "plain_text_input", "value": "They are busy."}}
    assert (await office.send(reason, by=JONAS))["response_action"] == "update"
    assert (await office.approval(card)).state is ApprovalState.REJECTED


@pytest.mark.parametrize("who", [LENA, ODD])
async def test_nobody_else_is_told_of_partners(office: Office, who: str) -> None:
    await office.command(DEAL, name="/cosell", by=who)
    told = str(office.slack.responses[-1])
    assert "cosell_invite" not in told
    assert "Invitations" in told if who == LENA else "cannot do this for you" in told


async def test_somebody_elses_invitation_cannot_be_pressed(office: Office) -> None:
    first, *_ = await recommended(office)
    element = found(first, "cosell_invite")
    assert element is not None
    before = len(office.slack.messages)
    await office.act(element, by=LENA, channel={"id": "C1"}, container={"channel_id": "C1"})
    assert len(office.slack.messages) == before
    assert office.told
