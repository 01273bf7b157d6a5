"""What people find when they open the app: their deals, prompts, their language, and how to be forgotten."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.domain.people import ANONYMOUS, Requester, Role, TierLadder
from assistant.errors import StorageError
from assistant.tools.tool import Card, Row
from integrations.surfaces.slack.approval_blocks import card_blocks
from integrations.surfaces.slack.blockkit import check_blocks, check_view
from integrations.surfaces.slack.blockkit_rules import Surface
from integrations.surfaces.slack.form_fields import FIELDS, country_options
from integrations.surfaces.slack.form_view import checking_view, deal_form, reason_form, told_view
from integrations.surfaces.slack.home import LANGUAGES, deals_blocks
from integrations.surfaces.slack.prompting import prompts_for
from prompts.messages import message
from tests.slack.people import JONAS, LENA, ODD, Office, a_customer, found

SPOKEN = ("en", "de", "fr", "es", "pt", "ja", "ar", "xx")


async def opened(office: Office, who: str, tab: str = "home") -> str:
    teams = {JONAS: "T1", LENA: "TACME", ODD: "TODD"}
    await office.event("app_home_opened", user=who, user_team=teams[who], channel="D1", tab=tab)
    return str(office.slack.homes.get(who))


async def test_a_partner_finds_their_deals_and_the_form(office: Office) -> None:
    customer = a_customer()
    card = await office.proposed(customer)
    await office.click(card, "approval_approve")
    home = await opened(office, LENA)
    assert customer in home
    assert "I know you as *Acme*" in home
    button = found(office.slack.homes[LENA]["blocks"], "open_form")
    assert button is not None
    office.slack.views.clear()
    await office.act(button)
    assert office.form()["callback_id"] == "deal_form"


async def test_a_home_whose_deals_cannot_be_read_says_so_in_the_language_of_its_reader(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise StorageError("The PRM's database does not answer: 08006")

    monkeypatch.setattr(type(office.surface.liaison.prm.prm), "find_deals", broken)
    home = await opened(office, LENA)
    assert "cannot be shown right now" in home
    assert "08006" not in home


@pytest.mark.parametrize("language", ["en", "de", "ja"])
def test_a_partner_without_deals_is_not_told_of_such_deals(language: str) -> None:
    shown = str(deals_blocks([], language))
    assert message("slack_home_no_deals", language) in shown
    assert message("deals_none", language) not in shown


def test_products_keep_their_letters() -> None:
    shown = str(deal_form("f", {}, "en", products=("SKERROW-EDGE", "keep")))
    assert "SKERROW-EDGE" in shown
    assert "Keep" in shown
    assert "Skerrow-edge" not in shown


async def test_a_channel_manager_finds_the_queue(office: Office) -> None:
    home = await opened(office, JONAS)
    assert "Deals, die auf Ihre Entscheidung warten" in home
    assert "Ich kenne Sie als *jonas*" in home


async def test_a_stranger_finds_no_deals(office: Office) -> None:
    home = await opened(office, ODD)
    assert "public content only" in home
    assert "deal-" not in home


async def test_a_chosen_language_holds_everywhere_until_it_is_taken_back(office: Office) -> None:
    await opened(office, LENA)
    select = found(office.slack.homes[LENA]["blocks"], "home_language")
    assert select is not None
    await office.act(select, chosen={"selected_option": {"value": "fr"}})
    assert "Vos affaires" in str(office.slack.homes[LENA])
    await office.command("")
    assert office.form()["title"]["text"] == "Enregistrer une affaire"
    await office.act(select, chosen={"selected_option": {"value": "slack"}})
    assert "Your deals" in str(office.slack.homes[LENA])


@pytest.mark.parametrize("wrong", ["xx", "", "../de"])
async def test_a_language_that_is_not_offered_is_not_taken(office: Office, wrong: str) -> None:
    await office.act(
        {"type": "static_select", "action_id": "home_language"}, chosen={"selected_option": {"value": wrong}}
    )
    assert await office.liaison.slack.desk.language("TACME", LENA) == ""


async def test_somebody_who_wants_to_be_forgotten_is(office: Office) -> None:
    await office.liaison.slack.desk.choose_language("TACME", LENA, "de")
    card = await office.proposed(a_customer())
    approval = await office.approval(card)
    await opened(office, LENA)
    gone = found(office.slack.homes[LENA]["blocks"], "home_forget")
    assert gone is not None
    assert "confirm" in gone
    await office.act(gone)
    assert "Gelöscht." in str(office.slack.homes[LENA]) or "Deleted." in str(office.slack.homes[LENA])
    desk = office.liaison.slack.desk
    assert await desk.language("TACME", LENA) == ""
    assert await desk.cards(approval.id) == ()


@pytest.mark.parametrize(
    ("who", "told"), [(LENA, "What do we need"), (JONAS, "Welche Deals"), (ODD, "partner programme")]
)
async def test_the_messages_tab_suggests_prompts(office: Office, who: str, told: str) -> None:
    await opened(office, who, tab="messages")
    call = [call for call in office.slack.calls if call.method == "assistant.threads.setSuggestedPrompts"][-1]
    assert call.arguments["channel_id"] == "D1"
    assert told in str(call.arguments["prompts"])
    assert "thread_ts" not in call.arguments


async def test_an_older_app_gets_its_prompts_in_the_assistants_thread(office: Office) -> None:
    thread = {"user_id": LENA, "channel_id": "D1", "thread_ts": "20.1", "context": {"channel_id": "C1"}}
    await office.event("assistant_thread_started", assistant_thread=thread)
    call = [call for call in office.slack.calls if call.method == "assistant.threads.setSuggestedPrompts"][-1]
    assert call.arguments["thread_ts"] == "20.1"
    await office.event("assistant_thread_context_changed", assistant_thread=thread)


async def test_the_channel_that_somebody_looks_at_is_looked_up_ahead(office: Office) -> None:
    entity = {"type": "slack#/types/channel_id", "value": "C2", "team_id": "T1"}
    await office.event("app_context_changed", user=LENA, channel="D1", context={"entities": [entity]})
    asked = [call.arguments["channel"] for call in office.slack.calls if call.method == "conversations.info"]
    assert asked == ["C2"]


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("tier", ["registered", "silver", "gold", "platinum", "unknown", ""])
def test_prompts_fit_the_tier_and_the_language(tier: str, language: str) -> None:
    ladder = TierLadder()
    partner = Requester("u", Role.PARTNER, "acme", tier=tier, locale=language)
    prompts = prompts_for(partner, ladder)
    assert 1 <= len(prompts) <= 4
    assert all(each["title"] and each["message"] and "{" not in each["message"] for each in prompts)
    above = {"registered": "silver", "silver": "gold", "gold": "platinum"}.get(tier, "")
    assert (above in str(prompts)) if above else ("platinum" not in str(prompts))


@pytest.mark.parametrize("language", SPOKEN)
def test_who_is_nobody_gets_prompts_about_the_programme(language: str) -> None:
    assert len(prompts_for(replace(ANONYMOUS, locale=language), TierLadder())) == 3


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("products", [(), ("keep", "lantern")])
def test_every_view_is_one_that_slack_takes(language: str, products: tuple[str, ...]) -> None:
    long = {field.name: "字" * 5000 for field in FIELDS}
    good = {
        "customer_country": "DE",
        "currency": "EUR",
        "period": "annual",
        "close_date": "2027-01-31",
        "product": "keep",
    }
    for values in ({}, long, good):
        assert check_view(deal_form("f", values, language, products=products, errors=values)) == []
    for view in (checking_view("f", language), told_view("x & <y>", language), reason_form("a:b", language)):
        assert check_view(view) == []
    assert check_view(reason_form("a:b", language, asks=True)) == []
    assert len(country_options("a", language)) <= 100


@pytest.mark.parametrize("count", [0, 1, 60, 400])
def test_a_card_of_any_length_fits_into_a_message(count: int) -> None:
    rows = tuple(Row(f"name {n} <!here>", "vål & <@U1> " * 40, foreign=n % 2 == 0) for n in range(count))
    blocks = card_blocks(Card("Title" * 60, rows, tuple(f"note {n}" for n in range(14))), "en")
    assert check_blocks(blocks, Surface.MESSAGE) == []
    assert "<!here>" not in str(blocks)
    assert "<@U1>" not in str(blocks)


def test_every_language_of_the_home_is_one_that_liaison_speaks() -> None:
    folder = Path(__file__).parents[3] / "prompts" / "messages"
    assert {file.stem for file in folder.glob("*.yaml")} >= set(LANGUAGES)
