from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from assistant.domain.gap import AskedQuestion, Asker, Gap, Signal, Tally
from assistant.domain.people import Role
from assistant.gaps.view import gap_view
from assistant.testing import HashEmbedder, sample_document
from tests.contract.conversation_stores import NOON
from tests.contract.test_gap_stores import ASKED, GAP

POLICY = sample_document("policy", ["Rules."], embedder=HashEmbedder(), title="Policy").document


def asked(partner: str, *, tier: str = "gold", region: str = "DE", n: int = 0, times: int = 1) -> AskedQuestion:
    asker = Asker("default", Role.PARTNER, partner, tier, frozenset({region}), "en")
    at = NOON + timedelta(hours=n)
    return replace(
        ASKED, answer_id=f"{partner}-{n}", asker=asker, question=f"Wording {n}?", first_at=at, last_at=at, times=times
    )


def view(*members: AskedQuestion, minimum: int = 3) -> Gap:
    return gap_view(GAP, members, documents={"policy": POLICY}, minimum_partners=minimum)


def test_a_gap_adds_up_its_questions() -> None:
    gap = view(asked("a"), asked("b", n=1, times=4), asked("c", n=2))
    assert (gap.question, gap.count, gap.partners) == ("Wording 1?", 6, 3)
    assert gap.wordings == ("Wording 1?", "Wording 0?", "Wording 2?")
    assert gap.tiers == (Tally("gold", 3),)
    assert gap.signals == (Tally(Signal.DECLINED.value, 6),)
    assert (gap.first_asked, gap.last_asked) == (NOON, NOON + timedelta(hours=2))


def test_nobody_is_recognised_by_being_the_only_one_of_their_kind() -> None:
    gap = view(asked("a"), asked("b"), asked("c"), asked("d", tier="platinum", region="JP"))
    assert gap.tiers == (Tally("gold", 3),)
    assert gap.regions == (Tally("DE", 3),)
    assert gap.partners == 4


def test_rare_values_are_counted_together_when_they_are_enough() -> None:
    gap = view(*(asked(f"p{n}", tier=tier) for n, tier in enumerate(["silver", "silver", "platinum", "registered"])))
    assert gap.tiers == (Tally("other", 4),)


def test_a_single_partner_is_not_counted_out() -> None:
    gap = view(asked("a"), asked("a", n=1), asked("b", n=2))
    assert (gap.partners, gap.tiers, gap.regions) == (0, (), ())
    assert gap.count == 3


def test_a_partner_sees_its_own_tier_and_region() -> None:
    gap = view(asked("a"), minimum=1)
    assert (gap.partners, gap.tiers, gap.regions) == (1, (Tally("gold", 1),), (Tally("DE", 1),))


def test_documents_that_the_reader_may_not_see_are_not_mentioned() -> None:
    gap = gap_view(
        replace(GAP, nearest=("secret", "policy"), answered_in=("secret",)),
        [asked("a")],
        documents={"policy": POLICY},
        minimum_partners=1,
    )
    assert [near.title for near in gap.nearest] == ["Policy"]
    assert gap.answered_in == ()
