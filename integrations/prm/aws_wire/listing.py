"""Lists: pages with a token, and the opportunities of a partner."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, case, func, or_, select, tuple_

from assistant.domain.deals import DealState
from assistant.errors import Problem
from integrations.prm.aws_wire import tables
from integrations.prm.aws_wire.opportunity import (
    OPPORTUNITIES,
    Opportunity,
    current,
    lifecycle,
    review_of,
    solutions_of,
)
from integrations.prm.aws_wire.refusal import REQUEST, Refusal, invalid
from integrations.prm.aws_wire.session import Document, Session, chosen, moment, stamped
from integrations.prm.aws_wire.strict import FORMAT
from integrations.prm.aws_wire.translation import read
from integrations.prm.register import schema
from integrations.prm.register.database import micros
from integrations.prm.register.shelf import LARGEST_NUMBER

DEFAULT_PAGE = 20
SUMMARY = ("PartnerOpportunityIdentifier", "OpportunityType")
SUMMARY_ACCOUNT = ("Industry", "OtherIndustry", "CompanyName", "WebsiteUrl")
SUMMARY_ADDRESS = ("City", "PostalCode", "StateOrRegion", "CountryCode")
SUMMARY_PROJECT = ("DeliveryModels", "ExpectedCustomerSpend", "ExpectedContractDuration")
NEWEST_FIRST = {"SortBy": "LastModifiedDate", "SortOrder": "DESCENDING"}
OWN, DEAL = tables.opportunities.c, schema.deals.c
THEIRS = func.coalesce(DEAL.updated, 0) // 1000
MODIFIED = case((OWN.modified < THEIRS, THEIRS), else_=OWN.modified)
SORTS: dict[str, ColumnElement[Any]] = {
    "LastModifiedDate": MODIFIED,
    "CreatedDate": OWN.created,
    "Identifier": OWN.id,
    "CustomerCompanyName": OWN.company,
    "TargetCloseDate": OWN.close,
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
    """The caller's opportunities, the one changed last first unless another order is asked for.

    The database filters, orders and cuts the page: only the documents on it are read.
    """
    sort = request.get("Sort", NEWEST_FIRST)
    key, size = SORTS[sort["SortBy"]], request.get("MaxResults", DEFAULT_PAGE)
    descending = sort.get("SortOrder") == "DESCENDING"
    joined = tables.opportunities.outerjoin(
        schema.deals, and_(DEAL.tenant == session.caller.tenant, DEAL.id == OWN.deal_id)
    )
    mine = (
        OWN.tenant == session.caller.tenant,
        OWN.catalog == session.catalog,
        OWN.owner == session.caller.partner_id,
    )
    query = select(OWN.id, key.label("key")).select_from(joined).where(*mine, *_wanted(request))
    if request.get("NextToken"):
        last = tuple_(*_place(request["NextToken"], key))
        here = tuple_(key, OWN.id)
        query = query.where(here < last if descending else here > last)
    order = (key.desc(), OWN.id.desc()) if descending else (key, OWN.id)
    rows = session.unit.connection.execute(query.order_by(*order).limit(size + 1)).all()
    found = {each.id: each for each in OPPORTUNITIES.named(session, [row.id for row in rows[:size]])}
    page: Document = {
        "OpportunitySummaries": [_summary(session, current(session, found[row.id])) for row in rows[:size]]
    }
    if len(rows) > size:
        page["NextToken"] = _token((str(rows[size - 1].key), rows[size - 1].id))
    return page


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


def _wanted(request: Document) -> Iterator[ColumnElement[bool]]:
    """The conditions that a request sets."""
    if chosen(request, "Identifier"):
        yield OWN.id.in_(chosen(request, "Identifier"))
    if chosen(request, "LifeCycleStage"):
        yield OWN.stage.in_(chosen(request, "LifeCycleStage"))
    if chosen(request, "LifeCycleReviewStatus"):
        wanted = chosen(request, "LifeCycleReviewStatus")
        states = [state.value for state in DealState if review_of(state) in wanted]
        yield or_(DEAL.state.in_(states), and_(DEAL.id.is_(None), OWN.status.in_(wanted)))
    if request.get("CustomerCompanyName"):
        yield OWN.company.in_([name.casefold() for name in request["CustomerCompanyName"]])
    for name, column in {"LastModifiedDate": MODIFIED, "CreatedDate": OWN.created}.items():
        yield from _within(column, request.get(name) or {}, name, lambda text: micros(moment(text)) // 1000)
    yield from _within(OWN.close, request.get("TargetCloseDate") or {}, "TargetCloseDate", str)


def _within(
    column: ColumnElement[Any], window: Document, name: str, value: Callable[[str], str | int]
) -> Iterator[ColumnElement[bool]]:
    if window.get(f"After{name}"):
        yield column > value(window[f"After{name}"])
    if window.get(f"Before{name}"):
        yield column < value(window[f"Before{name}"])


def _place(token: str, key: ColumnElement[Any]) -> tuple[str | int, str]:
    """Where a page begins, in the values that the rows are ordered by."""
    value, tie = _read_token(token)
    if isinstance(key.type, Text):
        return value, tie
    if not value.isdecimal() or not value.isascii() or int(value) >= LARGEST_NUMBER:
        raise _no_token()
    return int(value), tie


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
        raise _no_token()
    return value, tie


def _no_token() -> Refusal:
    return invalid(Problem("NextToken", FORMAT, "is no token of an earlier page"), reason=REQUEST)
