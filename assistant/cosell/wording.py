"""What every surface says of a recommendation: the same sentences from the same numbers, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from assistant.cosell.eligibility import EXPIRED, Exclusion
from assistant.cosell.recommend import Recommendation, Recommended
from assistant.cosell.whynot import Explanation
from assistant.domain.partners import Partner
from assistant.domain.written import country_told, day_told, listed, number_told, share_told
from prompts.messages import message

REASONS = 3


def supporting(item: Recommended, language: str, *, most: int = REASONS) -> list[str]:
    """The weightiest facts that speak for a partner; that something is not on record is none."""
    told = [reason for reason in item.reasons if reason.odds > 0 and not reason.kind.endswith(("none", "unknown"))]
    return [reason.told(language) for reason in told[:most]]


def counter(item: Recommended, language: str) -> str:
    """The strongest fact against a partner, and by how much it lowers the odds."""
    if item.counter is None or not item.counter.odds:
        return message("cosell_no_counter", language)
    reason, share = item.counter.told(language), share_told(-item.counter.odds / 100, language, decimals=0)
    return message("cosell_counter", language, reason=reason, share=share)


def evidence(item: Recommended, language: str) -> list[str]:
    """What is not known of a partner, and how many deals would tell; empty when there is enough."""
    win, said = item.win, []
    if not item.sufficient:
        said.append(message("cosell_insufficient", language))
    if not win.sufficient:
        said.append(message("cosell_win_few", language, closed=str(win.closed), needed=str(win.needed)))
    elif not win.differs:
        said.append(message("cosell_win_usual", language))
    return said


def excluded(item: Exclusion, partner: Partner, language: str) -> str:
    """A sentence that says why a partner is excluded."""
    key, found = f"cosell_excluded_{item.rule}", found_told(item, language)
    return f"{partner.display_name}: {message(key, language, found=found)}".rstrip()


def found_told(item: Exclusion, language: str) -> str:
    """What of a partner's records decided, as people say it: countries and a membership by name, days in words."""
    match item.rule:
        case "territory":
            return listed((country_told(code, language) for code in item.found.split(", ")), language)
        case "membership":
            return message(f"code_status_{item.found}", language)
        case "certificate" if item.found:
            day = day_told(date.fromisoformat(item.found.removeprefix(EXPIRED)), language)
            return message("cosell_expired", language, day=day)
        case _:
            return item.found


def exclusions(
    found: Iterable[Exclusion], partners: Mapping[str, Partner], language: str
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each rule in a few words with the partners it excludes, and what of their records decided."""
    groups: dict[str, list[str]] = {}
    for item in found:
        name = partners[item.partner_id].display_name
        groups.setdefault(item.rule, []).append(f"{name} ({found_told(item, language)})" if item.found else name)
    return tuple((message(f"cosell_rule_{rule}", language), tuple(sorted(names))) for rule, names in groups.items())


def explanation(told: Explanation, language: str) -> list[str]:
    """Why a partner and not another: the rule, or its rank, what the first is ahead by, and what speaks for it."""
    if told.excluded is not None:
        return [excluded(told.excluded, told.partner, language)]
    item, first, lead = told.found, told.first, told.weightiest
    if item is None or first is None:
        return []
    rank, scored, chance = str(item.rank), str(told.scored), share_told(item.chance, language)
    low, high = share_told(item.low, language), share_told(item.high, language)
    said = [message("cosell_standing", language, rank=rank, scored=scored, chance=chance, low=low, high=high)]
    if lead and lead.first and lead.own:
        said.append(
            message(
                "cosell_ahead",
                language,
                first=first.partner.display_name,
                chance=share_told(first.chance, language),
                family=lead.first.label(language),
                reason=lead.first.told(language),
                partner=told.partner.display_name,
                own=lead.own.told(language),
            )
        )
    return [*said, counter(item, language), *evidence(item, language)]


def cautions(found: Recommendation, partners: Mapping[str, Partner], language: str) -> list[str]:
    """What to know before relying on a list: how old its model is, how deals changed, what a kept place costs."""
    day, said = day_told(found.trained_until, language), []
    if found.stale:
        said.append(message("cosell_stale", language, day=day))
    if found.drifted:
        kinds = listed((message(f"cosell_family_{group}", language) for group in found.drifted), language)
        said.append(message("cosell_drifted", language, day=day, traits=kinds))
    if found.kept.given:
        given, displaced = (
            listed((partners[name].display_name for name in names), language)
            for names in (found.kept.given, found.kept.displaced)
        )
        cost = number_told(round(Decimal(found.kept.cost), 3), language)
        said.append(message("cosell_kept", language, given=given, displaced=displaced, cost=cost))
    return said
