"""Which fields of an opportunity a partner may change, by where its review stands.

Before it is submitted everything is open but what only the service writes. While it is reviewed nothing is. When action
is required a few fields are, and touching another is refused. Once it is approved most fields are; a locked one keeps
its value without complaint, as Partner Central does. After the launch only how it is delivered and, for partners in the
programmes that report it, the software revenue.
"""

from __future__ import annotations

from copy import deepcopy

from assistant.domain.partners import Partner, PartnerKind
from assistant.errors import Problem
from integrations.prm.aws_wire.translation import ACCOUNT, ADDRESS, Document, read, write

PENDING, SUBMITTED, IN_REVIEW = "Pending Submission", "Submitted", "In review"
APPROVED, REJECTED, ACTION_REQUIRED = "Approved", "Rejected", "Action Required"
REPORTING = "SaaS Revenue Recognition"
REVENUE = frozenset({"SoftwareRevenue"})
CUSTOMER = frozenset(f"{ACCOUNT}{name}" for name in ("CompanyName", "Industry", "OtherIndustry", "WebsiteUrl"))
PLACE = frozenset(f"{ADDRESS}{name}" for name in ("CountryCode", "PostalCode", "StateOrRegion"))
STREET = frozenset(f"{ADDRESS}{name}" for name in ("City", "StreetAddress"))
STAGE = frozenset({"LifeCycle.Stage", "LifeCycle.ClosedLostReason"})
FIELDS = (
    CUSTOMER
    | PLACE
    | STREET
    | STAGE
    | REVENUE
    | {f"{ACCOUNT}Duns", f"{ACCOUNT}AwsAccountId", "Customer.Contacts", "NationalSecurity", "OpportunityType"}
    | {"PartnerOpportunityIdentifier", "PrimaryNeedsFromAws", "LifeCycle.NextSteps", "LifeCycle.TargetCloseDate"}
    | {f"Marketing.{name}" for name in ("AwsFundingUsed", "CampaignName", "Channels", "Source", "UseCases")}
    | {
        f"Project.{name}"
        for name in (
            *("AdditionalComments", "ApnPrograms", "AwsPartition", "CompetitorName", "CustomerBusinessProblem"),
            *("CustomerUseCase", "DeliveryModels", "ExpectedContractDuration", "ExpectedCustomerSpend"),
            *("OtherCompetitorNames", "OtherSolutionDescription", "RelatedOpportunityIdentifier"),
            *("SalesActivities", "Title"),
        )
    }
)
FOR_CREATE = FIELDS - STAGE - REVENUE
FOR_REVIEWER = (
    STREET
    | PLACE
    | {f"{ACCOUNT}WebsiteUrl", "LifeCycle.TargetCloseDate", "Project.ExpectedCustomerSpend"}
    | {"Project.CustomerBusinessProblem", "PartnerOpportunityIdentifier"}
)
FOR_SELLING = FIELDS - CUSTOMER - PLACE - {"NationalSecurity", "Project.Title", "Project.CustomerBusinessProblem"}
AFTER_LAUNCH = frozenset({"Project.DeliveryModels", "Project.AdditionalComments"})


def editable(status: str, stage: str, *, software: bool, revenue: bool) -> frozenset[str]:
    """The fields that may be changed in this review status and stage.

    `software` says that the partner sells software, `revenue` that it is in a programme that reports software revenue.
    """
    if status == PENDING:
        return FIELDS
    if status == ACTION_REQUIRED:
        return FOR_REVIEWER
    if status != APPROVED or stage == "Closed Lost":
        return frozenset()
    if stage != "Launched":
        return FOR_SELLING
    return (AFTER_LAUNCH if software else frozenset()) | (REVENUE if revenue else frozenset())


def editable_by(partner: Partner, status: str, stage: str) -> frozenset[str]:
    """The fields that this partner may change."""
    software = partner.kind is PartnerKind.SOFTWARE
    return editable(status, stage, software=software, revenue=REPORTING in partner.specialisations)


def taken_over(before: Document, request: Document, open_fields: frozenset[str]) -> Document:
    """The document after an update that sends it whole: open fields as sent (left out: emptied), others as before."""
    after = deepcopy(before)
    for path in sorted(FIELDS & open_fields):
        write(after, path, deepcopy(read(request, path)))
    return after


def locked(before: Document, request: Document, open_fields: frozenset[str]) -> tuple[Problem, ...]:
    """The fields that the request sends with another value although they are locked; leaving one out is no change."""
    touched = (path for path in sorted(FIELDS - open_fields) if read(request, path) not in (None, [], ""))
    different = (path for path in touched if read(request, path) != read(before, path))
    message = f"cannot be changed now; open fields: {', '.join(sorted(open_fields)) or 'none'}"
    return tuple(Problem(path, "ACTION_NOT_PERMITTED", message) for path in different)
