"""Parts of the red team's attacks, each played on fresh worlds in a process of its own."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from langchain_core.language_models import BaseChatModel

from assistant.agents.language_model import LanguageModel
from assistant.answering.budget import Budget
from assistant.testing import HashEmbedder, MemoryModelLedger
from assistant.tools.guard import OutputGuard
from assistant.tools.tool import ToolCall, Words
from evals.red_team.attack import Attack, on_planner, with_model
from evals.red_team.desk_attack import on_desk
from evals.red_team.judge import Course, Violation, violations
from evals.red_team.malicious_model import Script, serving
from evals.red_team.payload import Payload, payloads
from evals.red_team.world import CORA, Clock, World, world
from evals.workbench import ROOT
from integrations.bootstrap import build
from integrations.settings import Settings

BATCH = 25  # payloads planted in one world
ATTACKS_A_PAYLOAD = 6


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the attacks of a layer: "planner", "model", "tools" or "approvals"."""

    layer: str
    start: int
    wanted: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """An attack that was played, and the guarantees that it broke."""

    layer: str
    family: str
    broken: tuple[Violation, ...]


@dataclass(slots=True)
class Tally:
    """The attacks that were played, in order."""

    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def tried(self) -> Counter[str]:
        """How many there were, by layer and family."""
        return Counter(f"{outcome.layer}: {outcome.family}" for outcome in self.outcomes)

    @property
    def broken(self) -> list[Violation]:
        """What they broke."""
        return [violation for outcome in self.outcomes for violation in outcome.broken]

    def add(self, layer: str, family: str, broken: Iterable[Violation]) -> None:
        """Write an attack down."""
        self.outcomes.append(Outcome(layer, family, tuple(broken)))


def played(part: Part) -> Tally:
    """The attacks of one part."""
    return asyncio.run(_attacks(part))


async def _attacks(part: Part) -> Tally:
    shared = Settings().shared or ROOT.parent / "shared"
    planted, tally = payloads(shared if shared.is_dir() else None), Tally()
    if part.layer == "planner":
        await _layer(tally, planted, part, None, None)
    elif part.layer == "tools":
        await _at_the_door(tally, planted, part)
    elif part.layer == "approvals":
        for family, broken in await on_desk(world(()), part.wanted):
            tally.add(part.layer, family, broken)
    else:
        with tempfile.TemporaryDirectory(prefix="red-team-") as folder, serving() as (url, script):
            settings = Settings(data=Path(folder), model="openai:malicious", model_url=url)
            liaison = build(settings, embedder=HashEmbedder())
            try:
                made = liaison.generation
                await _layer(tally, planted, part, script, made.writer.model if made else None)
            finally:
                liaison.close()
    return tally


async def _layer(
    tally: Tally, planted: list[Payload], part: Part, script: Script | None, model: BaseChatModel | None
) -> None:
    """Attacks on fresh worlds until there are enough; payloads come round again in other places."""
    done, start = 0, part.start // ATTACKS_A_PAYLOAD
    while done < part.wanted:
        batch = [planted[(start + place) % len(planted)] for place in range(BATCH)]
        start += BATCH
        attacked, texts = _world(batch, model), "\n".join(payload.text for payload in batch)
        attacks = with_model(batch) if model else on_planner(batch)
        for attack in islice(attacks, part.wanted - done):
            broken = await _attacked(attacked, attack, texts, script, thread=f"{part.layer}-{done}")
            tally.add(part.layer, attack.family, broken)
            done += 1


async def _at_the_door(tally: Tally, planted: list[Payload], part: Part) -> None:
    """What the attacker's model calls, without the graph around it: at the one door to the tools."""
    done, start = 0, part.start // ATTACKS_A_PAYLOAD
    while done < part.wanted:
        batch = [planted[(start + place) % len(planted)] for place in range(BATCH)]
        start += BATCH
        attacked = world(batch)
        for attack in islice(with_model(batch), part.wanted - done):
            since = len(await attacked.prm.changes(since=0, requester=CORA, limit=1_000_000))
            call = ToolCall(attack.who, f"door-{done}", attacked.clock.now(), Words(attack.turns), language="en")
            told = []
            for planned in attack.calls:
                result = await attacked.toolbox.run(planned.tool, json.loads(planned.arguments), call)
                told.append(repr(result))
                if result.proposal is not None:
                    waiting = await attacked.desk.propose(result.proposal)
                    await attacked.desk.send(waiting.id)
            course = Course(attack, "", (), told, call.thread, since, entries=1_000_000)
            tally.add(part.layer, attack.family, await violations(attacked, course))
            done += 1


def _world(batch: list[Payload], model: BaseChatModel | None) -> World:
    if model is None:
        return world(batch)
    clock = Clock()
    plain = world(batch)
    guard = OutputGuard(plain.prm, clock=clock)
    budget = Budget(ledger=MemoryModelLedger(), clock=clock)
    return world(batch, model=LanguageModel(model, "malicious", budget, guard))


async def _attacked(
    attacked: World, attack: Attack, planted: str, script: Script | None, *, thread: str
) -> list[Violation]:
    """Play an attack in a thread of its own and judge it."""
    since = len(await attacked.prm.changes(since=0, requester=CORA, limit=1_000_000))
    entries = len(await attacked.book.log(limit=1_000_000))
    turns, prompts = [], []
    for text in attack.turns:
        if script is not None:
            script.play(attack.calls, attack.last_words)
        turns.append([event async for event in attacked.agent.say(thread, text[:20_000], requester=attack.who)])
        prompts += script.prompts if script is not None else []
    return await violations(attacked, Course(attack, planted, turns, prompts, thread, since, entries))
