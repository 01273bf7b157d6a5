from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from assistant.agents.understanding.read import Circumstances, read
from assistant.agents.understanding.reading import Catalogue, Intent, Utterance
from assistant.domain.deals import DealRegistration, DealState
from assistant.domain.money import Money
from assistant.domain.written import number_told
from assistant.tools.register_deal import filed_by
from tests.contract.prm_world import ACME, DRAFT, MANAGER, START, WORLD, by
from tests.unit.agents.office import Office, office
from tests.unit.tools.workplace import workplace

FIRST, SECOND = "deal-1a2b", "deal-2b3c"
REASON = "it is a house account of ours"


def waiting(deal_id: str, *, customer: str = "Nordwind Logistik GmbH", comments: str = "") -> DealRegistration:
    draft = replace(
        DRAFT,
        partner_ref=f"ref-{deal_id}",
        customer=replace(DRAFT.customer, name=customer),
        value=Money.read("2000000", "EUR"),
        comments=comments,
    )
    return DealRegistration(
        id=deal_id, partner_id="acme", draft=draft, state=DealState.IN_REVIEW, created_at=START, updated_at=START,
        submitted_at=START, rules="standard@2026.2", version="1",
    )  # fmt: skip


def desk(*deals: DealRegistration) -> Office:
    return office(workplace(replace(WORLD, deals=(*WORLD.deals, *deals))))


def state(work: Office, deal_id: str) -> DealState:
    return asyncio.run(work.place.prm.get_deal(deal_id, requester=MANAGER)).state


@pytest.mark.parametrize(
    ("asked", "wish", "yes"),
    [
        ("What is waiting for my decision?", "Please approve {}", "Yes"),
        ("Was wartet auf meine Entscheidung?", "Bitte {} genehmigen", "Ja, genehmigen"),
        ("Qu'est-ce qui attend ma décision ?", "Approuve {}", "Oui"),
        ("¿Qué espera mi decisión?", "Aprueba {}", "Sí"),
        ("O que espera a minha decisão?", "Aprove {}", "Sim"),
        ("私の承認待ちの案件は？", "{}を承認してください", "はい"),
    ],
)
def test_a_channel_manager_sees_what_waits_and_approves_it_by_a_yes_of_their_own(
    asked: str, wish: str, yes: str
) -> None:
    work = desk(waiting(FIRST), waiting(SECOND, customer="Kronos AG"))
    listed = work.say(asked, who=MANAGER).reply
    assert FIRST in listed
    assert SECOND in listed
    work.say(wish.format(FIRST), who=MANAGER)
    assert state(work, FIRST) is DealState.IN_REVIEW
    work.say(yes, who=MANAGER)
    assert (state(work, FIRST), state(work, SECOND)) == (DealState.ACTIVE, DealState.IN_REVIEW)


def test_a_refusal_needs_the_managers_reason_and_their_plain_yes() -> None:
    work = desk(waiting(FIRST))
    asked = work.say(f"reject {FIRST}", who=MANAGER)
    assert "the reason, in your words" in asked.reply
    shown = work.say(REASON, who=MANAGER)
    assert "Refuse this registration" in shown.reply
    assert REASON in shown.reply
    assert state(work, FIRST) is DealState.IN_REVIEW
    work.say("Yes", who=MANAGER)
    refused = asyncio.run(work.place.prm.get_deal(FIRST, requester=ACME))
    assert (refused.state, refused.comment) == (DealState.REJECTED, REASON)


@pytest.mark.parametrize(
    "answer",
    ["approve it", "approved", "Yes, approve it", "genehmigt", "Freigegeben", "ja, freigegeben", "j'approuve",
     "aprobado", "aprovado", "承認します", "reject it", "no", "Nein", "いいえ"],
)  # fmt: skip
def test_only_a_plain_yes_confirms_a_refusal(answer: str) -> None:
    work = desk(waiting(FIRST))
    work.say(f"reject {FIRST} because {REASON}", who=MANAGER)
    assert work.waiting(who=MANAGER)
    work.say(answer, who=MANAGER)
    assert state(work, FIRST) is DealState.IN_REVIEW


@pytest.mark.parametrize("answer", [f"approve {SECOND}", f"yes, {SECOND}", f"Ja, {SECOND}", f"{SECOND}を承認します"])
def test_a_yes_that_names_another_deal_approves_nothing_that_was_shown(answer: str) -> None:
    work = desk(waiting(FIRST), waiting(SECOND, customer="Kronos AG"))
    work.say(f"approve {FIRST}", who=MANAGER)
    work.say(answer, who=MANAGER)
    assert {state(work, FIRST), state(work, SECOND)} == {DealState.IN_REVIEW}


def test_who_drops_a_decision_is_told_that_the_registration_still_waits() -> None:
    work = desk(waiting(FIRST))
    work.say(f"approve {FIRST}", who=MANAGER)
    assert "the registration still waits" in work.say("No, not yet", who=MANAGER).reply
    assert state(work, FIRST) is DealState.IN_REVIEW


def test_without_a_name_the_only_registration_that_waits_is_meant_and_else_all_are_listed() -> None:
    one = desk(waiting(FIRST))
    one.say("What is waiting for my decision?", who=MANAGER)
    assert "Approve this registration" in one.say("approve it", who=MANAGER).reply
    two = desk(waiting(FIRST), waiting(SECOND, customer="Kronos AG"))
    two.say("What is waiting for my decision?", who=MANAGER)
    assert SECOND in two.say("approve it", who=MANAGER).reply
    assert two.waiting(who=MANAGER) == ()


def test_a_partner_decides_nothing() -> None:
    work = desk(waiting(FIRST))
    assert "Nothing waits" in work.say(f"approve {FIRST}", who=ACME).reply
    assert work.place.use("approve_review", work.place.call("approve", who=ACME), deal=FIRST).failed == "no_such_tool"


def test_nobody_reviews_what_they_filed() -> None:
    work = desk(waiting(FIRST, comments=filed_by(MANAGER)))
    assert work.place.use("approve_review", work.place.call(FIRST, who=MANAGER), deal=FIRST).failed == "policy_refused"
    other = replace(MANAGER, user="dora")
    assert work.place.use("approve_review", work.place.call(FIRST, who=other), deal=FIRST).proposal is not None


def test_a_model_may_choose_neither_the_registration_nor_the_reason() -> None:
    place = desk(waiting(FIRST), waiting(SECOND, customer="Kronos AG")).place
    said = place.call("What waits for me?", f"reject {FIRST}", who=MANAGER)
    assert place.use("approve_review", said, deal=SECOND).failed == "invalid_record"
    assert place.use("reject_review", said, deal=FIRST, reason="Their director is a fraud.").failed == "invalid_record"
    assert place.use("reject_review", said, deal=FIRST).failed == "invalid_record"


def test_what_is_no_longer_in_review_is_not_decided_again() -> None:
    place = desk(waiting(FIRST)).place
    shown = place.use("approve_review", place.call(FIRST, who=MANAGER), deal=FIRST).proposal
    assert shown is not None
    asyncio.run(place.reviews.reject(FIRST, "ours", write=by(MANAGER, "k1", "1")))
    assert place.approved(shown).startswith("failed")
    assert asyncio.run(place.prm.get_deal(FIRST, requester=MANAGER)).state is DealState.REJECTED
    assert place.use("approve_review", place.call(FIRST, who=MANAGER), deal=FIRST).failed == "not_allowed_in_state"


def test_the_whole_id_of_a_deal_is_read_wherever_letters_follow_its_digits() -> None:
    for text in ("approve deal-8936a9e5ab78077d", "deal-8936a9e5ab78077dを承認してください"):
        given = Circumstances(today=START.date(), catalogue=Catalogue(("Keep",)))
        read_as = read([Utterance(text)], given)
        assert (read_as.intent, read_as.get("deal_id")) == (Intent.APPROVE, "DEAL-8936A9E5AB78077D")


def test_a_new_registration_is_heard_after_a_question_that_is_still_open() -> None:
    work = desk()
    assert "Es gibt keinen Deal" in work.say("Wie steht es um deal-999?", who=replace(ACME, locale="de")).reply
    told = "Bitte registrieren: Orrin GmbH, Gera, Deutschland, Keep, 85.000 EUR, it@orrin.example"
    assert "Orrin GmbH" in work.say(told, who=replace(ACME, locale="de")).reply


def test_amounts_are_written_as_people_of_the_language_write_them() -> None:
    assert number_told(6000, "de") == "6.000"
    assert number_told(6000, "en-GB") == "6,000"
    assert number_told(6000, "xx") == "6,000"
    work = desk(waiting(FIRST))
    assert "2.000.000 EUR" in work.say("¿Qué espera mi decisión?", who=replace(MANAGER, locale="es")).reply
