"""`python -m evals.agent_kills [KILLS]`: kills a process at random points of a registration and counts what is left.

Each kill is a conversation of its own on one installation: notes, the proposal, a yes, the receipt. A child process
holds it and gets SIGKILL at a random time after the notes or after the yes were sent; one that was done before is told
apart. Another process goes on with the threads. What was approved or written when the kill came must be told there
without being asked for again; at the end the PRM must have exactly one deal for every conversation, its thread must
tell it, and nothing may be unfinished.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from assistant.agents.agent import Agent
from assistant.agents.events import TurnEvent
from assistant.domain.people import principal
from assistant.ports.prm import DealQuery
from assistant.testing import HashEmbedder
from integrations.agency import open_agent
from integrations.bootstrap import Liaison, build
from integrations.settings import Settings

SAMPLES = Path(__file__).parents[1] / "samples"
KILLS = 200
BATCH = 20  # conversations that one process goes on with
SEED = 11
WHO = principal("partner:severn")  # platinum: any number of open registrations
MANAGER = principal("channel_manager:desk")
SYLLABLES = ("bar", "cor", "dun", "fen", "gal", "hul", "jor", "kel", "lim", "mor", "nar", "pel", "quo", "ras", "tor")
NOTES, YES, RECEIPT = "notes", "yes", "receipt"  # what a child says when it has come so far
BAD = ("lost", "double", "stuck", "broke")
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Held:
    """A conversation and the customer it is about."""

    thread: str
    name: str


@dataclass(frozen=True, slots=True)
class Child:
    """A forked process, and what it says: one word a line."""

    pid: int
    told: int

    def word(self) -> str:
        """The next word; nothing when it has ended."""
        letters = b""
        while not letters.endswith(b"\n") and (letter := os.read(self.told, 1)):
            letters += letter
        return letters.decode().strip()

    def end(self, *, kill: bool = False) -> int:
        """Its exit code once it has ended; -9 for one that was killed in time."""
        if kill:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        _, status = os.waitpid(self.pid, 0)
        os.close(self.told)
        return os.waitstatus_to_exitcode(status)


def main(kills: int = KILLS) -> int:
    """Run it and print what was found; 0 when nothing was lost, written twice or stuck."""
    chance = random.Random(SEED)  # noqa: S311 - points to kill at, not a secret
    with tempfile.TemporaryDirectory(prefix="liaison-kills-") as folder:
        data = Path(folder) / "data"
        asyncio.run(_warm(Path(folder) / "warm"))
        _child(lambda _: _prepared(data)).end()
        found: Counter[str] = Counter()
        while found[NOTES] + found[YES] < kills:
            held = [Held(f"run {found.total()} {number}", _company(chance)) for number in range(BATCH)]
            took = _timed(data, held[0])
            found.update(_killed(data, each, chance, took) for each in held[1:])
            found.update(_checked(data, held))
            _say(f"{found[NOTES] + found[YES]} killed after {dict(found)}")
    _say(
        f"{found[NOTES] + found[YES]} killed ({found[NOTES]} after the notes, {found[YES]} after the yes), "
        f"{found[RECEIPT]} done before the kill: " + ", ".join(f"{kind} {found[kind]}" for kind in BAD)
    )
    return int(any(found[kind] for kind in BAD))


def _killed(data: Path, held: Held, chance: random.Random, took: dict[str, float]) -> str:
    """After which message the child was killed, or that it was done."""
    after = chance.choice((NOTES, YES))
    child = _child(lambda tell: _held(data, held, tell))
    while child.word() not in {after, ""}:
        pass
    time.sleep(chance.uniform(0.0, took[after]))
    return after if child.end(kill=True) == -signal.SIGKILL else RECEIPT


def _timed(data: Path, held: Held) -> dict[str, float]:
    """How long the turns of the notes and of the yes take now, in seconds."""
    child, at = _child(lambda tell: _held(data, held, tell)), {}
    while word := child.word():
        at[word] = time.perf_counter()
    child.end()
    return {NOTES: at[YES] - at[NOTES], YES: at[RECEIPT] - at[YES]}


def _checked(data: Path, held: Sequence[Held]) -> list[str]:
    """What is wrong with these conversations when another process has gone on with them."""
    child, found = _child(lambda tell: _gone_on(data, held, tell)), []
    while word := child.word():
        found.append(word)
    return [*found, *(["broke"] if child.end() else [])]


def _child(work: Callable[[Report], Awaitable[None]]) -> Child:
    told, tell = os.pipe()
    pid = os.fork()
    if pid:
        os.close(tell)
        return Child(pid, told)
    code = 1
    try:
        asyncio.run(_run(work, lambda word: _write(tell, word)))
        code = 0
    finally:
        os._exit(code)


async def _run(work: Callable[[Report], Awaitable[None]], tell: Report) -> None:
    await work(tell)


def _write(tell: int, word: str) -> None:
    os.write(tell, f"{word}\n".encode())


async def _warm(data: Path) -> None:
    """One conversation here, so that the children find everything imported."""
    liaison = _installation(data)
    liaison.prm.seed(SAMPLES / "prm", data=data, tenant="default")
    async with open_agent(liaison) as agent:
        await _taken(agent.say("warm", _notes("Warm"), requester=WHO))
    liaison.close()


async def _prepared(data: Path) -> None:
    """The sample PRM, written in a process of its own so that no connection is shared."""
    liaison = _installation(data)
    liaison.prm.seed(SAMPLES / "prm", data=data, tenant="default")
    liaison.close()


def _company(chance: random.Random) -> str:
    return "".join(chance.choice(SYLLABLES) for _ in range(4)).capitalize()


def _installation(data: Path) -> Liaison:
    rules = SAMPLES / "prm" / "rules.yaml"
    settings = Settings(data=data, products=("keep", "lantern", "ledge"), vendor="Skerrow", prm_rules=rules)
    return build(settings, embedder=HashEmbedder())


def _notes(name: str) -> str:
    return (
        f"Please register {name} Ltd, Leeds, United Kingdom, Skerrow Keep, 65,000 GBP, closing 15 March 2027, "
        f"it@{name.lower()}.example. They cannot restore deleted data after an attack."
    )


async def _held(data: Path, held: Held, tell: Report) -> None:
    async with open_agent(_installation(data)) as agent:
        tell(NOTES)
        await _taken(agent.say(held.thread, _notes(held.name), requester=WHO))
        tell(YES)
        await _taken(agent.say(held.thread, "yes", requester=WHO))
        tell(RECEIPT)


async def _gone_on(data: Path, held: Sequence[Held], tell: Report) -> None:
    liaison = _installation(data)
    async with open_agent(liaison) as agent:
        for each in held:
            for word in await _wrong(liaison, agent, each):
                tell(word)
                told = await agent.transcript(each.thread, requester=WHO)
                _say(f"{word}: {each}, " + "; ".join(f"{said.by}: {said.text}" for said in told.messages))
    liaison.close()


async def _wrong(liaison: Liaison, agent: Agent, held: Held) -> list[str]:
    """What is wrong with a conversation that is gone on with: nothing, in the end."""
    approved = any(each.proposal.thread == held.thread for each in await liaison.approvals.unfinished())
    given = approved or await _deals(liaison, held)
    found = ["lost"] if given and not await _told(agent, held) else []
    if not await _told(agent, held):
        told = await agent.transcript(held.thread, requester=WHO)
        if told.open is None:
            await _taken(agent.say(held.thread, _notes(held.name), requester=WHO))
        await _taken(agent.say(held.thread, "yes", requester=WHO))
    deals = await _deals(liaison, held)
    unfinished = [each for each in await liaison.approvals.unfinished() if each.proposal.thread == held.thread]
    found += ["lost"] if not deals and not found else []
    found += ["double"] if deals > 1 else []
    return [*found, *(["stuck"] if unfinished or not await _told(agent, held) else [])]


async def _deals(liaison: Liaison, held: Held) -> int:
    return len((await liaison.prm.prm.find_deals(DealQuery(text=held.name), requester=MANAGER)).items)


async def _told(agent: Agent, held: Held) -> bool:
    """Whether the thread tells that the deal was written."""
    told = await agent.transcript(held.thread, requester=WHO)
    return any("deal-" in each.text for each in told.messages if not each.approval)


async def _taken(turn: AsyncIterator[TurnEvent]) -> None:
    async for _ in turn:
        pass


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - what the command is for


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else KILLS))
