"""`python -m evals.agent_kills [RUNS]`: kills a process at random points of a registration and counts what is left.

Each run is a conversation of its own on one installation: notes, the proposal, a yes, the receipt. A child process
holds it and gets SIGKILL after a random time; another child goes on with the same thread. At the end the PRM must
have exactly one deal for every conversation, the thread must tell it, and nothing may be unfinished.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

from assistant.agents.events import TurnEvent
from assistant.domain.people import principal
from assistant.ports.prm import DealQuery
from assistant.testing import HashEmbedder
from integrations.agency import open_agent
from integrations.bootstrap import Liaison, build
from integrations.settings import Settings

SAMPLES = Path(__file__).parents[1] / "samples"
RUNS = 200
SEED = 11
WHO = principal("partner:severn")  # platinum: any number of open registrations
MANAGER = principal("channel_manager:desk")
SYLLABLES = (
    "bar",
    "cor",
    "dun",
    "fen",
    "gal",
    "hul",
    "jor",
    "kel",
    "lim",
    "mor",
    "nar",
    "pel",
    "quo",
    "ras",
    "tor",
    "vel",
)


def main(runs: int = RUNS) -> int:
    """Run it and print what was found; 0 when nothing was lost or written twice."""
    chance = random.Random(SEED)  # noqa: S311 - points to kill at, not a secret
    with tempfile.TemporaryDirectory(prefix="liaison-kills-") as folder:
        data = Path(folder)
        _prepare(data)
        whole = _timed(data, -1, chance)
        found = {"killed": 0, "finished before the kill": 0, "lost": 0, "double": 0, "stuck": 0}
        for run in range(runs):
            name = _company(chance)
            pid = _child(data, run, name)
            time.sleep(chance.uniform(0.0, whole))
            os.kill(pid, signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
            found["killed" if os.WIFSIGNALED(status) else "finished before the kill"] += 1
            verdict = _exit_of(_child(data, run, name, check=True))
            for bit, kind in ((1, "lost"), (2, "double"), (4, "stuck")):
                found[kind] += bool(verdict & bit)
        print(f"{runs} runs, one takes {whole:.2f} s:", ", ".join(f"{name} {count}" for name, count in found.items()))  # noqa: T201
    return int(bool(found["lost"] or found["double"] or found["stuck"]))


def _prepare(data: Path) -> None:
    """The sample PRM, written in a process of its own so that no connection is shared."""
    pid = os.fork()
    if not pid:
        liaison = _installation(data)
        liaison.prm.seed(SAMPLES / "prm", data=data, tenant="default")
        liaison.close()
        os._exit(0)
    _exit_of(pid)


def _company(chance: random.Random) -> str:
    return "".join(chance.choice(SYLLABLES) for _ in range(4)).capitalize()


def _timed(data: Path, run: int, chance: random.Random) -> float:
    start = time.perf_counter()
    _exit_of(_child(data, run, _company(chance)))
    start = time.perf_counter()
    _exit_of(_child(data, run - 1, _company(chance)))
    return time.perf_counter() - start


def _child(data: Path, run: int, name: str, *, check: bool = False) -> int:
    """A forked process that holds the conversation, or goes on with it and looks at what is left."""
    pid = os.fork()
    if pid:
        return pid
    code = 64
    try:
        code = asyncio.run(_checked(data, run, name) if check else _held(data, run, name))
    finally:
        os._exit(code)


def _exit_of(pid: int) -> int:
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def _installation(data: Path) -> Liaison:
    rules = SAMPLES / "prm" / "rules.yaml"
    settings = Settings(data=data, products=("keep", "lantern", "ledge"), vendor="Skerrow", prm_rules=rules)
    return build(settings, embedder=HashEmbedder())


def _notes(name: str) -> str:
    return (
        f"Please register {name} Ltd, Leeds, United Kingdom, Skerrow Keep, 65,000 GBP, closing 15 March 2027, "
        f"it@{name.lower()}.example. They cannot restore deleted data after an attack."
    )


async def _held(data: Path, run: int, name: str) -> int:
    liaison = _installation(data)
    async with open_agent(liaison) as agent:
        for text in (_notes(name), "yes"):
            await _taken(agent.say(f"run {run}", text, requester=WHO))
    return 0


async def _checked(data: Path, run: int, name: str) -> int:
    """1: an approved deal is lost, 2: it is there twice, 4: the thread does not go on or tell the truth."""
    liaison, thread = _installation(data), f"run {run}"
    async with open_agent(liaison) as agent:
        told = await agent.transcript(thread, requester=WHO)
        if not any("deal-" in each.text for each in told.messages):
            if not told.waits:
                await _taken(agent.say(thread, _notes(name), requester=WHO))
            await _taken(agent.say(thread, "yes", requester=WHO))
            told = await agent.transcript(thread, requester=WHO)
        unfinished = await liaison.approvals.unfinished()
    page = await liaison.prm.prm.find_deals(DealQuery(text=name), requester=MANAGER)
    told_so = any("deal-" in each.text for each in told.messages)
    liaison.close()
    return (1 if not page.items else 0) | (2 if len(page.items) > 1 else 0) | (4 if unfinished or not told_so else 0)


async def _taken(turn: AsyncIterator[TurnEvent]) -> None:
    async for _ in turn:
        pass


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS))
