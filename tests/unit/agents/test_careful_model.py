"""What a model that reads everything rightly takes from people's words must not be refused as made up."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from pydantic import JsonValue

from assistant.agents.form import CODES, DEAL_FIELDS
from assistant.agents.situation import TurnContext, call_in
from assistant.agents.understanding.reading import Catalogue
from assistant.domain.approvals import Source
from assistant.domain.people import Requester, Role
from assistant.errors import InvalidRecord
from assistant.tools.deal_form import DealFields, origins_of
from assistant.tools.origin import origin_of
from evals.turns import TurnLine, Value, catalogue, load_turns

ANN = Requester(user="ann", role=Role.PARTNER, partner_id="acme")
DAY = datetime(2027, 3, 2, tzinfo=UTC)
BY_POINTING = {"DV-050"}  # "the first" of two countries that only the assistant named: it is asked by its name


def refused(slots: dict[str, Value], messages: list[AnyMessage], given: TurnContext) -> set[str]:
    """The fields of a form, filled in from these slots, that are refused as made up."""
    told: dict[str, JsonValue] = {}
    for name, value in slots.items():
        if field := DEAL_FIELDS.get(name):
            told[field] = CODES.get((field, str(value)), str(value))
    try:
        origins_of(DealFields.model_validate(told), call_in(messages, given).words)
    except InvalidRecord as error:
        return {problem.field for problem in error.problems}
    return set()


def messages_of(line: TurnLine) -> list[AnyMessage]:
    """The messages of a conversation; a draft that it begins with stands for what the person had said before."""
    lead = len(line.messages) == 2
    return [
        HumanMessage(each.text) if each.author == "user" or (lead and not place) else AIMessage(each.text)
        for place, each in enumerate(line.messages)
    ]


def test_nothing_that_people_said_of_a_deal_is_refused_as_made_up(shared: Path) -> None:
    lines = [line for line in load_turns(shared / "evals" / "dev" / "turns.jsonl") if line.intent == "register_deal"]
    found = {}
    for line in lines:
        given = TurnContext(ANN, "t", datetime.combine(line.today, time(), UTC), catalogue())
        deals = (line, *line.more_deals)
        found[line.id] = set().union(*(refused(deal.slots, messages_of(line), given) for deal in deals))
    assert len(found) == 50
    assert {name for name, fields in found.items() if fields} <= BY_POINTING


@pytest.mark.parametrize(
    ("said", "slots"),
    [
        ("Orrin, 6,400 a year in pounds", {"amount": "6400", "currency": "GBP"}),
        ("Reg for Orrin: Sync, closing end of March", {"product": "Lumbrick Sync", "close_date": "2027-03-31"}),
        ("pls register Orrin - lumbrick sycn", {"product": "Lumbrick Sync"}),
    ],
)
def test_everyday_words_slips_and_a_left_out_vendor_are_the_persons_own(said: str, slots: dict[str, Value]) -> None:
    given = TurnContext(ANN, "t", DAY, Catalogue(("Atlas", "Sync"), "Lumbrick"))
    assert not refused(slots, [HumanMessage(said)], given)


def test_what_only_the_assistant_or_nobody_said_is_refused() -> None:
    given = TurnContext(ANN, "t", DAY, Catalogue(("Atlas", "Sync"), "Lumbrick"))
    messages: list[AnyMessage] = [
        HumanMessage("Register Orrin, 6,400 a year"),
        AIMessage("In pounds, closing 2027-03-31, for Sync?"),
    ]
    slots: dict[str, Value] = {"currency": "GBP", "close_date": "2027-03-31", "product": "Lumbrick Sync"}
    assert refused(slots, messages, given) == {"currency", "close_date", "product"}


def test_what_stands_in_forwarded_text_alone_is_never_the_persons_own() -> None:
    given = TurnContext(ANN, "t", DAY, Catalogue(("Atlas", "Sync"), "Lumbrick"))
    mail = "-----Original Message-----\nFrom: Bob\n> We sign at the end of March, 6,400 a year in pounds, for Sync\n"
    words = call_in([HumanMessage(f"Please register Orrin GmbH.\n\n{mail}")], given).words
    values = (date(2027, 3, 31), Decimal(6400), "Lumbrick Sync")
    assert {origin_of(value, words).source for value in values} == {Source.QUOTED}
    assert origin_of("Orrin GmbH", words).source is Source.SAID
