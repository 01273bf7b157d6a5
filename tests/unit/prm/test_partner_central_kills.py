"""The adapter for Partner Central killed before and after every step of a write: the ledger, the calls, the outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from assistant.domain.deals import DealChange, DealRegistration, SalesStage
from assistant.ports.prm import DealQuery, Window
from tests.contract.prm_world import ACME, by
from tests.contract.test_prm_vendors import draft, partner_central
from tests.unit.prm.aws_world import AwsWorld, aws_world

TO_THREAD = asyncio.to_thread
STEPS = 9


class Killed(BaseException):
    """The process is gone: nothing of ours may catch it."""


class Dying:
    """Runs steps in threads until the one that the process dies before, or right after."""

    def __init__(self, step: int, when: str) -> None:
        self.left = step
        self._when = when

    async def __call__(self, work: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        self.left -= 1
        if self.left < 0 and self._when == "before":
            raise Killed
        answer = await TO_THREAD(work, *arguments, **named)
        if self.left < 0:
            raise Killed
        return answer


async def survived(write: Callable[[], Awaitable[DealRegistration]], step: int, when: str) -> bool:
    """Whether the write was killed at that step."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "to_thread", Dying(step, when))
        try:
            await write()
        except Killed:
            return True
    return False


async def registered(world: AwsWorld, reference: str) -> DealRegistration:
    """A deal registered by an adapter that was just started."""
    return await partner_central(world).register_deal(draft(reference), write=by(ACME, f"register-{reference}"))


async def changed(world: AwsWorld, deal: DealRegistration, edit: DealChange) -> DealRegistration:
    """The deal changed by an adapter that was just started."""
    return await partner_central(world).update_deal(deal.id, edit, write=by(ACME, f"update-{deal.id}", deal.version))


async def test_a_write_that_is_killed_at_any_step_is_made_once_when_it_is_repeated(tmp_path: Path) -> None:
    kills, made, written = 0, list[str](), 0
    with aws_world(tmp_path) as world:
        for when, step in product(("before", "after"), range(STEPS)):
            reference = f"crm-{len(made)}"
            kills += await survived(partial(registered, world, reference), step, when)
            deal = await registered(world, reference)
            made.append(reference)
            edit = DealChange(next_steps=f"Step {reference}", stage=SalesStage.QUALIFIED)
            kills += await survived(partial(changed, world, deal, edit), step, when)
            assert (await changed(world, deal, edit)).draft == edit.applied_to(deal.draft)
            cycle = world.client().get_opportunity(Catalog="AWS", Identifier=deal.id)["LifeCycle"]
            written += [each["Value"] for each in cycle["NextStepsHistory"]].count(f"Step {reference}")
        found = await partner_central(world).find_deals(DealQuery(), requester=ACME, window=Window(limit=200))
        whole = Dying(STEPS, "before")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(asyncio, "to_thread", whole)
            await registered(world, "crm-whole")
    assert whole.left >= 0  # no write has more steps than were tried
    assert sorted(deal.draft.partner_ref for deal in found.items) == sorted(made)
    assert written == len(made)
    assert kills > STEPS
