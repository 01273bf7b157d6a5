"""What the book of kits promises, on SQLite and on PostgreSQL, and what reviewing makes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from assistant.campaigns.assembly import Assembler
from assistant.campaigns.brief import Brief
from assistant.campaigns.desk import ReviewDesk, kit_of
from assistant.campaigns.kit import Kit
from assistant.campaigns.library import Library
from assistant.campaigns.reading import read
from assistant.campaigns.segment import PartnerFacts
from assistant.domain.kits import Decision, KeptKit, KitStatus, ReviewRole
from assistant.domain.people import Requester, Role
from assistant.errors import Forbidden, NotAllowedInState, RecordNotFound, StaleVersion
from integrations.clock import FixedClock
from integrations.records.kits import open_kits
from tests.conftest import ROOT
from tests.servers import fresh_database

LIBRARY = Library()
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TIERS = ("registered", "silver", "gold", "platinum")
ACME = PartnerFacts("Acme Datentechnik GmbH", "Acme", "gold", TIERS, certified=True)
ADA = Requester(user="ada", role=Role.PARTNER, partner_id="acme")
DANA = Requester(user="dana", role=Role.CHANNEL_MANAGER)
APPROVE, CHANGES = Decision.APPROVE, Decision.CHANGES
BRAND, MARKET, LEGAL = ReviewRole.BRAND, ReviewRole.MARKET, ReviewRole.LEGAL


@pytest.fixture(params=["sqlite", "postgres"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ReviewDesk]:
    database = fresh_database(request.getfixturevalue("postgres")) if request.param == "postgres" else None
    with database or nullcontext("") as url:
        book = open_kits(tmp_path, url=url)
        yield ReviewDesk(book=book, library=LIBRARY, clock=FixedClock(NOW))
        book.close()


def brief(**changes: object) -> Brief:
    sample = read(Brief, ROOT / "samples" / "campaign.yaml")
    sender = sample.sender.model_copy(update={"imprint": "https://www.acme.example/imprint"})
    return sample.model_copy(update={"sender": sender, "channels": ("email", "x"), **changes})


def kit(given: Brief) -> Kit:
    return Assembler(LIBRARY, "skerrow").kit(given, ACME, locale="de-DE")


async def kept(desk: ReviewDesk, **changes: object) -> KeptKit:
    given = brief(**changes)
    return await desk.keep(kit(given), given, requester=ADA)


async def approved(desk: ReviewDesk, entered: KeptKit, *roles: ReviewRole) -> KeptKit:
    for role in roles:
        entered = await desk.review(entered.draft.id, role, APPROVE, requester=DANA, digest=entered.draft.digest)
    return entered


async def test_a_kit_is_approved_when_brand_market_and_legal_have_approved_it(desk: ReviewDesk) -> None:
    entered = await kept(desk)
    assert (entered.version, entered.status) == (1, KitStatus.IN_REVIEW)
    assert (await approved(desk, entered, BRAND, MARKET)).status is KitStatus.IN_REVIEW
    done = await approved(desk, entered, LEGAL)
    assert done.status is KitStatus.APPROVED
    seen = await desk.get(entered.draft.id, requester=ADA)
    assert seen == done
    first = seen.reviews[0]
    assert (first.role, first.reviewer, first.at, first.version) == (BRAND, "channel_manager:dana", NOW, 1)
    assert (first.digest, first.rules) == (entered.draft.digest, LIBRARY.fingerprint)
    assert first.release
    assert kit_of(seen) == kit(brief())


async def test_a_changed_kit_is_a_new_version_and_voids_what_was_said_of_the_old_one(desk: ReviewDesk) -> None:
    first = await approved(desk, await kept(desk), BRAND, MARKET, LEGAL)
    second = await kept(desk, deadline=date(2027, 2, 28))
    assert (second.draft.id, second.version, second.status) == (first.draft.id, 2, KitStatus.IN_REVIEW)
    assert (len(second.reviews), second.standing) == (3, {})
    with pytest.raises(StaleVersion):
        await desk.review(first.draft.id, LEGAL, APPROVE, requester=DANA, digest=first.draft.digest)
    third = await kept(desk)
    assert (third.version, third.status) == (3, KitStatus.IN_REVIEW)


async def test_the_same_kit_again_is_no_new_version(desk: ReviewDesk) -> None:
    await approved(desk, await kept(desk), BRAND)
    again = await kept(desk)
    assert (again.version, set(again.standing)) == (1, {BRAND})


async def test_one_who_wants_changes_stops_it_until_they_say_otherwise(desk: ReviewDesk) -> None:
    entered = await approved(desk, await kept(desk), BRAND, MARKET)
    stopped = await desk.review(entered.draft.id, LEGAL, CHANGES, requester=DANA, note="Which survey?")
    assert (stopped.status, stopped.reviews[-1].note) == (KitStatus.CHANGES_REQUESTED, "Which survey?")
    assert (await approved(desk, stopped, LEGAL)).status is KitStatus.APPROVED


async def test_a_kit_with_a_blocked_field_cannot_be_approved_only_sent_back(desk: ReviewDesk) -> None:
    poor = brief().sender.model_copy(update={"imprint": ""})
    entered = await kept(desk, sender=poor)
    assert entered.status is KitStatus.NOT_READY
    with pytest.raises(NotAllowedInState, match=r"email\.footer"):
        await desk.review(entered.draft.id, LEGAL, APPROVE, requester=DANA)
    sent = await desk.review(entered.draft.id, LEGAL, CHANGES, requester=DANA)
    assert sent.status is KitStatus.CHANGES_REQUESTED


async def test_partners_review_nothing_and_see_their_own_kits_only(desk: ReviewDesk) -> None:
    entered = await kept(desk)
    with pytest.raises(Forbidden):
        await desk.review(entered.draft.id, BRAND, APPROVE, requester=ADA)
    other = Requester(user="bo", role=Role.PARTNER, partner_id="brightpath")
    for stranger in (other, replace(DANA, tenant="elsewhere"), Requester()):
        with pytest.raises(RecordNotFound):
            await desk.get(entered.draft.id, requester=stranger)
        with pytest.raises(RecordNotFound):
            await desk.review(entered.draft.id, BRAND, CHANGES, requester=stranger)


async def test_where_reviewers_are_named_nobody_else_decides(desk: ReviewDesk, tmp_path: Path) -> None:
    folder = tmp_path / "ours" / "blocks" / "skerrow"
    folder.mkdir(parents=True)
    text = (ROOT / "prompts" / "blocks" / "skerrow" / "programme.yaml").read_text(encoding="utf-8")
    (folder / "programme.yaml").write_text(f"{text}\nreviewers: {{legal: ['administrator:lou']}}\n", encoding="utf-8")
    named = replace(desk, library=Library(tmp_path / "ours"))
    entered = await kept(named)
    await approved(named, entered, BRAND)
    with pytest.raises(Forbidden, match="does not review for legal"):
        await approved(named, entered, LEGAL)
    lou = Requester(user="lou", role=Role.ADMINISTRATOR)
    assert LEGAL in (await named.review(entered.draft.id, LEGAL, APPROVE, requester=lou)).standing
    assert named.library.fingerprint != LIBRARY.fingerprint


async def test_reviews_that_come_at_the_same_time_are_all_kept(desk: ReviewDesk) -> None:
    entered = await kept(desk)
    decisions = [desk.review(entered.draft.id, role, APPROVE, requester=DANA) for role in (BRAND, MARKET, LEGAL)]
    await asyncio.gather(*decisions)
    assert (await desk.get(entered.draft.id, requester=DANA)).status is KitStatus.APPROVED
