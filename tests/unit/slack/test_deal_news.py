"""What happens to a deal in the PRM is told once, where it was registered, to nobody who may not know of it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from assistant.domain.deals import DealRegistration
from assistant.ports.prm import DealQuery, Write
from integrations.surfaces.slack.reviewers import KNOWN_SECONDS
from tests.slack.mock import Json, MockSlack, Refused
from tests.slack.people import ACME, JONAS, LENA, MANAGER, ODD, Office, a_customer, filled, shown_in
from tests.unit.slack.workspace import user

LARGE = "2000000"


async def registered(office: Office, channel: str = "C1", *, amount: str = LARGE) -> tuple[DealRegistration, str]:
    """A deal from a message of a channel that the rules send to review; the deal and its thread."""
    customer = a_customer()
    await office.shortcut(f"A lead: {customer}", channel=channel, ts="18.500")
    await office.send(filled(customer, amount=amount))
    await office.settle()
    await office.click(office.to(LENA)[-1], "approval_approve")
    await office.follow()
    page = await office.liaison.prm.prm.find_deals(DealQuery(text=customer), requester=ACME)
    return page.items[0], "18.500"


async def approved(office: Office, deal: DealRegistration) -> None:
    """The channel manager decides in the PRM itself."""
    write = Write(requester=MANAGER, key=f"approve-{deal.id}", expected_version=deal.version)
    await office.liaison.prm.desk.approve(deal.id, write=write)


async def test_a_new_state_is_told_in_the_thread_that_the_deal_came_from(office: Office) -> None:
    deal, thread = await registered(office)
    await approved(office, deal)
    await office.follow()
    (told,) = office.said_in("C1")
    assert told.thread == thread
    assert deal.id in told.text
    assert "active and protected" in told.text
    assert "Protected until" in told.text


async def test_a_state_is_told_once_however_often_it_is_looked_at(office: Office) -> None:
    deal, _ = await registered(office)
    await approved(office, deal)
    await asyncio.gather(*(office.follow() for _ in range(4)))
    await office.follow()
    assert len(office.said_in("C1")) == 1


async def test_each_state_is_told(office: Office) -> None:
    deal, _ = await registered(office)
    await approved(office, deal)
    await office.follow()
    now = await office.liaison.prm.prm.get_deal(deal.id, requester=MANAGER)
    write = Write(requester=MANAGER, key=f"won-{deal.id}", expected_version=now.version)
    await office.liaison.prm.desk.close(deal.id, won=True, write=write)
    await office.follow()
    assert [told.text.rpartition(" ")[2].strip("*.") for told in office.said_in("C1")][-1] == "won"
    assert len(office.said_in("C1")) == 2


async def test_a_channel_with_another_partner_hears_nothing_and_the_person_does(office: Office) -> None:
    deal, _ = await registered(office, "C2")
    await approved(office, deal)
    await office.follow()
    assert office.said_in("C2") == []
    assert any(deal.id in told.text for told in office.to(LENA))


async def test_a_channel_that_was_shared_since_hears_nothing(office: Office) -> None:
    deal, _ = await registered(office)
    office.slack.channels["C1"]["connected_team_ids"] = ["TACME", "TODD"]
    office.slack.members["C1"].append(ODD)
    await office.event("channel_shared", channel="C1", connected_team_id="TODD")
    await approved(office, deal)
    await office.follow()
    assert office.said_in("C1") == []
    assert any(deal.id in told.text for told in office.to(LENA))


async def test_a_thread_that_is_gone_leaves_the_direct_message(office: Office) -> None:
    deal, _ = await registered(office)
    post = office.slack._chat_postmessage

    def posted(arguments: dict[str, object]) -> object:
        if arguments["channel"] == "C1":
            from tests.slack.mock import Refused  # noqa: PLC0415 - of this one refusal

            raise Refused("is_archived")
        return post(arguments)

    office.slack._chat_postmessage = posted  # type: ignore[method-assign,assignment]
    await approved(office, deal)
    await office.follow()
    assert any(deal.id in told.text for told in office.to(LENA))


async def test_somebody_who_works_for_nobody_any_more_hears_nothing(office: Office) -> None:
    deal, _ = await registered(office)
    office.slack.people[LENA]["deleted"] = True
    await office.event("user_change", user={"id": LENA})
    before = len(office.to(LENA))
    await approved(office, deal)
    await office.follow()
    assert office.said_in("C1") == []
    assert len(office.to(LENA)) == before


async def test_a_question_of_the_reviewer_is_quoted(office: Office) -> None:
    deal, _ = await registered(office)
    write = Write(requester=MANAGER, key=f"ask-{deal.id}", expected_version=deal.version)
    await office.liaison.prm.desk.ask(deal.id, "Who signs <there>?", write=write)
    await office.follow()
    (told,) = office.said_in("C1")
    assert "> Who signs &lt;there&gt;?" in told.text


@pytest.mark.parametrize("name", ["deal", "cosell"])
async def test_the_queue_and_cards_read_in_the_language_of_their_reader(office: Office, name: str) -> None:
    await registered(office)
    await office.command("", by=JONAS, name=f"/{name}")
    told = str(office.slack.responses[-1])
    assert ("warten" in told) if name == "deal" else ("Schreiben Sie" in told)


async def test_the_queue_is_shown_to_channel_managers_with_its_decisions(office: Office) -> None:
    await registered(office)
    await office.command("", by=JONAS)
    told = str(office.slack.responses[-1]["blocks"])
    assert "review_approve" in told


async def test_the_cards_of_reviewers_come_as_direct_messages_only(office: Office) -> None:
    deal, _ = await registered(office)
    cards = [message for message in office.slack.messages.values() if "review_approve" in shown_in(message)]
    assert {card.channel for card in cards} == {JONAS}
    assert any(deal.id in shown_in(card) for card in cards)


async def test_a_reviewer_whose_account_is_closed_keeps_no_card_from_the_others(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = MockSlack._chat_postmessage

    def closed(slack: MockSlack, arguments: Json) -> Json:
        if arguments["channel"] == JONAS:
            raise Refused("account_inactive")
        return real(slack, arguments)

    office.slack.people["UMAX"] = user("T1", id="UMAX")
    links, workspace = office.liaison.slack.links, await office.surface.handle.workspaces.team("T1")
    await links.link("T1", "UMAX", code=await links.new_code("channel_manager:jonas", lifetime=timedelta(hours=1)))
    assert workspace is not None
    monkeypatch.setattr(MockSlack, "_chat_postmessage", closed)
    monkeypatch.setattr(workspace.app.interactions.queue.reviewers, "_at", -KNOWN_SECONDS)  # looked up anew
    deal, _ = await registered(office)
    assert any(deal.id in shown_in(card) for card in office.to("UMAX"))
    await links.unlink("T1", "UMAX")
