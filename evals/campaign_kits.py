"""Random briefs into kits, and everything marked ready looked at again: `python -m evals.campaign_kits --assemblies N`.

An assembly is one field. The looking shares no code with the assembler but the counters.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from assistant.campaigns.assembly import Assembler
from assistant.campaigns.brief import Brief, Sender
from assistant.campaigns.counters import measure
from assistant.campaigns.kit import Kit, KitField, Status
from assistant.campaigns.library import Library
from assistant.campaigns.segment import PartnerFacts

PROGRAMME = "skerrow"
NAMES = (
    "Acme",
    "Nordwind IT",
    "Ärzte & Söhne",
    "株式会社あさひ",
    "O’Neill Cloud",
    "Donaudampfschifffahrtsgesellschaft",
    "24/7",
)
ODD = (
    "{ $x }",
    "<b>",
    "50 %",
    "Skerrow",
    "مرحبا",
    "😀",
    "«»",
    "No.1",
    "certified",
    "https://x.example",
    "\u202e",
    "Platinum Partner",
)
BAR_SECONDS = 0.3


@dataclass
class Result:
    """What was counted."""

    assemblies: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    shown: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)


def main() -> int:
    """Print what was found; 0 when nothing marked ready is broken and a kit is quick enough."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assemblies", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=8)
    options = parser.parse_args()
    result = measure_kits(options.assemblies, seed=options.seed)
    late = statistics.quantiles(result.seconds, n=20)[-1]
    ready = result.statuses[Status.READY]
    sys.stdout.write(f"assemblies {result.assemblies}, ready {ready}: broken {dict(result.broken) or 'none'}\n")
    sys.stdout.write(f"status: {', '.join(f'{name} {count}' for name, count in result.statuses.most_common())}\n")
    median = statistics.median(result.seconds)
    sys.stdout.write(f"kit of five channels: median {median * 1000:.0f} ms, p95 {late * 1000:.0f} ms (bar 300 ms)\n")
    busy, rate = statistics.quantiles(result.busy, n=20)[-1], result.assemblies / sum(result.busy)
    sys.stdout.write(f"of that on the processor: p95 {busy * 1000:.0f} ms; the rest waits for other programs\n")
    sys.stdout.write(f"{rate:.0f} assemblies a second of the processor\n")
    for line in result.shown[:20]:
        sys.stdout.write(f"  {line}\n")
    return 0 if not result.broken and ready and late <= BAR_SECONDS else 1


def measure_kits(assemblies: int, *, seed: int) -> Result:
    """Kits of random briefs until there are so many fields."""
    dice, result = random.Random(seed), Result()  # noqa: S311 - samples, not secrets
    assembler = Assembler(Library(), PROGRAMME)
    locales = sorted(assembler.library.locales)
    for locale in locales:  # what is read once is not timed
        partner = random_partner(dice)
        assembler.kit(random_brief(dice, locale, assembler.library, partner=partner), partner, locale=locale)
    try:
        while result.assemblies < assemblies:
            _one(dice, dice.choice(locales), assembler, result)
    except KeyboardInterrupt:  # a long run that is stopped tells what it saw
        return result
    return result


def _one(dice: random.Random, locale: str, assembler: Assembler, result: Result) -> None:
    partner = random_partner(dice)
    brief = random_brief(dice, locale, assembler.library, partner=partner)
    start, busy = time.perf_counter(), time.process_time()
    kit = assembler.kit(brief, partner, locale=locale)
    result.seconds.append(time.perf_counter() - start)
    result.busy.append(time.process_time() - busy)
    _look(kit, brief, partner, result)


def random_partner(dice: random.Random) -> PartnerFacts:
    """A partner with an ordinary or an odd name."""
    name = dice.choice(NAMES)
    if dice.random() < 0.2:
        name += f" {dice.choice(ODD)}"
    tier = dice.choice(("registered", "silver", "gold", "platinum"))
    tiers = ("registered", "silver", "gold", "platinum")
    return PartnerFacts(f"{name} GmbH", name, tier, tiers, certified=dice.random() < 0.7)


def random_brief(dice: random.Random, locale: str, library: Library, *, partner: PartnerFacts) -> Brief:
    """A brief that lacks this or that now and then."""
    country = {locale: dice.choice(sorted(library.laws))} if dice.random() < 0.5 else {}
    given = {
        "address": f"Hafenstraße {dice.randrange(1, 99)}, 20457 Hamburg",
        "contact": f"+49 40 {dice.randrange(10_000, 99_999)}",
        "imprint": "https://www.acme.example/imprint",
        "unsubscribe": "https://www.acme.example/optout",
        "stop": "https://acme.example/s",
    }
    kept = {key: value for key, value in given.items() if dice.random() < 0.95}
    start = date(2026, 11, 22) + timedelta(days=dice.randrange(300))
    return Brief(
        programme=PROGRAMME,
        theme=dice.choice(("keep-recovery", "lantern-pilot")),
        campaign=f"c{dice.randrange(10**6)}",
        partner=f"p{dice.randrange(99)}",
        locales=(locale,),
        channels=tuple(dice.sample(("email", "linkedin", "google_rsa", "meta", "x", "sms", "landing", "call"), 5)),
        countries=country,
        url=f"https://www.acme.example/{'x' * dice.randrange(60)}",
        send_on=start,
        deadline=start + timedelta(days=30) if dice.random() < 0.6 else None,
        sender=Sender(legal_name="Somebody Else Ltd" if dice.random() < 0.1 else partner.legal_name, **kept),
    )


def _look(kit: Kit, brief: Brief, partner: PartnerFacts, result: Result) -> None:
    for each in kit.fields:
        result.assemblies += 1
        result.statuses[each.status] += 1
        if each.status is Status.READY:
            for fault in faults(each, kit, brief, partner):
                result.broken[fault] += 1
                result.shown.append(f"{fault}: {kit.locale} {each.place} {each.text[:160]!r}")


def faults(each: KitField, kit: Kit, brief: Brief, partner: PartnerFacts) -> list[str]:
    """What is wrong with a field that is marked ready."""
    found, own = [], without_name(each.text, partner)
    if measure(each.text, each.unit) > each.hard or not each.text:
        found.append("over the limit")
    if "{" in own or "$" in own:
        found.append("placeholder left")
    if _strange_numbers(each, brief, partner):
        found.append("unbound number")
    if each.place == "email.footer" and not _disclosed(each.text, kit.country, brief):
        found.append("missing disclosure")
    return found


def without_name(text: str, partner: PartnerFacts) -> str:
    """A text without the partner's own name, whatever is in that; an SMS writes its apostrophe plainly."""
    for name in (partner.legal_name, partner.display_name):
        text = text.replace(name, " ").replace(name.replace("’", "'"), " ")
    return text


def _strange_numbers(each: KitField, brief: Brief, partner: PartnerFacts) -> set[str]:
    """Numbers that neither the programme's file nor the brief has; the programme's are written here once more."""
    known = {"30", "15", "41", "6", "45", "50"}
    deadline = brief.deadline
    known |= {str(part) for part in (deadline.year, deadline.month, deadline.day)} if deadline else set()
    sender = brief.sender
    given = f"{partner.display_name} {partner.legal_name} {sender.legal_name} {sender.address} {sender.contact}"
    known |= set(re.findall(r"\d+", given))
    return set(re.findall(r"\d+", re.sub(r"https?://\S+", "", each.text))) - known


def _disclosed(text: str, country: str, brief: Brief) -> bool:
    """Every mail names its sender; what else the strictest countries ask for is named here once more."""
    sender = brief.sender
    wanted = [sender.legal_name, sender.unsubscribe]
    wanted += [sender.address] if country in {"US", "CA", "DE", "AT", "JP", "KR", "GB", "CH", "BE", "PL"} else []
    wanted += [sender.imprint] if country in {"DE", "AT"} else []
    wanted += ["Skerrow Systems plc"] if country == "CA" else []
    return all(value and value in text for value in wanted)


if __name__ == "__main__":
    sys.exit(main())
