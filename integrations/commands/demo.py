"""`liaison demo`: the sample programme ingested, and a scripted session over it."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

import yaml
from pydantic import BaseModel
from rich.console import Console
from rich.markup import escape

from assistant.domain.people import Requester
from assistant.errors import SettingsError
from assistant.retrieval.retrieve import Question
from ingest.preparation import IngestOptions
from ingest.sources import open_source
from integrations.bootstrap import Liaison, build
from integrations.clock import FixedClock
from integrations.settings import Settings
from integrations.surfaces.terminal import print_answer

SAMPLES = Path(__file__).parents[2] / "samples"


class Step(BaseModel):
    """One question of the session, by whom, and what a reader should notice in the answer."""

    who: str
    lang: str
    question: str
    expect: str

    model_config = {"populate_by_name": True, "alias_generator": lambda name: "as" if name == "who" else name}


class Session(BaseModel):
    """The script. `today` is its clock, so that validity dates hold still."""

    today: date
    steps: tuple[Step, ...]


def demo() -> None:
    """Ingest the sample programme and answer real questions about it, with citations."""
    script = SAMPLES / "demo.yaml"
    if not script.is_file():
        raise SettingsError(f"The sample programme is not at {SAMPLES}.", hint="Run the demo from a checkout.")
    session = Session.model_validate(yaml.safe_load(script.read_text(encoding="utf-8")))
    console = Console(width=110 if not Console().is_terminal else None)
    with tempfile.TemporaryDirectory(prefix="liaison-demo-") as folder:
        settings = Settings(data=Path(folder), partners=SAMPLES / "partners.yaml")
        clock = FixedClock(datetime(session.today.year, session.today.month, session.today.day, 12, tzinfo=UTC))
        installation = build(settings, clock=clock)
        try:
            _ingest(console, installation)
            asyncio.run(_talk(console, installation, session))
        finally:
            installation.close()


def _ingest(console: Console, installation: Liaison) -> None:
    console.print(
        "[bold]Skerrow Systems' partner programme[/]: Markdown, Word, PowerPoint, PDF, Excel, HTML, captions."
    )
    with console.status("Reading, splitting and embedding on this machine…"):
        summary = installation.ingest(IngestOptions(tiers=installation.settings.tiers)).run(
            [open_source(str(SAMPLES / "content"))]
        )
    console.print(
        f"Ingested {summary.added} documents as {summary.passages} passages in {summary.seconds:.0f} s; "
        "no key, no network.",
        highlight=False,
    )


async def _talk(console: Console, installation: Liaison, session: Session) -> None:
    for step in session.steps:
        requester = installation.directory.requester(step.who)
        console.print()
        console.rule(_who(step.who, requester), align="left", style="dim")
        console.print(f"[bold]{escape(step.question)}[/]", highlight=False)
        console.print()
        print_answer(console, await installation.answerer.ask(Question(text=step.question, requester=requester)))
        console.print(f"  [dim italic]→ {escape(step.expect)}[/]", highlight=False)


def _who(name: str, requester: Requester) -> str:
    regions = "/".join(sorted(requester.regions))
    return f"{name} ({requester.tier}, {regions})" if requester.tier else name
