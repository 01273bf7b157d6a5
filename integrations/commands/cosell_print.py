"""How `liaison cosell` prints partners, reasons, exclusions and teams."""

from __future__ import annotations

from assistant.cosell.eligibility import Exclusion
from assistant.cosell.recommend import Recommendation, Recommended
from assistant.cosell.team import Proposal, Team
from integrations.commands.acting import console, table
from prompts.messages import message


def print_ranking(found: Recommendation, language: str) -> None:
    """Print the ranked partners, who is excluded and why, and what to know of the model."""
    rows = [
        (
            f"{item.rank}{' *' if item.reserved else ''}",
            item.partner.display_name,
            _percent(item.chance, item.low, item.high),
            _percent(item.win.rate, item.win.low, item.win.high) if item.win.sufficient else "insufficient evidence",
            item.deals,
            next((reason.told(language) for reason in item.reasons if reason.points > 0), ""),
        )
        for item in found.ranked
    ]
    head = f"{len(found.ranked)} of {found.scored} partners that may work it, of {found.considered}"
    table(head, ("rank", "partner", "engages", "won with it (association)", "deals", "foremost reason"), rows)
    for item in found.excluded:
        console.print(f"- {excluded(item, language)}", highlight=False, soft_wrap=True, markup=False)
    if any(item.reserved for item in found.ranked):
        console.print("* the place kept for newer partners (--newer 0 keeps none)", highlight=False)
    if found.stale:
        console.print(message("cosell_stale", language, day=found.trained_until.isoformat()), highlight=False)


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
        *((deal.id, f"{'won' if deal.won else 'lost'}; {', '.join(deal.shared)}") for deal in item.lookalikes),
    ]
    table(item.partner.display_name, ("", ""), rows)
    if not item.sufficient:
        console.print(message("cosell_insufficient", language), highlight=False)
    if not win.sufficient or not win.differs:
        key = "cosell_win_few" if not win.sufficient else "cosell_win_usual"
        console.print(message(key, language, closed=str(win.closed), needed=str(win.needed)), highlight=False)
    if item.counter is not None:
        console.print(message("cosell_counter", language, reason=item.counter.told(language)), highlight=False)


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


def excluded(item: Exclusion, language: str) -> str:
    """A sentence that says why a partner is excluded."""
    return f"{item.partner_id}: {message(f'cosell_excluded_{item.rule}', language, found=item.found)}"


def _percent(rate: float, low: float, high: float) -> str:
    return f"{rate:.1%} ({low:.1%} to {high:.1%})"
