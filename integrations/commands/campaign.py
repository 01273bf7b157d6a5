"""`liaison campaign`: localized, co-branded copy: draft kits from a brief, export them, check any text pair."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from assistant.campaigns.brief import Brief
from assistant.campaigns.checks import CHECKS, findings
from assistant.campaigns.counters import measure
from assistant.campaigns.desk import kit_of
from assistant.campaigns.export import EXPORTS
from assistant.campaigns.export import as_json as kit_as_json
from assistant.campaigns.finding import Severity
from assistant.campaigns.kit import Author, Kit, Status
from assistant.campaigns.library import Library
from assistant.campaigns.reading import read
from assistant.campaigns.segment import Segment
from assistant.domain.kits import Decision, KeptKit, ReviewRole
from assistant.errors import UsageError
from integrations.bootstrap import Liaison
from integrations.campaigning import desk_of, reviews_of
from integrations.commands.acting import AsJson, Who, acting, run
from integrations.commands.campaign_glossary import glossary

app = typer.Typer(
    no_args_is_help=True, help="Localized campaign copy: on brand, within limits, lawful, never invented."
)
console = Console()
Data = Annotated[Path | None, typer.Option("--data", help="Your folder of campaign data, laid over ours.")]


@app.callback()
def campaigns() -> None:
    """Localized campaign copy."""


COLORS = {
    Status.READY: "green",
    Status.NEEDS_TRANSLATION: "yellow",
    Status.NEEDS_CLAIM: "yellow",
    Status.BLOCKED: "red",
}
Briefed = Annotated[Path, typer.Argument(help="The brief, a YAML file such as samples/campaign.yaml.")]
Written = Annotated[
    bool, typer.Option("--write", help="Let the model of LIAISON_MODEL write; approved texts stand in where it fails.")
]
Locales = Annotated[list[str] | None, typer.Option("--locale", help="Only this locale of the brief; repeat it.")]


@app.command()
def draft(
    brief: Briefed,
    *,
    who: Who,
    locale: Locales = None,
    data: Data = None,
    write: Written = False,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the kits for review, and say their ids.")] = False,
    as_json: AsJson = False,
) -> None:
    """Kits from a brief: every field with its size, its status, and why it is not ready."""
    wanted, library = _brief(brief, locale), Library(data)

    async def made(liaison: Liaison) -> tuple[tuple[Kit, ...], list[KeptKit]]:
        kits = await kits_of(liaison, wanted, who=who, library=library, write=write)
        desk = reviews_of(liaison, library)
        return kits, [await desk.keep(kit, wanted, requester=acting(who)) for kit in kits] if keep else []

    kits, kept = run(made)
    for kit in kits:
        if as_json:
            typer.echo(kit_as_json(kit))
        else:
            print_kit(console, kit)
    for each in kept if not as_json else []:
        _standing(each)


@app.command()
def review(
    kit: Annotated[str, typer.Argument(help="Id of the kit, as `draft --keep` said it.")],
    *,
    who: Who,
    role: Annotated[ReviewRole | None, typer.Option(help="In whose name; without it the kit is shown.")] = None,
    decision: Annotated[Decision, typer.Option(help="What you say.")] = Decision.APPROVE,
    digest: Annotated[str, typer.Option(help="The digest you saw; empty means the present version.")] = "",
    note: Annotated[str, typer.Option(help="Why.")] = "",
    data: Data = None,
) -> None:
    """Show a kept kit with its reviews, or decide on it for brand, market or legal."""
    library = Library(data)

    async def decided(liaison: Liaison) -> KeptKit:
        desk, reviewer = reviews_of(liaison, library), acting(who)
        if role is None:
            return await desk.get(kit, requester=reviewer)
        return await desk.review(kit, role, decision, requester=reviewer, digest=digest, note=note)

    kept = run(decided)
    if role is None:
        print_kit(console, kit_of(kept))
    _standing(kept)


def _standing(kept: KeptKit) -> None:
    """Id, version and status of a kept kit, and every review with what it was of."""
    console.print(f"kit {kept.draft.id} version {kept.version}: [bold]{kept.status}[/]", highlight=False)
    console.print(f"  [dim]digest {kept.draft.digest}, rules {kept.draft.rules}[/]", highlight=False)
    for each in kept.reviews:
        void = "" if kept.standing.get(each.role) is each else " (void)"
        told = f"{each.role}: {each.decision} by {each.reviewer} on {each.at:%Y-%m-%d %H:%M}, version {each.version}"
        note = f": {each.note}" if each.note else ""
        console.print(f"  {escape(told)}, Liaison {each.release}{void}{escape(note)}", highlight=False)


@app.command()
def export(
    brief: Briefed,
    *,
    who: Who,
    to: Annotated[Path, typer.Option(help="Folder for the files.")],
    formats: Annotated[list[str] | None, typer.Option("--format", help=f"{', '.join(EXPORTS)}; repeat it.")] = None,
    locale: Locales = None,
    data: Data = None,
    write: Written = False,
) -> None:
    """Write the kits of a brief as files."""
    chosen = formats or list(EXPORTS)
    if unknown := set(chosen) - EXPORTS.keys():
        raise UsageError(f"There is no format {', '.join(sorted(unknown))}.", hint=f"Known: {', '.join(EXPORTS)}.")
    wanted, library = _brief(brief, locale), Library(data)
    kits = run(lambda liaison: kits_of(liaison, wanted, who=who, library=library, write=write))
    to.mkdir(parents=True, exist_ok=True)
    for kit in kits:
        for name in chosen:
            suffix, exported = EXPORTS[name]
            path = to / f"{kit.campaign}.{kit.locale}.{suffix}"
            path.write_text(exported(kit), encoding="utf-8", newline="")
            console.print(str(path), highlight=False)


def _brief(path: Path, locales: list[str] | None) -> Brief:
    brief = read(Brief, path)
    return brief.model_copy(update={"locales": tuple(locales)}) if locales else brief


async def kits_of(
    liaison: Liaison, brief: Brief, *, who: str, library: Library, write: bool = False
) -> tuple[Kit, ...]:
    """The kits of a brief with the partner's facts from the PRM; with `write`, in the words of the model."""
    return await desk_of(liaison, library).drafted(brief, requester=acting(who), write=write)


SHORT = ("email.subject", "x.post", "google_rsa.headline")


def print_kit(where: Console, kit: Kit, *, short: bool = False) -> None:
    """A kit as a person reads it; `short` shows three fields and those that are not ready."""
    origin = f"texts approved by {kit.approved_by}" if kit.written_for else "no approved texts: the English master"
    inherited = f", inherited from {kit.written_for}" if kit.inherited else ""
    where.rule(f"{kit.campaign} · {kit.locale} ({kit.country}): {origin}{inherited}", align="left", style="dim")
    ready = sum(each.status is Status.READY for each in kit.fields)
    where.print(f"{ready} of {len(kit.fields)} fields are ready for approval.", highlight=False)
    for each in kit.fields:
        if short and each.place not in SHORT and each.status is Status.READY:
            continue
        where.print(
            f"[bold]{each.place}[/] [{COLORS[each.status]}]{each.status}[/] "
            f"[dim]{each.size}/{each.hard} {each.unit}[/]",
            highlight=False,
        )
        where.print(f"  {escape(each.text)}", highlight=False)
        if each.author is not Author.APPROVED:
            where.print(f"  [dim]{each.author}[/]", highlight=False)
        for finding in each.findings:
            where.print(f"  [dim]→ {escape(str(finding))}[/]", highlight=False)


app.command("glossary")(glossary)


@app.command()
def check(
    *,
    source: Annotated[Path, typer.Option(help="File with the source text.")],
    target: Annotated[Path, typer.Option(help="File with its translation.")],
    locale: Annotated[str, typer.Option(help="Locale of the translation, such as de-DE.")],
    channel: Annotated[str, typer.Option(help="Field it will stand in, such as google_rsa.headline.")] = "",
    source_locale: Annotated[str, typer.Option(help="Locale of the source.")] = "en-US",
    country: Annotated[str, typer.Option(help="Recipients' country, for its banned words.")] = "",
    name: Annotated[list[str] | None, typer.Option(help="A name that is never translated; repeat it.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Run this check alone; repeat it.")] = None,
    glossary_terms: Annotated[
        bool, typer.Option("--glossary", help="Hold it to the words of the trade in prompts/glossary/programme.yaml.")
    ] = False,
    data: Data = None,
) -> None:
    """Check a translation: 25 checks, each by its name. Ends with 1 when there is an error."""
    unknown = set(only or ()) - CHECKS.keys()
    if unknown:
        raise UsageError(f"There is no check {', '.join(sorted(unknown))}.", hint=f"Known: {', '.join(CHECKS)}.")
    library = Library(data)
    pack = library.locale(locale)
    segment = Segment(
        source=_text(source),
        target=_text(target),
        source_locale=library.locale(source_locale),
        locale=pack,
        place=library.place(channel) if channel else None,
        names=tuple(name or ()),
        world_names=library.world_names,
        glossary=library.glossary(pack.language) if glossary_terms else (),
        banned=library.banned.get(country or pack.country),
    )
    found = findings(segment, {key: CHECKS[key] for key in CHECKS if not only or key in only})
    for each in found:
        color = "red" if each.severity is Severity.ERROR else "yellow"
        console.print(f"[{color}]{each.severity}[/] {each.check}: {escape(each.message)}", highlight=False)
    if segment.place is not None:
        limit = segment.place.limit
        console.print(f"[dim]{channel}: {measure(segment.target, limit.unit)} of {limit.hard} ({limit.unit})[/]")
    if not found:
        console.print("[green]nothing to complain about[/]")
    if any(each.severity is Severity.ERROR for each in found):
        raise typer.Exit(1)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").rstrip("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}", hint="Name a text file in UTF-8.") from error
