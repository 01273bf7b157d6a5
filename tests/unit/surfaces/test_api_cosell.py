"""Co-sell recommendations over HTTP and as a page: for channel managers, never for partners."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assistant.cosell.advice import Advice, advise
from assistant.cosell.desk import Asked, Staffing
from assistant.cosell.learning import learnt
from assistant.cosell.need import Described
from assistant.cosell.register import read_register
from assistant.domain.accounts import Customer
from assistant.domain.people import principal
from integrations import cosell_file
from integrations.clock import FixedClock
from integrations.coselling import desk_of
from integrations.surfaces.cosell.page import standalone
from integrations.surfaces.http.service import Service
from prompts.page import LANGUAGES, page_texts
from tests.browser import browser_tab
from tests.conftest import ROOT
from tests.unit.surfaces.world import client, key, serving_quickly

PATH = "/v1/cosell/recommendations"
NEED = {"product": "keep", "country": "DE", "industry": "finance"}
MANAGER = principal("channel_manager:jonas")
TODAY = FixedClock(datetime(2026, 11, 16, 9, tzinfo=UTC))  # the day of the samples, whose certificates expire
HOSTILE = "<script>alert(1)</script><img src='http://evil.example/x'>"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder: Path = tmp_path_factory.mktemp("cosell")
    rules = ROOT / "samples" / "prm" / "rules.yaml"
    with serving_quickly(folder, library={}, prm_rules=rules, clock=TODAY) as service:
        liaison = service.liaison
        liaison.prm.seed(ROOT / "samples" / "prm", data=liaison.settings.data, tenant="default")
        register = asyncio.run(read_register(liaison.prm.prm, MANAGER))
        cosell_file.save(liaison.settings.data, learnt(register.past(before=liaison.clock.now().date())))
        yield service


async def call(service: Service, body: dict[str, Any], *, who: str = "channel_manager:jonas", **more: Any) -> Any:
    made = await key(service, who, ("cosell",), **more)
    async with client(service, made.token) as caller:
        return await caller.post(PATH, json=body)


async def test_everybody_is_ranked_or_excluded_with_numbers_that_add_up(service: Service) -> None:
    response = await call(service, {**NEED, "count": 50})
    assert response.status_code == 200, response.text
    found = response.json()
    shown = {item["id"] for item in found["ranked"]} | {item["id"] for item in found["excluded"]}
    assert len(shown) == found["considered"] == 47
    for item in found["ranked"]:
        assert item["start"] + sum(reason["points"] for reason in item["reasons"]) == pytest.approx(item["score"])
        assert item["engages"]["low"] <= item["engages"]["value"] <= item["engages"]["high"]
        assert 1 <= len(item["alike"]) <= 3
        assert item["against"]


async def test_why_not_is_the_rule_or_sums_to_the_difference_of_the_scores(service: Service) -> None:
    response = await call(service, {**NEED, "why": ["tiber", "elbtal"], "language": "de"})
    tiber, elbtal = response.json()["why"]
    assert (tiber["excluded"]["rule"], tiber["partner"], tiber["leads"]) == ("territory", None, [])
    assert "verkauft nicht im Land des Kunden" in tiber["told"][0]
    first = response.json()["ranked"][0]
    assert elbtal["first"] == first["id"]
    ahead = sum(lead["points"] for lead in elbtal["leads"])
    assert ahead == pytest.approx(first["score"] - elbtal["partner"]["score"], abs=1e-6)
    assert any(first["name"] in said for said in elbtal["told"])


async def test_a_team_comes_with_coverage_runner_up_and_prices(service: Service) -> None:
    wanted = {"needs": ["kind:integrator", "product:keep", "product:nothing"], "size": 2}
    team = (await call(service, {**NEED, "team": wanted})).json()["team"]
    assert team["best"]["proved"]
    assert team["uncovered"] == ["product:nothing"]
    covered = {each["capability"]: each["partners"] for each in team["coverage"]}
    assert covered["kind:integrator"]
    assert set(covered["kind:integrator"]) <= set(team["best"]["partners"])
    assert covered["product:nothing"] == []
    assert team["runner_up"]["partners"] != team["best"]["partners"]
    assert {"size"} <= {price["constraint"] for price in team["prices"]}


async def test_what_was_shown_is_logged_once_for_who_asked(service: Service) -> None:
    log = service.liaison.exposures
    await log.forget("default", who="channel_manager:jonas")  # what other tests showed
    for _ in range(2):
        assert (await call(service, {"deal": "deal-01306"})).status_code == 200
    shown = [item.deal_id for item in await log.of("default") if item.who == "channel_manager:jonas"]
    assert shown == ["deal-01306"]
    assert await log.forget("default", who="channel_manager:jonas") == 1


@pytest.mark.parametrize("body", [NEED, {"deal": "deal-01306"}, {**NEED, "why": ["acme"]}])
async def test_a_partner_learns_nothing(service: Service, body: dict[str, Any]) -> None:
    response = await call(service, body, who="partner:acme")
    assert (response.status_code, response.json()["code"]) == (403, "forbidden")
    assert "Elbtal" not in response.text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({**NEED, "present": ["nobody"]}, 400),
        ({**NEED, "why": ["nobody"]}, 404),
        ({"deal": "deal-none"}, 404),
        ({"account": "account-none"}, 404),
        ({**NEED, "team": {"rivals": [["nobody", "acme"]]}}, 400),
        ({**NEED, "count": 0}, 422),
        ({**NEED, "country": "Germany"}, 422),
        ({**NEED, "value": {"amount": "-1", "currency": "EUR"}}, 422),
        ({**NEED, "why": ["a"] * 11}, 422),
        ({**NEED, "surprise": True}, 422),
    ],
)
async def test_what_cannot_be_used_is_a_problem_with_a_hint(
    service: Service, body: dict[str, Any], status: int
) -> None:
    response = await call(service, body)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    assert response.json()["hint"] or response.json()["problems"]


async def test_keys_without_the_scope_too_many_calls_and_large_bodies_are_refused(service: Service) -> None:
    made = await key(service, "channel_manager:jonas", ("ask",))
    async with client(service, made.token) as caller:
        assert "cosell" in (await caller.post(PATH, json=NEED)).json()["hint"]
    async with client(service) as nobody:
        assert (await nobody.post(PATH, json=NEED)).status_code == 401
    large = await call(service, {**NEED, "text": "x" * 2_000_000})
    assert large.status_code == 413
    slow = await key(service, "channel_manager:jonas", ("cosell",), rate=1)
    async with client(service, slow.token) as caller:
        answers = [(await caller.post(PATH, json={})).status_code for _ in range(3)]
    assert answers[-1] == 429


async def test_a_server_without_a_model_says_what_to_do(tmp_path: Path) -> None:
    with serving_quickly(tmp_path, library={}) as untrained:
        response = await call(untrained, NEED)
        assert (response.status_code, "liaison cosell train" in response.json()["hint"]) == (503, True)


async def test_the_page_is_for_channel_managers_too(service: Service) -> None:
    for who, status in (("channel_manager:jonas", 200), ("partner:acme", 403)):
        made = await key(service, who, ("cosell",))
        async with client(service, made.token) as caller:
            answer = await caller.get("/cosell", params={"deal": "deal-01306", "why": "tiber"})
            form = await caller.get("/cosell", headers={"accept": "text/html"})
        assert (answer.status_code, form.status_code) == (status, status)
        assert ("<svg" in answer.text) == (status == 200)
        assert "<script" not in answer.text
        assert "style=" not in answer.text  # the server's policy allows none


async def advice(service: Service) -> Advice:
    asked = Asked(told=Described(Customer(name="", country="DE", industry="finance"), "keep"))
    case = await desk_of(service.liaison).case(asked, requester=MANAGER)
    team = Staffing(needs=("kind:integrator", "product:keep"), size=2)
    return await advise(case, why=("tiber", "elbtal"), team=team)


async def test_what_others_wrote_is_text_on_the_page(service: Service) -> None:
    found = await advice(service)
    partners = {name: replace(partner, display_name=HOSTILE) for name, partner in found.partners.items()}
    page = standalone(replace(found, partners=partners, deal=HOSTILE), "en")
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


def test_a_browser_shows_the_page_in_every_language_without_calling_anybody(service: Service, tmp_path: Path) -> None:
    found = asyncio.run(advice(service))
    with browser_tab(viewport={"width": 390, "height": 800}) as page:
        calls: list[str] = []
        page.on("request", lambda request: calls.append(request.url))
        page.on("console", lambda said: calls.append(said.text))
        for language in LANGUAGES:
            file = tmp_path / f"{language}.html"
            file.write_text(standalone(found, language), encoding="utf-8")
            page.goto(file.as_uri())
            whole(page, found, language)
        assert len(calls) == len(LANGUAGES), calls  # the files themselves; the policy refused nothing


def whole(page: Any, found: Advice, language: str) -> None:
    """What a reader of the page must find, by eye and by keyboard."""
    assert page.evaluate("document.documentElement.lang") == language
    assert page.get_by_role("heading", level=1).inner_text() == page_texts(language)["cosell_title"]
    assert page.locator("table.ranking tbody tr").count() == len(found.recommendation.ranked)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "sticks out of a narrow window"
    first = found.recommendation.ranked[0]
    bars = page.locator("#partner-1 .bar rect").evaluate_all("bars => bars.map(bar => bar.width.baseVal.value)")
    longest = max(abs(reason.points) for reason in first.reasons)
    assert bars == pytest.approx([100 * abs(reason.points) / longest for reason in first.reasons], abs=0.01)
    assert page.locator("table.coverage .covers").count() >= 2
    page.locator("#partner-2 summary").focus()
    page.keyboard.press("Enter")
    assert page.locator("#partner-2").get_attribute("open") is not None
    assert page.locator("svg:not([aria-hidden])").count() == 0  # their numbers stand beside them
