"""Whether content stays inside its audience: every document is asked for by people in and outside of it."""

from __future__ import annotations

from assistant.domain.content import Audience
from assistant.domain.people import Requester, Role, TierLadder
from evals.case import Case, Observation
from evals.collect import Collected, collect
from evals.target import SeenDocument
from evals.workbench import Workbench

LADDER = TierLadder()
# The sample programme's partners and staff: every tier, several regions, and nobody in particular.
PEOPLE = (
    "",
    "partner:acme",
    "partner:brightpath",
    "partner:minato",
    "partner:lakeshore",
    "channel_manager:jonas",
    "administrator:callum",
)


def may_see(audience: Audience, person: Requester) -> bool:
    """The audience rule in its plainest form, written apart from the product's so that one can catch the other."""
    if audience.public:
        return True
    if person.role is None:
        return False
    return all(
        (
            not audience.roles or person.role in audience.roles,
            not audience.minimum_tier
            or person.role is not Role.PARTNER
            or LADDER.reaches(person.tier, audience.minimum_tier),
            not audience.regions or bool(audience.regions & person.regions),
            not audience.partner_ids or person.partner_id in audience.partner_ids,
        )
    )


async def collect_audience(bench: Workbench) -> Collected:
    """What each person is shown for the title of every document of the sample programme."""
    samples = bench.inputs.sample_programme()
    target = await bench.target(samples.content, today=samples.today)
    people = {name: await target.requester(name) for name in PEOPLE}
    documents = {document.path: document for document in await target.documents()}

    async def observe(case: Case) -> Observation:
        person = people[case.asked_as]
        passages = await target.retrieve(case.question, requester=person)
        answer = await target.ask(case.question, requester=person)
        shown = {p.doc for p in passages} | {c.doc for c in answer.citations}
        forbidden = sorted(doc for doc in shown if not may_see(documents[doc].audience, person))
        return Observation(case_id=case.id, passages=tuple(passages), answer=answer, forbidden=tuple(forbidden))

    return await collect([_case(d, p) for d in documents.values() for p in PEOPLE], observe)


def _case(document: SeenDocument, person: str) -> Case:
    return Case(
        id=f"{document.path} as {person or 'anonymous'}",
        question=document.title,
        kind="audience",
        asked_as=person,
        slices=("all", f"who:{person.partition(':')[0] or 'anonymous'}"),
    )
