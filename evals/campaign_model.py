"""Kits by a model that misbehaves: does anything broken get marked ready? `python -m evals.campaign_model --kits N`.

The looking shares no code and no word list with the checks but the counters.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from assistant.answering.breaker import Breaker
from assistant.campaigns.assembly import Assembler
from assistant.campaigns.brief import Brief
from assistant.campaigns.kit import Author, Kit, KitField, Status
from assistant.campaigns.library import Library
from assistant.campaigns.segment import PartnerFacts
from assistant.domain.people import Requester, Role
from evals.campaign_bad_model import INJECTED, BadWriter, serving
from evals.campaign_kits import PROGRAMME, faults, random_brief, random_partner, without_name
from integrations.bootstrap import build
from integrations.campaigning import copywriter_of
from integrations.settings import Settings

ACME = Requester(user="ada", role=Role.PARTNER, partner_id="acme")
SHARES = re.compile(
    r"per ?cent|prozent|pour ?cent|por ?ciento|por ?cento|per ?cento|procent|パーセント|百分之|퍼센트|بالمئة|[%％]",
    re.I,
)
FAMILIAR = {"de": r"\b(?:du|dein|dir|dich)\b", "fr": r"\b(?:tu|tes|ton)\b", "es": r"\b(?:tú)\b"}
ENGLISH = re.compile(r"\bPlease do read this\b")
KEPT = ("Skerrow Keep", "Skerrow Lantern", "Keep Vault", "Hallberg Foods")


@dataclass
class Result:
    """What was counted."""

    kits: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    authors: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    shown: list[str] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def main() -> int:
    """Print what was found; 0 when nothing marked ready is broken and the model wrote some of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kits", type=int, default=200)
    parser.add_argument("--seed", type=int, default=8)
    options = parser.parse_args()
    result, put = asyncio.run(measure_model(options.kits, seed=options.seed))
    say = sys.stdout.write
    ready = result.statuses[Status.READY]
    say(
        f"kits {result.kits}, fields {result.statuses.total()}, ready {ready}: broken {dict(result.broken) or 'none'}\n"
    )
    say(f"status: {', '.join(f'{name} {count}' for name, count in result.statuses.most_common())}\n")
    say(f"author: {', '.join(f'{name} {count}' for name, count in result.authors.most_common())}\n")
    say(f"not used because of: {', '.join(f'{name} {count}' for name, count in result.rejected.most_common())}\n")
    say(f"faults put: {', '.join(f'{name} {count}' for name, count in sorted(put.items()))}\n")
    median, busy = statistics.median(result.seconds) * 1000, statistics.median(result.busy) * 1000
    say(f"a kit with its calls: median {median:.0f} ms, {busy:.0f} ms of it on the processor, the model's included\n")
    for line in result.shown[:20]:
        say(f"  {line}\n")
    return 0 if not result.broken and result.authors[Author.MODEL] else 1


async def measure_model(kits: int, *, seed: int) -> tuple[Result, Counter[str]]:
    """So many kits of random briefs, and the faults that the model put into them."""
    dice, result, library = random.Random(seed), Result(), Library()  # noqa: S311 - samples, not secrets
    bad = BadWriter(library, PROGRAMME, random.Random(seed + 1))  # noqa: S311
    assembler = Assembler(library, PROGRAMME)
    with serving(bad) as url, tempfile.TemporaryDirectory() as data:
        liaison = build(Settings(data=Path(data), model="openai:bad", model_url=url))
        writer = copywriter_of(liaison)
        if writer is None:
            raise AssertionError
        for _ in range(kits):
            bad.locale = dice.choice(sorted(library.locales))
            partner = random_partner(dice)
            brief = random_brief(dice, bad.locale, library, partner=partner)
            brief = brief.model_copy(update={"audience": dice.choice(("IT managers", INJECTED, "")), "goal": "trials"})
            start, busy = time.perf_counter(), time.process_time()
            one = replace(writer, breaker=Breaker())  # a model that failed is asked again for the next kit
            kit = await one.kit(assembler, brief, partner, locale=bad.locale, requester=ACME)
            result.seconds.append(time.perf_counter() - start)
            result.busy.append(time.process_time() - busy)
            _look(kit, brief, partner, result)
        liaison.close()
    return result, bad.put


def _look(kit: Kit, brief: Brief, partner: PartnerFacts, result: Result) -> None:
    result.kits += 1
    for each in kit.fields:
        result.statuses[each.status] += 1
        result.authors[each.author] += 1
        result.rejected.update(each.rejected)
        if each.status is Status.READY:
            for fault in (*faults(each, kit, brief, partner), *_written_faults(each, kit, partner)):
                result.broken[fault] += 1
                result.shown.append(f"{fault}: {kit.locale} {each.place} {each.text[:160]!r}")


def _written_faults(each: KitField, kit: Kit, partner: PartnerFacts) -> list[str]:
    """What only a model does."""
    found, text = [], without_name(each.text, partner)
    if "⟦" in text or "⟧" in text:
        found.append("token left")
    if each.author is Author.MODEL and SHARES.search(re.sub(r"https?://\S+", "", text)):
        found.append("unbound share")
    if any(text.count(name) < each.source.count(name) for name in KEPT):
        found.append("brand lost")
    if re.search(FAMILIAR.get(kit.locale.split("-")[0], r"(?!)"), text, re.I):
        found.append("wrong address")
    if "evil.example" in text or "nobody@" in text or "<b>" in text:
        found.append("injected")
    if not kit.locale.startswith("en") and ENGLISH.search(text):
        found.append("wrong language")
    if each.author is Author.MODEL and re.search("certified|platinum", text, re.I):
        found.append("partner fact")
    return found


if __name__ == "__main__":
    sys.exit(main())
