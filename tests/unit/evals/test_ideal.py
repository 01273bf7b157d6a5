from __future__ import annotations

from collections.abc import Mapping

import pytest

from evals.case import SeenDeal
from evals.ideal.play import Played, played
from evals.turns import TurnLine

SAID = (
    "Please register Orrin GmbH, Gera, Germany, Lumbrick Guard, 85,000 EUR, closing 1 December 2027, "
    "it@orrin.example. They cannot restore deleted data."
)
SLOTS = {
    "customer_name": "Orrin GmbH", "customer_country": "DE", "product": "Lumbrick Guard", "amount": "85000",
    "currency": "EUR", "close_date": "2027-12-01", "contact_email": "it@orrin.example",
    "problem": "They cannot restore deleted data.",
}  # fmt: skip


def line(said: str, intent: str, slots: Mapping[str, object], **more: object) -> TurnLine:
    messages = [{"from": "user", "text": said}]
    values = {"id": "c", "today": "2027-05-04", "messages": messages, "intent": intent, "slots": dict(slots), **more}
    return TurnLine.model_validate(values)


@pytest.fixture(scope="module")
def found() -> dict[str, Played]:
    """One conversation each of those that the tests are about."""
    lines = (
        line(SAID, "register_deal", SLOTS, id="whole"),
        line(SAID, "register_deal", {**SLOTS, "amount": "990000", "customer_name": "Elsewhere AG"}, id="made up"),
        line(SAID.replace(", it@orrin.example", ""), "register_deal", _without("contact_email"), id="missing"),
        line(
            "Withdraw REG-1, they stopped", "withdraw_deal", {"deal_id": "REG-1", "reason": "they stopped"}, id="deal"
        ),
        line("What is the weather?", "out_of_scope", {}, id="nothing"),
    )
    return {each.id: each for each in played(lines)}


def _without(name: str) -> dict[str, str]:
    return {slot: value for slot, value in SLOTS.items() if slot != name}


def deal(each: Played) -> SeenDeal:
    assert each.seen is not None, each.error
    return each.seen.deals[0]


def test_what_the_model_wants_is_read_from_the_stored_proposal(found: Mapping[str, Played]) -> None:
    slots = dict(deal(found["whole"]).slots)
    assert slots.pop("product") == ("guard",)  # the vendor's code, as the PRM has it
    assert slots == {name: (value,) for name, value in SLOTS.items() if name != "product"}
    assert deal(found["whole"]).missing == ()


def test_what_nobody_said_does_not_come_out_although_the_model_wants_it(found: Mapping[str, Played]) -> None:
    made_up = deal(found["made up"])
    assert {"amount", "customer_name"} <= set(made_up.missing)
    assert not {"amount", "customer_name"} & {name for name, _ in made_up.slots}


def test_what_is_missing_is_read_from_the_question_to_the_person(found: Mapping[str, Played]) -> None:
    assert deal(found["missing"]).missing == ("contact_email",)


def test_a_deal_is_read_from_the_record_that_the_proposal_is_about(found: Mapping[str, Played]) -> None:
    assert dict(deal(found["deal"]).slots) == {"deal_id": ("REG-1",), "reason": ("they stopped",)}


def test_a_turn_without_a_deed_is_out_of_scope(found: Mapping[str, Played]) -> None:
    nothing = found["nothing"].seen
    assert nothing is not None
    assert nothing.intent == "out_of_scope"
