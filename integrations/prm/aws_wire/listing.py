"""Lists: pages with a token, and the opportunities of a partner."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import datetime

from assistant.errors import Problem
from integrations.prm.aws_wire.opportunity import (
    OPPORTUNITIES,
    Opportunity,
    current,
    lifecycle,
    solutions_of,
    stage_of,
    status_of,
)
from integrations.prm.aws_wire.refusal import REQUEST, invalid
from integrations.prm.aws_wire.session import Document, Session, chosen, stamped
from integrations.prm.aws_wire.strict import FORMAT
from integrations.prm.aws_wire.translation import ACCOUNT, read

DEFAULT_PAGE = 20
SUMMARY = ("PartnerOpportunityIdentifier", "OpportunityType")
SUMMARY_ACCOUNT = ("Industry", "OtherIndustry", "CompanyName", "WebsiteUrl")
SUMMARY_ADDRESS = ("City", "PostalCode", "StateOrRegion", "CountryCode")
SUMMARY_PROJECT = ("DeliveryModels", "ExpectedCustomerSpend", "ExpectedContractDuration")
SORTS: dict[str, Callable[[Document], str]] = {
    "LastModifiedDate": lambda row: str(row["LastModifiedDate"]),
    "CreatedDate": lambda row: str(row["CreatedDate"]),
    "Identifier": lambda row: str(row["Id"]),
    "CustomerCompanyName": lambda row: str(read(row, f"{ACCOUNT}CompanyName") or "").casefold(),
    "TargetCloseDate": lambda row: str(read(row, "LifeCycle.TargetCloseDate") or ""),
}


def listed(rows: list[Document], request: Document, *, name: str, by: Callable[[Document], str]) -> Document:
    """One page of rows under `name`, in the order asked for.

    A token starts after the last row it was given for, so that rows that come and go neither repeat nor hide others.
    """
    descending = request.get("Sort", {}).get("SortOrder") == "DESCENDING"
    keyed = sorted(((by(row), _tie(row), row) for row in rows), key=lambda each: each[:2], reverse=descending)
    if request.get("NextToken"):
        last = _read_token(request["NextToken"])
        keyed = [each for each in keyed if (each[:2] < last if descending else each[:2] > last)]
    size = request.get("MaxResults", DEFAULT_PAGE)
    page: Document = {name: [row for _, _, row in keyed[:size]]}
    if len(keyed) > size:
        page["NextToken"] = _token(keyed[size - 1][:2])
    return page


def list_opportunities(session: Session, request: Document) -> Document:
    """The caller's opportunities, the one changed last first unless another order is asked for."""
    sort = request.get("Sort", {"SortBy": "LastModifiedDate", "SortOrder": "DESCENDING"})
    mine = (current(session, each) for each in OPPORTUNITIES.owned(session) if not each.offered)
    rows = [_summary(session, each) for each in mine if _wanted(each, request)]
    return listed(rows, {**request, "Sort": sort}, name="OpportunitySummaries", by=SORTS[sort["SortBy"]])


def list_solutions(session: Session, request: Document) -> Document:
    """The caller's solutions: the products it holds certificates for."""
    since = stamped(datetime.combine(session.partner.since, datetime.min.time(), tzinfo=session.now.tzinfo))
    rows = [
        {
            "Catalog": session.catalog,
            "Id": number,
            "Arn": number,
            "Name": product,
            "Status": "Active",
            "Category": "Software Product",
            "CreatedDate": since,
        }
        for number, product in solutions_of(session).items()
    ]
    for name, key in {"Identifier": "Id", "Status": "Status", "Category": "Category"}.items():
        rows = [row for row in rows if not chosen(request, name) or row[key] in chosen(request, name)]
    by = request.get("Sort", {}).get("SortBy", "Identifier").replace("Identifier", "Id")
    return listed(rows, request, name="SolutionSummaries", by=lambda row: row[by])


def _wanted(opportunity: Opportunity, request: Document) -> bool:
    names = frozenset(name.casefold() for name in request.get("CustomerCompanyName") or ())
    company = (read(opportunity.fields, f"{ACCOUNT}CompanyName") or "").casefold()
    choices = {
        "Identifier": opportunity.id,
        "LifeCycleStage": stage_of(opportunity),
        "LifeCycleReviewStatus": status_of(opportunity),
    }
    if any(chosen(request, name) and value not in chosen(request, name) for name, value in choices.items()):
        return False
    close = read(opportunity.fields, "LifeCycle.TargetCloseDate") or ""
    return (not names or company in names) and (
        _within(request, "LastModifiedDate", stamped(opportunity.modified))
        and _within(request, "CreatedDate", stamped(opportunity.created))
        and _within(request, "TargetCloseDate", close)
    )


def _within(request: Document, name: str, moment: str) -> bool:
    window = request.get(name) or {}
    start, end = window.get(f"After{name}"), window.get(f"Before{name}")
    when = _moment(moment)
    return (not start or when > _moment(start)) and (not end or when < _moment(end))


def _moment(text: str) -> float:
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.astimezone()).timestamp()


def _summary(session: Session, opportunity: Opportunity) -> Document:
    """An opportunity in a list: no person's name, no description."""
    account = read(opportunity.fields, "Customer.Account") or {}
    shown = {key: account[key] for key in SUMMARY_ACCOUNT if key in account}
    address = {key: value for key, value in account.get("Address", {}).items() if key in SUMMARY_ADDRESS}
    project = {key: value for key, value in opportunity.fields.get("Project", {}).items() if key in SUMMARY_PROJECT}
    cycle = {key: value for key, value in lifecycle(opportunity).items() if key != "NextStepsHistory"}
    return {
        **{key: opportunity.fields[key] for key in SUMMARY if key in opportunity.fields},
        "Catalog": session.catalog,
        "Id": opportunity.id,
        "Arn": session.arn(f"opportunity/{opportunity.id}"),
        "CreatedDate": stamped(opportunity.created),
        "LastModifiedDate": stamped(opportunity.modified),
        "LifeCycle": cycle,
        "Customer": {"Account": {"CompanyName": "", **shown, "Address": address}},
        "Project": project,
    }


def _tie(row: Document) -> str:
    return str(next((row[key] for key in ("Id", "TaskId", "Arn", "ResourceId", "AccountId") if key in row), ""))


def _token(last: tuple[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(last).encode()).decode()


def _read_token(token: str) -> tuple[str, str]:
    try:
        value, tie = json.loads(base64.urlsafe_b64decode(token.encode("ascii")))
    except ValueError:
        value, tie = None, None
    if not isinstance(value, str) or not isinstance(tie, str):
        raise invalid(Problem("NextToken", FORMAT, "is no token of an earlier page"), reason=REQUEST)
    return value, tie
