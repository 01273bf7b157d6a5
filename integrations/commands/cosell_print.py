"""How `liaison cosell` prints partners, reasons, exclusions and teams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.cosell.keeping import NEWER
from assistant.cosell.lookalike import LookAlike
from assistant.cosell.offpolicy import Estimate
from assistant.cosell.outcomes import ExposureReport, PolicyValue
from assistant.cosell.recommend import Recommendation, Recommended
from assistant.cosell.team import Proposal, Team
from assistant.cosell.whynot import Explanation
from assistant.cosell.wording import cautions, exclusions, explanation, supporting
from assistant.domain.partners import Partner
from integrations.commands.acting import console, table


def say(*lines: str) -> None:
    """Print lines as they are."""
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True, markup=False)


def print_ranking(found: Recommendation, partners: Mapping[str, Partner], language: str) -> None:
    """Print the ranked partners, who is excluded by which rule, and what to know of list and model."""
    rows = [
        (
            f"{item.rank}{' *' if item.reserved else ''}",
            item.partner.display_name,
            _percent(item.chance, item.low, item.high),
            _percent(item.win.rate, item.win.low, item.win.high) if item.win.sufficient else "insufficient evidence",
            item.deals,
            next(iter(supporting(item, language)), ""),
        )
        for item in found.ranked
    ]
    head = f"{len(found.ranked)} of {found.scored} partners that may work it, of {found.considered}"
    table(head, ("rank", "partner", "engages", "won with it (association)", "deals", "foremost reason"), rows)
    for rule, names in exclusions(found.excluded, partners, language):
        say(f"- {rule} ({len(names)}): {', '.join(names)}")
    if found.kept.given:
        say("* a place kept for newer partners (--newer 0 keeps none)")
    say(*cautions(found, partners, language))


def print_explanation(told: Explanation, language: str) -> None:
    """Print why a partner stands where it does: in words, then every number."""
    say(*explanation(told, language))
    if told.found is not None:
        print_partner(told.found, language)


def print_partner(item: Recommended, language: str) -> None:
    """Print everything about one partner."""
    win = item.win
    rows = [
        ("rank", item.rank),
        ("engages", _percent(item.chance, item.low, item.high)),
        ("won with it (association)", f"{_percent(win.rate, win.low, win.high)}; {win.won} of {win.closed} deals"),
        ("rank without its foremost reason", item.rank_without),
        ("score", f"{item.score:+.3f} = start {item.start:+.3f} and the points below"),
        *((f"{reason.points:+.3f}", reason.told(language)) for reason in item.reasons),
        *((deal.id, _alike(deal)) for deal in item.lookalikes),
    ]
    table(item.partner.display_name, ("", ""), rows)
    if not item.lookalikes:
        say("No closed deal of it is alike.")


def _alike(deal: LookAlike) -> str:
    shared = ", ".join(trait.partition(":")[2] for trait in deal.shared)
    return f"{'won' if deal.won else 'lost'}, opened {deal.opened}; as here: {shared}"


def print_prices(tried: Sequence[Recommendation]) -> None:
    """Print what keeping no place, one place and two places for newer partners costs for a need."""
    rows = [
        (
            found.kept.places,
            sum(item.deals < NEWER for item in found.ranked),
            f"{sum(item.chance for item in found.ranked):.3f}",
            f"{found.kept.cost:.3f}",
        )
        for found in tried
    ]
    if rows:
        head = ("places kept", "newer partners shown", "partners expected to engage", "fewer than without")
        table("Places for newer partners", head, rows)


def print_exposure(report: ExposureReport) -> None:
    """Print who was shown how often, what came of it, and what other ways of drawing would have brought."""
    total = sum(item.shown for item in report.partners) or 1
    rows = [
        (item.partner_id, item.shown, f"{item.shown / total:.1%}", item.kept, item.invited, item.accepted, item.won)
        for item in report.partners
    ]
    head = f"{report.lists} recommendations were shown, {report.of_deals} of them for registered deals"
    table(head, ("partner", "shown", "share", "in a kept place", "then invited", "joined", "won"), rows)
    say(f"In {report.drawn} of them a place was drawn. Joined and won are known for registered deals only.")
    if report.needed:
        say(f"Insufficient evidence on other ways of drawing it: {report.needed} more that are 30 days old are needed.")
        return
    table(
        "Partners that join for each drawn place, 95 % interval",
        ("drawn", "SNIPS", "doubly robust", "as good as", "weights cut"),
        [_policy(item) for item in report.policies],
    )


def _policy(item: PolicyValue) -> tuple[str, str, str, str, str]:
    told = item.snips
    return (
        item.policy,
        _estimate(told),
        _estimate(item.doubly_robust),
        f"{told.effective:.0f} of {told.choices} draws" if told else "",
        str(told.clipped) if told else "",
    )


def _estimate(item: Estimate | None) -> str:
    return f"{item.value:.3f} ({item.low:.3f} to {item.high:.3f})" if item else "no evidence"


def print_team(found: Proposal) -> None:
    """Print the best team, the second best, and the price of each constraint."""
    if found.best is None:
        console.print("No team fulfils these constraints.", highlight=False)
        return
    rows = [("best", *_team(found.best))] + ([("second", *_team(found.runner_up))] if found.runner_up else [])
    table("Team", ("", "partners", "value", "proof"), rows)
    if found.uncovered:
        console.print(f"Nobody eligible covers: {', '.join(found.uncovered)}", highlight=False)
    table(
        "What each constraint costs",
        ("constraint", "value lost"),
        [(p.constraint, f"{p.costs:.4f}") for p in found.prices],
    )


def _team(team: Team) -> tuple[str, str, str]:
    proof = (
        f"optimal, no team exceeds {team.bound:.4f}"
        if team.proved and team.bound is not None
        else f"{team.method}, not proved"
    )
    return ", ".join(team.partner_ids), f"{team.value:.4f}", proof


def _percent(rate: float, low: float, high: float) -> str:
    return f"{rate:.1%} ({low:.1%} to {high:.1%})"
