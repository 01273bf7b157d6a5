from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from assistant.agents.events import CitationGiven, ToolFinished, TurnFinished, TurnStarted
from assistant.domain.accounts import Customer
from assistant.domain.approvals import ApprovalState
from assistant.domain.deals import DealRegistration, DealState
from assistant.domain.people import ANONYMOUS
from assistant.errors import Forbidden, RecordNotFound, StaleVersion, UsageError
from assistant.ports.prm import DealQuery, Write
from assistant.testing import MemoryThreads
from tests.contract.prm_world import ACME, BETA, MANAGER, START, WORLD, a_draft
from tests.unit.agents.office import Office, asked, office
from tests.unit.tools.workplace import workplace

DE = replace(ACME, locale="de")
NOTES = (
    "Bitte registrieren: Orrin GmbH, Gera, Deutschland, Skerrow Keep, 85.000 EUR, Abschluss 1. Dezember 2026, "
    "it@orrin.example"
)
PROBLEM = "Sie können gelöschte Daten nach einem Angriff nicht wiederherstellen."
COMPLETE = f"{NOTES}. {PROBLEM}"


@pytest.fixture
def here() -> Office:
    return office()


def deals(here: Office) -> tuple[DealRegistration, ...]:
    return asyncio.run(here.place.prm.find_deals(DealQuery(), requester=MANAGER)).items


def a_deal(deal_id: str) -> DealRegistration:
    draft = a_draft("r7", product="keep")
    return DealRegistration(deal_id, ACME.partner_id, draft, DealState.ACTIVE, START, START, rules="standard@2026.2")


def test_one_question_is_asked_then_every_field_is_shown_and_a_yes_registers_once(here: Office) -> None:
    first = here.say(NOTES, who=DE)
    assert "welches Problem" in first.reply
    assert not first.waits
    second = here.say(PROBLEM, who=DE)
    assert "85.000 EUR" in second.reply
    assert second.waits
    assert deals(here) == ()
    done = here.say("Ja, bitte einreichen", who=DE)
    assert "deal-1" in done.reply
    (deal,) = deals(here)
    assert (deal.draft.customer.name, deal.draft.customer.country, str(deal.draft.value)) == (
        "Orrin GmbH",
        "DE",
        "85,000 EUR",
    )
    here.say("Ja, bitte einreichen", who=DE)
    assert len(deals(here)) == 1


@pytest.mark.parametrize(
    "answer", ["Ja, aber nur wenn es 90.000 EUR sind", "Ja?", "Was passiert dann?", "Vielleicht morgen", "nein"]
)
def test_only_an_unconditional_yes_writes(here: Office, answer: str) -> None:
    here.say(COMPLETE, who=DE)
    here.say(answer, who=DE)
    assert deals(here) == ()


def test_a_correction_voids_what_was_shown_and_shows_it_anew(here: Office) -> None:
    here.say(COMPLETE, who=DE)
    (old,) = here.waiting(who=DE)
    shown = here.say("Nein, es sind 95.000 EUR", who=DE)
    assert "95.000 EUR" in shown.reply
    (new,) = here.waiting(who=DE)
    assert new.id != old.id
    with pytest.raises(StaleVersion):
        asyncio.run(here.agent.decide(new.id, old.digest, approve=True, requester=DE))
    here.say("ja", who=DE)
    (deal,) = deals(here)
    assert str(deal.draft.value) == "95,000 EUR"


def test_a_question_in_between_is_answered_and_the_change_still_waits(here: Office) -> None:
    here.say(COMPLETE, who=DE)
    answered = here.say("Wie lange ist ein Deal geschützt?", who=DE)
    assert "90 days" in answered.reply
    assert answered.waits
    here.say("ja", who=DE)
    assert len(deals(here)) == 1


def test_a_thread_goes_on_in_another_process_the_next_day() -> None:
    place, saver, threads = workplace(), InMemorySaver(), MemoryThreads()
    office(place, saver=saver, threads=threads).say(COMPLETE, who=DE)
    place.clock.turn(days=1)
    other = office(place, saver=saver, threads=threads)
    assert "deal-1" in other.say("Ja", who=DE).reply


def test_a_decision_made_elsewhere_is_told_when_the_conversation_goes_on(here: Office) -> None:
    here.say(COMPLETE, who=DE)
    (waits,) = here.waiting(who=DE)
    asyncio.run(here.place.desk.reject(waits.id, waits.digest, reason="falscher Kunde", requester=DE))
    told = asyncio.run(here.agent.transcript("t1", requester=DE))
    assert "falscher Kunde" in told.messages[-1].text
    assert told.open is None


def test_deciding_through_the_agent_tells_the_conversation(here: Office) -> None:
    here.say(COMPLETE, who=DE)
    (waits,) = here.waiting(who=DE)
    done = asyncio.run(here.agent.decide(waits.id, waits.digest, approve=True, requester=DE))
    assert done.state is ApprovalState.DONE
    assert "deal-1" in asyncio.run(here.agent.transcript("t1", requester=DE)).messages[-1].text


def test_nobody_else_decides_or_sees_a_conversation(here: Office) -> None:
    here.say(COMPLETE, who=DE)
    (waits,) = here.waiting(who=DE)
    with pytest.raises(RecordNotFound):
        asyncio.run(here.agent.decide(waits.id, waits.digest, approve=True, requester=BETA))
    here.say("ja", who=BETA)
    assert deals(here) == ()
    assert asyncio.run(here.agent.transcript("t1", requester=BETA)).messages[0].text == "ja"


def test_somebody_unknown_gets_no_conversation(here: Office) -> None:
    with pytest.raises(Forbidden):
        here.say("Hello", who=ANONYMOUS)


def test_an_edit_proposes_anew_and_approves_nothing(here: Office) -> None:
    here.say(COMPLETE, who=DE)
    (old,) = here.waiting(who=DE)

    async def edited() -> None:
        async for event in here.agent.edit(old.id, old.digest, {"amount": "91000"}, requester=DE):
            assert event is not None

    asyncio.run(edited())
    (new,) = here.waiting(who=DE)
    assert '"91000"' in new.proposal.payload
    assert deals(here) == ()


def test_the_same_message_sent_twice_is_answered_once(here: Office) -> None:
    first = asyncio.run(here.events(COMPLETE, who=DE, turn="m1"))
    again = asyncio.run(here.events(COMPLETE, who=DE, turn="m1"))
    assert first == again
    assert len(here.waiting(who=DE)) == 1


def test_a_lost_turn_is_told_again_event_by_event(here: Office) -> None:
    asked_first = asyncio.run(here.events("How long is a deal protected?", turn="m1"))
    assert isinstance(asked_first[0], TurnStarted)
    assert any(isinstance(event, CitationGiven) for event in asked_first)
    assert isinstance(asked_first[-1], TurnFinished)

    async def again() -> list[object]:
        return [event async for event in here.agent.again("t1", requester=ACME, turn="m1")]

    assert asyncio.run(again()) == asked_first


def test_what_the_rules_refuse_is_told_with_the_rule_and_without_whose_the_other_deal_is(here: Office) -> None:
    customer = Customer(name="ORRIN G.m.b.H.", country="DE", website="orrin.example", city="Gera")
    taken = a_draft("b-1", customer=customer, product="keep")
    asyncio.run(here.place.prm.register_deal(taken, write=Write(requester=BETA, key="b")))
    told = here.say(COMPLETE, who=DE)
    assert "Regel first-approved-wins" in told.reply
    assert "für diesen Kunden besteht bereits eine Zusammenarbeit" in told.reply
    assert "beta" not in told.reply.casefold()
    assert not told.waits
    assert here.waiting(who=DE) == ()


def test_action_required_is_explained_and_repaired_in_one_turn() -> None:
    waiting = replace(
        a_deal("deal-7"), state=DealState.ACTION_REQUIRED, comment="Which problem does the customer have?"
    )
    here = office(workplace(replace(WORLD, deals=(waiting,))))
    explained = here.say("What is the status of deal-7?")
    assert "Which problem does the customer have?" in explained.reply
    repaired = here.say("They lose a day of orders whenever the tape library fails, about once a month.")
    assert "They lose a day of orders" in repaired.reply
    assert "deal-7" in here.say("yes").reply
    (deal,) = deals(here)
    assert deal.draft.problem.startswith("They lose a day of orders")
    assert deal.state is not DealState.ACTION_REQUIRED


def test_an_answer_to_a_reviewer_takes_the_place_of_no_other_field() -> None:
    waiting = replace(a_deal("deal-7"), state=DealState.ACTION_REQUIRED, comment="Who decides at the customer?")
    here = office(workplace(replace(WORLD, deals=(waiting,))))
    here.say("What is the status of deal-7?")
    here.say("Head of IT Jana Roth decides, and the board signs in December.")
    here.say("yes")
    deal = asyncio.run(here.place.prm.get_deal("deal-7", requester=ACME))
    assert deal.draft.comments == "Head of IT Jana Roth decides, and the board signs in December."
    assert deal.draft.problem == waiting.draft.problem
    assert deal.state is not DealState.ACTION_REQUIRED


def test_a_channel_manager_gets_no_tool_for_partners(here: Office) -> None:
    told = here.say("Please accept the invitation for Keep in Germany", who=MANAGER)
    assert "your role does not allow it" in told.reply
    assert not told.waits


def test_a_channel_manager_files_a_deal_for_the_partner_they_name(here: Office) -> None:
    deal = "Orrin GmbH, Germany, Keep, 85,000 EUR, 1 December 2026, it@orrin.example. They cannot restore deleted data."
    assert "which partner" in here.say(f"Please register {deal}", who=MANAGER).reply
    told = here.say(f"Filing for partner Acme: end customer {deal}", who=MANAGER, thread="t2")
    assert told.waits
    assert "filed for" in told.reply


def test_forgetting_a_conversation_leaves_nothing_of_it(here: Office) -> None:
    here.say(COMPLETE, who=DE)
    asyncio.run(here.agent.forget("t1", requester=DE))
    assert here.waiting(who=DE) == ()
    assert asyncio.run(here.agent.transcript("t1", requester=DE)).messages == ()


def test_a_message_without_words_is_refused(here: Office) -> None:
    with pytest.raises(UsageError):
        here.say("  ")


def test_a_long_thread_keeps_a_summary_and_its_newest_messages(here: Office) -> None:
    for number in range(45):
        here.say(f"Hallo {number}", who=DE)
    told = asyncio.run(here.agent.transcript("t1", requester=DE))
    assert len(told.messages) < 80
    assert told.messages[-2].text == "Hallo 44"


def test_two_deals_of_one_message_are_proposed_one_after_the_other(here: Office) -> None:
    both = (
        "Please register two deals:\n"
        "1) Orrin GmbH, Germany, Skerrow Keep, 85,000 EUR, 1 December 2026, it@orrin.example, "
        "backups take too long every night\n"
        "2) Brandt AG, Germany, Skerrow Ledge, 40,000 EUR, 2 December 2026, it@brandt.example, "
        "restores fail again and again"
    )
    first = here.say(both)
    assert "Orrin" in first.reply
    second = here.say("yes")
    assert "deal-1" in second.reply
    assert "Brandt" in second.reply
    assert "Orrin GmbH (" not in second.reply
    here.say("yes")
    assert [deal.draft.customer.name for deal in deals(here)] in (
        ["Brandt AG", "Orrin GmbH"],
        ["Orrin GmbH", "Brandt AG"],
    )


def test_a_proposal_event_carries_what_must_be_sent_back_to_approve_it(here: Office) -> None:
    event = asked(asyncio.run(here.events(COMPLETE, who=DE)))
    (waits,) = here.waiting(who=DE)
    assert (event.approval_id, event.digest) == (waits.id, waits.digest)
    assert event.card is not None


def test_a_failed_tool_is_an_event_with_its_code(here: Office) -> None:
    found = asyncio.run(here.events("What is the status of REG-9999?"))
    (tool,) = [event for event in found if isinstance(event, ToolFinished)]
    assert tool.failed == "not_found"
