"""Registering a deal by the form, as the person who fills it in sees it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from assistant.ports.chat_desk import Form
from integrations.surfaces.slack.delivery import Delivery
from integrations.surfaces.slack.forms import SUBMITTED, DealForms
from tests.slack.mock import Json
from tests.slack.people import (
    DANA,
    JONAS,
    LENA,
    ODD,
    Office,
    a_customer,
    chosen,
    filled,
    found,
    in_days,
    shown_in,
    text,
)

TOLD = (
    "Orrin GmbH, Gera, Germany, Keep, 85,000 EUR, close 1 December 2030, <mailto:it@orrin.example|it@orrin.example>. "
    "They cannot restore deleted data after an attack."
)


def value(form: Json, name: str) -> str:
    element = next(block for block in form["blocks"] if block.get("block_id") == name)["element"]
    option = element.get("initial_option")
    return option["value"] if option else str(element.get("initial_value") or element.get("initial_date") or "")


async def test_the_command_opens_a_form_with_nine_fields_and_more(office: Office) -> None:
    await office.command("")
    asked = [block["block_id"] for block in office.form()["blocks"] if block["type"] == "input"]
    assert len(asked) >= 12
    assert office.form()["title"]["text"] == "Register a deal"


async def test_the_form_is_filled_in_from_what_was_said(office: Office) -> None:
    await office.command(TOLD)
    form = office.form()
    assert {name: value(form, name) for name in ("customer_name", "customer_country", "customer_city", "product")} == {
        "customer_name": "Orrin GmbH",
        "customer_country": "DE",
        "customer_city": "Gera",
        "product": "keep",
    }
    assert (value(form, "amount"), value(form, "currency")) == ("85000", "EUR")
    assert value(form, "close_date") == "2030-12-01"
    assert value(form, "contact_email") == "it@orrin.example"
    assert "restore deleted data" in value(form, "problem")


async def test_a_message_becomes_a_form(office: Office) -> None:
    await office.shortcut(TOLD)
    assert value(office.form(), "customer_name") == "Orrin GmbH"


async def test_a_message_in_a_thread_is_read_with_its_thread(office: Office) -> None:
    office.slack.channels["C1"]["thread"] = [
        {"text": "New lead: Orrin GmbH in Gera, Germany, they want Keep.", "user": LENA},
        {"text": "I am a bot", "bot_id": "B9"},
        {"text": "It is 85,000 EUR, contact it@orrin.example", "user": JONAS},
    ]
    await office.shortcut("It is 85,000 EUR", thread_ts="18.1")
    form = office.form()
    assert (value(form, "customer_name"), value(form, "amount")) == ("Orrin GmbH", "85000")


async def test_a_thread_that_cannot_be_read_leaves_the_message(office: Office) -> None:
    office.slack.channels.pop("C2")
    await office.shortcut(TOLD, channel="C2", thread_ts="18.1")
    assert value(office.form(), "customer_name") == "Orrin GmbH"


@pytest.mark.parametrize("who", [ODD, DANA])
async def test_who_may_not_register_deals_gets_no_form(office: Office, who: str) -> None:
    office.slack.people[DANA]["is_restricted"] = True
    await office.command("", by=who)
    assert office.slack.views == {}
    assert "cannot do this for you" in office.told or "ne peux pas" in office.told


@pytest.mark.parametrize("how", ["command", "shortcut"])
async def test_a_click_that_came_too_late_gets_a_button_that_opens_the_form(office: Office, how: str) -> None:
    office.late = True
    await (office.command(TOLD) if how == "command" else office.shortcut(TOLD))
    assert office.slack.views == {}
    again = found(office.slack.responses[-1]["blocks"], "open_form")
    assert again is not None
    office.late = False
    await office.act(again, channel={"id": "D1"})
    assert office.form()["callback_id"] == "deal_form"
    assert value(office.form(), "customer_name") == "Orrin GmbH"


async def test_a_full_form_is_proposed_and_writes_nothing(office: Office) -> None:
    customer = a_customer()
    await office.command("")
    shown = await office.send(filled(customer))
    assert "nothing happens until you approve" in str(shown["view"])
    await office.settle()
    (card,) = office.to(LENA)
    assert customer in shown_in(card)
    assert found(card.blocks, "approval_approve")
    assert not any(customer in deal for deal in await office.deals())


async def test_every_field_that_is_wrong_is_named_at_once(office: Office) -> None:
    await office.command("")
    wrong = filled(
        a_customer(),
        amount="-5",
        problem=text("backup"),
        contact_email=text("nobody"),
        close_date={"type": "datepicker", "selected_date": in_days(-3)},
        consent=None,
    )
    shown = await office.send(wrong)
    assert shown["response_action"] == "errors"
    assert {"amount", "consent"} <= set(shown["errors"])
    shown = await office.send(wrong | {"amount": text("50000"), "consent": filled("x")["consent"]})
    assert set(shown["errors"]) == {"problem", "contact_email", "close_date"}


@pytest.mark.parametrize(
    ("field", "wrong", "told"),
    [
        ("customer_name", None, "Please fill this in."),
        ("customer_country", None, "Please fill this in."),
        ("customer_country", chosen("XX"), "Choose a country from the list."),
        ("customer_country", chosen("US"), "Needed for customers in the United States."),
        ("customer_website", text("no address"), "Write a web address such as example.com."),
        ("product", chosen("toaster"), "The vendor has no such product."),
        ("amount", text("a lot"), "This is not a number."),
        ("amount", text("0"), "This must be above zero."),
        ("currency", None, "Please fill this in."),
        ("close_date", {"type": "datepicker", "selected_date": in_days(-1)}, "This day is past."),
        ("close_date", {"type": "datepicker", "selected_date": "soon"}, "This is not a date."),
        ("contact_email", text("it@"), "This is not the e-mail address"),
        ("problem", text("backup"), "Too short"),
        ("consent", None, "Without the customer's consent"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(office: Office, field: str, wrong: object, told: str) -> None:
    await office.command("")
    shown = await office.send(filled(a_customer(), **{field: wrong}))  # type: ignore[arg-type]
    place = "customer_state" if told.startswith("Needed") else field
    assert told in shown["errors"][place]


async def test_what_is_wrong_is_said_in_the_persons_language(office: Office) -> None:
    await office.command("", by=DANA)
    shown = await office.send(filled(a_customer(), problem=text("rien")), by=DANA)
    assert shown["errors"]["problem"].startswith("Trop court")


async def test_a_rule_that_forbids_it_is_named(office: Office) -> None:
    await office.command("")
    shown = await office.send(filled(a_customer(), amount="100"))
    assert "minimum-value" in str(shown["errors"])


async def test_a_customer_that_is_protected_already_is_refused_before_anything_is_proposed(office: Office) -> None:
    customer = a_customer()
    card = await office.proposed(customer)
    await office.click(card, "approval_approve")
    assert f"{customer}: active" in await office.deals()
    await office.command("", by=DANA)
    shown = await office.send(filled(customer), by=DANA)
    assert shown["response_action"] == "errors"
    assert "acme" not in str(shown).lower()
    await office.settle()
    assert office.to(DANA) == []


async def test_a_form_that_is_sent_twice_is_proposed_once(office: Office) -> None:
    await office.command("")
    form, values = office.form(), filled(a_customer())
    shown = await asyncio.gather(*(office.send(values, view=form) for _ in range(3)))
    again = await office.send(values, view=form)
    await office.settle()
    assert len(office.to(LENA)) == 1
    assert "already" in str(again)
    assert all(each["response_action"] == "update" for each in shown)


@pytest.mark.parametrize("how", ["sent", "checked"])
async def test_a_proposal_that_a_crash_kept_from_being_shown_is_shown_when_its_form_comes_again(
    office: Office, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    class Killed(BaseException):
        """The process is gone."""

    async def die(_forms: DealForms, _form: Form) -> None:
        raise Killed

    await office.command("")
    form, values = office.form(), filled(a_customer())
    with monkeypatch.context() as patched:
        patched.setattr(DealForms, "_to_be_shown", die)
        with pytest.raises(Killed):
            await office.send(values, view=form)
    assert office.to(LENA) == []
    if how == "sent":
        assert "already" in str(await office.send(values, view=form))
    else:
        kept = {"team_id": "T1", "view": form["id"], "form": form["private_metadata"], "values": {}}
        await office.surface.handle(Delivery(SUBMITTED, kept))
        assert "already" in str(office.slack.views[form["id"]])
    await office.settle()
    assert len(office.to(LENA)) == 1


async def test_a_form_of_somebody_else_is_no_good(office: Office) -> None:
    await office.command("")
    shown = await office.send(filled(a_customer()), by=DANA)
    assert "n'est plus valable" in str(shown)
    await office.settle()
    assert office.to(DANA) == office.to(LENA) == []


async def test_a_form_that_nobody_opened_is_no_good(office: Office) -> None:
    shown = await office.send(filled(a_customer()), view={"id": "V9", "callback_id": "deal_form", "hash": "h"})
    assert "no longer valid" in str(shown)


async def test_a_check_that_takes_long_shows_that_it_is_under_way_and_ends_with_its_result(office: Office) -> None:
    forms_of(office, check=0.0)
    await office.command("")
    form = office.form()
    shown = await office.send(filled(a_customer()))
    assert "Looking for other registrations" in str(shown["view"])
    await office.settle()
    assert "Checked." in str(office.slack.views[form["id"]])
    assert len(office.to(LENA)) == 1


async def test_a_long_check_that_finds_something_wrong_shows_the_form_again(office: Office) -> None:
    forms_of(office, check=0.0)
    await office.command("")
    form = office.form()
    await office.send(filled("Kronos Handels GmbH", problem=text("backup")))
    await office.settle()
    now = office.slack.views[form["id"]]
    assert "Too short" in str(now["blocks"][0])
    assert value(now, "customer_name") == "Kronos Handels GmbH"
    assert office.to(LENA) == []


@pytest.mark.parametrize(("typed", "first"), [("ger", "DE"), ("DE", "DE"), ("united st", "US"), ("zzz", "")])
async def test_countries_are_found_as_they_are_typed(office: Office, typed: str, first: str) -> None:
    body = {"type": "block_suggestion", "block_id": "customer_country", "value": typed, "team": {"id": "T1"}}
    shown = await office.surface.handle.at_once(
        Delivery("block_suggestion", body | {"user": {"id": LENA, "team_id": "TACME"}})
    )
    assert [each["value"] for each in shown["options"]][:1] == ([first] if first else [])


async def test_reading_that_takes_long_fills_the_form_in_when_it_is_open(office: Office) -> None:
    forms_of(office, read=0.0)
    await office.command(TOLD)
    methods = [call.method for call in office.slack.calls if call.method.startswith("views.")]
    assert methods == ["views.open", "views.update"]
    assert value(office.form(), "customer_name") == "Orrin GmbH"


async def test_a_form_that_was_gone_on_with_is_not_filled_in_behind_its_writers_back(office: Office) -> None:
    forms_of(office, read=0.0)
    opened = office.slack._views_open

    def open_and_go_on(arguments: Json) -> Json:
        made = opened(arguments)
        office.form()["hash"] = "another"
        return {"view": {**made["view"], "hash": "as it was"}}

    office.slack._views_open = open_and_go_on  # type: ignore[method-assign]
    await office.command(TOLD)
    assert value(office.form(), "customer_name") == ""


def forms_of(office: Office, **seconds: float) -> None:
    """The form's part of the app, with less patience."""
    workspace = office.surface.handle.workspaces.workspace  # type: ignore[attr-defined]
    forms = workspace.app.interactions.forms
    object.__setattr__(forms, "patience", replace(forms.patience, **seconds))
