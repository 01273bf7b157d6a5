"""An opportunity read from Partner Central as a deal, and what a deal must satisfy before it is sent there."""

from __future__ import annotations

from datetime import date, datetime

from assistant.domain.deals import DealChange, DealDraft, DealRegistration, DealState
from assistant.domain.deals_validation import problems_of, problems_touching
from assistant.errors import InvalidRecord, NotAllowedInState, NotOffered, Problem
from integrations.prm.aws_wire.conditions import Facts, flaws_of, submission_flaws
from integrations.prm.aws_wire.editability import FIELDS, PENDING, editable
from integrations.prm.aws_wire.model import operation
from integrations.prm.aws_wire.strict import flaws, known
from integrations.prm.aws_wire.translation import NAMES, Document, draft_of, opportunity_fields, our_field, read
from integrations.prm.partner_central.caller import ours

S = DealState
STATES = {
    PENDING: S.DRAFT,
    "Submitted": S.SUBMITTED,
    "In review": S.IN_REVIEW,
    "Action Required": S.ACTION_REQUIRED,
    "Rejected": S.REJECTED,
}
ENDS = {"Launched": S.WON, "Closed Lost": S.LOST}
SUPERSET = ("Id", "Arn", "CreatedDate", "LastModifiedDate", "RelatedEntityIdentifiers", "OpportunityTeam", "Catalog")


def deal_of(document: Document, *, partner_id: str) -> DealRegistration:
    """The deal that an answer of GetOpportunity describes; what it leaves out is empty, never an error."""
    solutions = read(document, "RelatedEntityIdentifiers.Solutions") or ()
    return DealRegistration(
        id=document["Id"],
        partner_id=partner_id,
        draft=draft_of(document, product=solutions[0] if solutions else ""),
        state=state_of(document),
        created_at=datetime.fromisoformat(document["CreatedDate"]),
        updated_at=datetime.fromisoformat(document["LastModifiedDate"]),
        comment=read(document, "LifeCycle.ReviewComments") or "",
        version=document["LastModifiedDate"],
    )


def state_of(document: Document) -> DealState:
    """Where the registration stands."""
    status, stage = read(document, "LifeCycle.ReviewStatus"), read(document, "LifeCycle.Stage")
    if status == "Rejected" and read(document, "LifeCycle.ReviewStatusReason") == "Duplicate":
        return S.DUPLICATE
    return STATES.get(status) or ENDS.get(stage, S.ACTIVE)


def failure_of(task: Document) -> str:
    """Why a task failed, empty for one that did not. Answers write the word null where nothing is to be said."""
    if task.get("TaskStatus") != "FAILED":
        return ""
    told = (task.get(name) for name in ("Message", "ReasonCode"))
    return next((each for each in told if each and each != "null"), "The task failed and does not say why.")


def creation(draft: DealDraft, *, today: date) -> Document:
    """The fields to create an opportunity with. Raises InvalidRecord with everything that stands against it."""
    problems = list(problems_of(draft, today=today))
    try:
        fields = opportunity_fields(draft)
    except InvalidRecord as error:
        raise InvalidRecord.of(*problems, *error.problems) from None
    facts = Facts(document=fields, today=today, involvement=involvement(fields))
    problems += map(
        ours, flaws({"Catalog": "AWS", "ClientToken": "-", **fields}, operation("CreateOpportunity").input_shape)
    )
    problems += map(ours, (*flaws_of(facts), *submission_flaws(facts, solutions=len(solution_of(draft)))))
    if problems:
        raise InvalidRecord.of(*_first_of_each(problems))
    return fields


def check_change(before: Document, after: Document, edit: DealChange, *, today: date) -> None:
    """Raises NotAllowedInState for locked fields, NotOffered for those no update has, InvalidRecord for flaws."""
    if edit.team is not None:
        raise NotOffered("Partner Central sets the team when the opportunity is created.", hint="Assign it there.")
    status, stage = read(before, "LifeCycle.ReviewStatus") or PENDING, read(before, "LifeCycle.Stage") or ""
    open_fields = editable(status, stage, software=True, revenue=True)
    locked = {path for path in FIELDS - open_fields if read(before, path) != read(after, path)}
    if not open_fields or locked:
        names = sorted({our_field(path) for path in locked} or edit.names)
        message = f"is locked while the review is {status} and the stage {stage}"
        problems = tuple(Problem(field=name, code="field_locked", message=message) for name in names)
        raise NotAllowedInState(f"{', '.join(names)} {message}", problems=problems)
    facts = Facts(document=after, today=today, before=before)
    request = {"Catalog": "AWS", "Identifier": "O1", "LastModifiedDate": "2000-01-01T00:00:00Z", **updatable(after)}
    flawed = [*flaws(request, operation("UpdateOpportunity").input_shape), *flaws_of(facts)]
    mine = problems_touching(draft_of(after, product="-"), edit.names - {"product"}, today=today)
    if flawed or mine:
        raise InvalidRecord.of(*_first_of_each([*mine, *map(ours, flawed)]))


def updatable(document: Document) -> Document:
    """The whole of an opportunity as an update sends it: every field that the update knows, nothing left out."""
    kept = {name: value for name, value in document.items() if name not in SUPERSET}
    request: Document = known(kept, operation("UpdateOpportunity").input_shape)
    return request


def involvement(fields: Document) -> str:
    """Co-Sell for who says what it needs, else the vendor is only told."""
    return "Co-Sell" if fields.get("PrimaryNeedsFromAws") else "For Visibility Only"


def solution_of(draft: DealDraft) -> list[str]:
    """The id of the solution that is sold, when the product is one."""
    return [draft.product] if draft.product.startswith("S-") else []


def applied(document: Document, after: Document, edit: DealChange) -> bool:
    """Whether every field that the edit names has its new value."""
    names = edit.names
    paths = [path for path in FIELDS if our_field(path).split(".")[0] in names]
    paths += [path for name, path in NAMES.items() if name in names and path in FIELDS]
    return all(read(document, path) == read(after, path) for path in paths)


def _first_of_each(problems: list[Problem]) -> tuple[Problem, ...]:
    """One problem a field: both rule books complain about the same thing in their own words."""
    found: dict[str, Problem] = {}
    for problem in problems:
        found.setdefault(problem.field, problem)
    return tuple(found.values())
