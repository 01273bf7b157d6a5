from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from assistant.domain.deals import DealDraft
from assistant.errors import InvalidRecord
from evals.prm_wire import __main__ as wire
from evals.prm_wire import amazon_deals, microsoft_deals, partner_center
from evals.prm_wire.partner_central import Judge
from evals.prm_wire.trial import NOW, Count, Deals, FixedClock
from integrations.bootstrap import build
from integrations.prm.aws_wire.translation import opportunity_fields
from integrations.settings import Settings

SOUND = amazon_deals.sound(2, random.Random(1))


def run(trial: str, deals: int, folder: Path) -> Count:
    liaison = build(Settings(data=folder), clock=FixedClock())
    try:
        return wire.TRIALS[trial](liaison, deals, seed=3)
    finally:
        liaison.close()


@pytest.mark.parametrize(("trial", "deals"), [("amazon", 60), ("microsoft", 60), ("amazon, end to end", 10)])
def test_no_generated_deal_reaches_the_vendor_with_a_flaw(trial: str, deals: int, tmp_path: Path) -> None:
    count = run(trial, deals, tmp_path)
    assert (count.invalid, count.barred, dict(count.faults)) == (0, 0, {})
    assert count.ends["sound deal: written"] == deals // 2
    assert not any(kind.startswith("wrong deal: written") for kind in count.ends)
    assert deals < 60 or count.ends["edit: written"] > 0


def test_a_refusal_by_the_wire_counts_as_an_invalid_write_and_a_sound_deal_that_stays_as_barred() -> None:
    count = Count()
    count.judge("CreateOpportunity", [])
    count.judge("UpdateOpportunity", ["Project/Title is locked"])
    count.ends["sound deal: refused before it was sent"] += 2
    assert (count.invalid, count.barred) == (1, 2)


@pytest.mark.parametrize("deals", [amazon_deals.DEALS, microsoft_deals.DEALS], ids=["amazon", "microsoft"])
def test_every_wrong_deal_differs_from_the_sound_one(deals: Deals) -> None:
    draft = deals.sound(1, random.Random(1))
    assert all(wrong(draft) != draft for wrong in deals.wrongs)


def unguarded(draft: DealDraft) -> list[str]:
    """What the judge says when the adapter's guard is left out; None of it when there are no words for the deal."""
    try:
        fields = opportunity_fields(draft)
    except InvalidRecord:
        return ["cannot be said"]
    request = {"Catalog": "AWS", "ClientToken": "t", "Origin": "Partner Referral", **fields}
    return Judge(NOW.date()).faults("CreateOpportunity", request)


def test_the_judge_finds_by_itself_what_is_wrong() -> None:
    assert unguarded(SOUND) == []
    blind = [number for number, wrong in enumerate(amazon_deals.WRONGS) if not unguarded(wrong(SOUND))]
    ours = [replace(SOUND, product="")]  # judged when it is submitted
    assert [amazon_deals.WRONGS[number](SOUND) for number in blind] == ours


def test_the_judge_of_referrals_finds_a_flaw_in_body_patch_and_headers() -> None:
    judge = partner_center.Judge(NOW.date())
    assert judge.created(referral()) == []
    for name, value in (("type", "Other"), ("substatus", "Won"), ("details", {"dealValue": -1}), ("colour", "red")):
        assert judge.created(referral() | {name: value})
    assert judge.created({name: value for name, value in referral().items() if name != "consent"})
    seen = referral() | {"status": "Active", "substatus": "Accepted"}
    won = [
        {"op": "replace", "path": "/status", "value": "Closed"},
        {"op": "replace", "path": "/substatus", "value": "Won"},
    ]
    assert judge.patched(won, seen, '"1"') == []
    assert judge.patched(won, seen, "") == ["If-Match is missing"]
    for steps in (
        won[:1],
        [{"op": "remove", "path": "/name"}],
        [{"op": "replace", "path": "/details/dealValue", "value": "0"}],
    ):
        assert judge.patched(steps, seen, '"1"')
    assert judge.patched(won, seen | {"status": "Closed", "substatus": "Lost"}, '"1"')
    assert partner_center.headers_of(httpx.Request("GET", "https://api.invalid", headers={"MS-RequestId": "7"}))


def referral() -> dict[str, Any]:
    return {
        "type": "Independent",
        "customerProfile": {"name": "Contoso", "address": {"country": "US"}},
        "consent": {"consentToToShareInfoWithOthers": True, "consentToContact": True},
        "details": {"dealValue": 5, "currency": "USD", "closingDateTime": "2026-12-01T00:00:00Z"},
        "status": "New",
        "substatus": "Pending",
    }


@pytest.mark.parametrize(
    ("heading", "place"),
    [
        ("### Products", "product/properties/id"),
        ("### Industries", "industry/properties/id"),
        ("### Customer Size", "profile/properties/size"),
        ("## ReferralStatus", "status"),
        ("## ReferralSubstatus", "substatus"),
    ],
)
def test_the_lists_of_the_judge_are_those_of_microsofts_pages(shared: Path, heading: str, place: str) -> None:
    page = (shared / "corpora/partner-center/en/developer/referral-resources.md").read_text(encoding="utf-8")
    table = page.split(f"{heading}\n", 1)[1].split("\n#", 1)[0]
    rows = [
        line.strip().strip("|").split("|")[0].strip() for line in table.splitlines() if line.strip().startswith("|")
    ]
    schema = yaml.safe_load(partner_center.RULES.read_text(encoding="utf-8"))["$defs"]
    for step in place.split("/"):
        schema = schema[step]
    assert set(schema["enum"]) == {row for row in rows[1:] if row.strip("-: ")}
