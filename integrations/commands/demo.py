"""`liaison demo`: the sample programme ingested, a scripted session over it, and deals registered with a conflict."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

import yaml
from pydantic import BaseModel, Field
from rich.console import Console
from rich.markup import escape

from assistant.campaigns.brief import Brief
from assistant.campaigns.library import Library
from assistant.campaigns.reading import read
from assistant.deals.draft import checked
from assistant.domain.deals import DealDraft
from assistant.domain.people import Requester, principal
from assistant.errors import PrmError, SettingsError
from assistant.ports.prm import Write
from assistant.retrieval.retrieve import Question
from ingest.preparation import IngestOptions
from ingest.sources import open_source
from integrations.bootstrap import Liaison, build
from integrations.clock import FixedClock
from integrations.commands.campaign import kits_of, print_kit
from integrations.commands.demo_conversations import Conversation, converse
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


class Registration(BaseModel):
    """One deal of the session, who registers it, and what a reader should notice in the outcome."""

    who: str = Field(alias="as")
    draft: dict[str, object]
    expect: str


class Campaign(BaseModel):
    """One brief of the session, who drafts it, and what a reader should notice in the kits."""

    who: str = Field(alias="as")
    brief: str
    expect: str


class Session(BaseModel):
    """The script. `today` is its clock, so that validity dates hold still."""

    today: date
    steps: tuple[Step, ...]
    registrations: tuple[Registration, ...] = ()
    conversations: tuple[Conversation, ...] = ()
    campaigns: tuple[Campaign, ...] = ()


def demo() -> None:
    """Ingest the sample programme, answer real questions about it with citations, register deals, draft a campaign."""
    script = SAMPLES / "demo.yaml"
    if not script.is_file():
        raise SettingsError(f"The sample programme is not at {SAMPLES}.", hint="Run the demo from a checkout.")
    session = Session.model_validate(yaml.safe_load(script.read_text(encoding="utf-8")))
    console = Console(width=110 if not Console().is_terminal else None)
    with tempfile.TemporaryDirectory(prefix="liaison-demo-") as folder:
        installation = _installation(Path(folder), session)
        try:
            _ingest(console, installation)
            asyncio.run(_talk(console, installation, session))
            asyncio.run(register(console, installation, session))
            asyncio.run(converse(console, installation, session.conversations))
            asyncio.run(campaigns(console, installation, session))
        finally:
            installation.close()


def _installation(folder: Path, session: Session) -> Liaison:
    """An empty installation with the sample's people and rules, at noon of the session's day."""
    settings = Settings(
        data=folder,
        partners=SAMPLES / "partners.yaml",
        prm_rules=SAMPLES / "prm" / "rules.yaml",
        vendor="Skerrow",
        products=("keep", "lantern", "ledge"),
    )
    day = session.today
    return build(settings, clock=FixedClock(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)))


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


async def register(console: Console, installation: Liaison, session: Session) -> None:
    """Register the deals of the session in the sample PRM and show what becomes of each."""
    office = installation.prm
    count = office.seed(SAMPLES / "prm", data=installation.settings.data, tenant="default")
    console.print()
    console.rule("[bold]Deal registration[/]", align="left")
    console.print(f"The sample PRM: {count} records of partners, customers, deals and funds.", highlight=False)
    for each in session.registrations:
        requester, draft = principal(each.who), checked(each.draft, DealDraft)
        console.print()
        console.rule(each.who, align="left", style="dim")
        told = f"{draft.customer.name}, {draft.customer.city}: {draft.product}, {draft.value}"
        console.print(f"[bold]{escape(told)}[/]", highlight=False)
        try:
            deal = await office.prm.register_deal(draft, write=Write(requester=requester, key=draft.partner_ref))
            until = f", protected until {deal.protected_until.date()}" if deal.protected_until else ""
            console.print(f"  [green]{deal.state}{until}[/] (rules {deal.rules})", highlight=False)
        except PrmError as error:
            found = (await office.prm.check_deal(draft, requester=requester)).conflicts
            console.print(f"  [yellow]refused: {escape(error.message)}[/]", highlight=False)
            for conflict in found:
                console.print(f"  {escape(conflict.explanation)}", highlight=False)
        console.print(f"  [dim italic]→ {escape(each.expect)}[/]", highlight=False)


async def campaigns(console: Console, installation: Liaison, session: Session) -> None:
    """Draft the campaigns of the session and show what is ready and what is not."""
    library = Library()
    for each in session.campaigns:
        console.print()
        console.rule(f"[bold]Campaign copy[/] for {each.who}", align="left")
        brief = read(Brief, SAMPLES / each.brief)
        for kit in await kits_of(installation, brief, who=each.who, library=library):
            print_kit(console, kit, short=True)
        console.print(f"  [dim italic]→ {escape(each.expect)}[/]", highlight=False)
