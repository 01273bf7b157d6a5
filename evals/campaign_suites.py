"""Campaign copy as suites: real translations with faults put into them, and kits of random briefs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial

from assistant.campaigns.assembly import Assembler
from assistant.campaigns.checks import findings
from assistant.campaigns.finding import Finding
from assistant.campaigns.kit import Status
from assistant.campaigns.library import Library
from assistant.campaigns.segment import Segment
from evals.campaign_checks import addressed, segment_of
from evals.campaign_copy import ADDRESS, LOCALES, Pair, brands, pairs
from evals.campaign_faults import FAULTS
from evals.campaign_kits import PROGRAMME, faults, random_brief, random_partner
from evals.case import Case, Observation
from evals.collect import Collected, collect
from evals.metrics.findings import CLEAN, ERROR, FAULTY, KIT
from evals.workbench import Workbench

PAIRS = 25  # a locale; `python -m evals.campaign_checks` takes 600, and all on demand
KITS = 120
SEED = 8
CORPUS = "data/mozilla-www"


async def collect_campaign_copy(bench: Workbench) -> Collected:
    """What the checks say of people's translations, and what more they say once a fault is in one."""
    library, folder = Library(), bench.inputs.shared_file(CORPUS)
    world, dice = (*library.world_names, *brands(folder)), random.Random(SEED)  # noqa: S311 - faults, not secrets
    judged: dict[str, Callable[[], list[Finding]]] = {}
    cases = []
    for locale, name in LOCALES.items():
        packs = library.locale("en-US"), addressed(library.locale(name), ADDRESS.get(locale, "any"))
        for pair in pairs(folder, locale, count=PAIRS, seed=SEED):
            known = cache(partial(findings, segment_of(pair, pair.target, packs, world)))
            for case in _cases(pair, dice):
                faulty = segment_of(pair, case.question, packs, world)
                judged[case.id] = _judging(known, faulty if case.kind == FAULTY else None)
                cases.append(case)

    async def observe(case: Case) -> Observation:
        return Observation(case_id=case.id, findings=tuple(str(finding) for finding in judged[case.id]()))

    return await collect(cases, observe)


def _cases(pair: Pair, dice: random.Random) -> Iterator[Case]:
    """The pair as it is, and with each fault that it can have."""
    language = pair.locale.partition("-")[0]
    yield Case(
        id=f"{pair.key} {pair.locale}", question=pair.target, language=language, kind=CLEAN,
        slices=("all", f"lang:{language}"),
    )  # fmt: skip
    for fault, put in FAULTS.items():
        if target := put(pair, dice):
            yield Case(
                id=f"{pair.key} {pair.locale}: {fault}", question=target, language=language, kind=FAULTY,
                slices=("all", f"fault:{fault}"),
            )  # fmt: skip


def _judging(known: Callable[[], Sequence[Finding]], faulty: Segment | None) -> Callable[[], list[Finding]]:
    """What is said of a clean pair; of a faulty one only what is not said of the clean one, too."""

    def judge() -> list[Finding]:
        return list(known()) if faulty is None else [each for each in findings(faulty) if each not in known()]

    return judge


async def collect_campaign_kits(_bench: Workbench) -> Collected:
    """Kits of random briefs in every locale; what is wrong with fields that are marked ready."""
    dice, assembler = random.Random(SEED), Assembler(Library(), PROGRAMME)  # noqa: S311 - samples, not secrets
    locales = sorted(assembler.library.locales)
    cases = [_kit_case(number, locales[number % len(locales)]) for number in range(KITS)]

    async def observe(case: Case) -> Observation:
        partner = random_partner(dice)
        brief = random_brief(dice, case.question, assembler.library, partner=partner)
        kit = assembler.kit(brief, partner, locale=case.question)
        ready = [field for field in kit.fields if field.status is Status.READY]
        found = [f"{ERROR}{fault}: {f.place} {f.text}" for f in ready for fault in faults(f, kit, brief, partner)]
        return Observation(case_id=case.id, findings=tuple(found))

    return await collect(cases, observe)


def _kit_case(number: int, locale: str) -> Case:
    slices = ("all", f"lang:{locale.partition('-')[0]}")
    return Case(id=f"kit-{number:03d}", question=locale, language=slices[1][5:], kind=KIT, slices=slices)
