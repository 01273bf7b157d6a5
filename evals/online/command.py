"""`liaison eval candidates list|accept|reject`: what was asked becomes a case when a channel manager says so."""

from __future__ import annotations

import argparse
import asyncio
from datetime import timedelta

from rich.console import Console
from rich.table import Table
from rich.text import Text

from assistant.domain.people import Requester, Role
from assistant.errors import Forbidden, UsageError
from evals.case import UNANSWERABLE
from evals.gate import ExitCode
from evals.online.candidates import Candidate, candidates
from evals.online.decisions import Decision, Decisions, add_case
from evals.online.names import names_known
from evals.questions import GoldLine, QuestionLine
from integrations.bootstrap import Liaison, build
from integrations.settings import Settings
from integrations.surfaces.terminal import CONTROL

FOLDER = "evaluation"  # in the data directory


def decide(options: argparse.Namespace, console: Console) -> ExitCode:
    """List candidates, or keep a yes or no. Raises Forbidden unless one of the vendor's people asks."""
    liaison = build(Settings())
    try:
        requester = liaison.directory.requester(options.who)
        if requester.role not in {Role.CHANNEL_MANAGER, Role.ADMINISTRATOR}:
            raise Forbidden("Candidates are decided by channel managers and administrators.", hint="Say who with --as.")
        decisions = Decisions(liaison.settings.data / FOLDER)
        found = asyncio.run(_found(liaison, requester, options, decided=set(decisions.read())))
        if options.action == "list":
            _show(found, console)
            return ExitCode.PASSED
        chosen = _named(options.id, found)
        said = f"Rejected {chosen.id}."
        if options.action == "accept":
            into = options.into or decisions.accepted_file
            case = add_case(_case(chosen, options), into)
            said = f"Kept as {case.id} in {into}."
        who = f"{requester.role}:{requester.user}"
        decisions.write(Decision(chosen.id, options.action == "accept", who, liaison.clock.now()))
        console.print(said, markup=False, soft_wrap=True)
    finally:
        liaison.close()
    return ExitCode.PASSED


async def _found(
    liaison: Liaison, requester: Requester, options: argparse.Namespace, *, decided: set[str]
) -> list[Candidate]:
    if not liaison.has_conversations:
        return []
    store, tenant = liaison.conversations.gaps, requester.tenant
    since = liaison.clock.now() - timedelta(days=options.days)
    asked, ratings = await store.asked_since(since, tenant=tenant), await store.ratings(tenant=tenant)
    names = await names_known(liaison, requester, asked, since=since)
    return candidates(asked, ratings, names=names, share=options.share, decided=decided)


def _named(key: str, found: list[Candidate]) -> Candidate:
    """The one candidate whose id begins so. Raises UsageError when there is none, or more than one."""
    same = [each for each in found if each.id.startswith(key)]
    if len(same) != 1:
        told = "There is no candidate" if not same else "There is more than one candidate"
        raise UsageError(f"{told} {key!r} to decide.", hint="See them with `liaison eval candidates list`.")
    return same[0]


def _case(candidate: Candidate, options: argparse.Namespace) -> QuestionLine:
    """The case, with what a person says a right answer rests on. Raises UsageError when nothing was said."""
    rests_on = bool(options.quote) or bool(options.fact)
    if rests_on == options.unanswerable or bool(options.doc) != bool(options.quote):
        raise UsageError(
            "What is right is not said.", hint="Give --doc and --quote, or --fact, or --unanswerable, and not both."
        )
    return QuestionLine.model_validate(
        {
            "id": f"online-{candidate.id[:12]}",
            "question": options.question or candidate.question,
            "lang": candidate.language,
            "kind": UNANSWERABLE if options.unanswerable else options.kind,
            "gold": [GoldLine(doc=options.doc, quote=options.quote)] if options.quote else [],
            "facts": options.fact or [],
            "as": options.asked_as,
            "split": options.split,
        }
    )


def _show(found: list[Candidate], console: Console) -> None:
    if not found:
        console.print("No candidates: nothing was asked, or everything is decided.")
        return
    table = Table("id", "asked", "question", "why", "status")
    for each in found:
        words = f"{each.question}\n“{each.comment}”" if each.comment else each.question
        table.add_row(
            each.id[:12], str(each.times), Text(CONTROL.sub("", words)), ", ".join(each.why), each.status.value
        )
    console.print(table)
