"""`python -m tests.contract.talking DATA DATABASE TEXT`: one message of one thread, in its own process."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from pydantic import SecretStr

from assistant.agents.events import TurnFinished
from assistant.domain.people import principal
from assistant.testing import HashEmbedder
from integrations.agency import open_agent
from integrations.bootstrap import build
from integrations.settings import Settings

SAMPLES = Path(__file__).parents[2] / "samples" / "prm"


async def talk(data: Path, database: str, text: str) -> str:
    """What the assistant replies on the installation in this folder, whose records are in this database."""
    settings = Settings(
        data=data,
        database_url=SecretStr(database),
        products=("keep", "lantern", "ledge"),
        vendor="Skerrow",
        prm_rules=SAMPLES / "rules.yaml",
    )
    liaison = build(settings, embedder=HashEmbedder())
    reply = ""
    if not (data / "seeded").exists():
        liaison.prm.seed(SAMPLES, data=data, tenant="default")
        (data / "seeded").touch()
    async with open_agent(liaison) as agent:
        async for event in agent.say("orrin", text, requester=principal("partner:severn")):
            reply = event.reply if isinstance(event, TurnFinished) else reply
    liaison.close()
    return reply


if __name__ == "__main__":
    print(asyncio.run(talk(Path(sys.argv[1]), sys.argv[2], sys.argv[3])))  # noqa: T201 - what the caller reads
