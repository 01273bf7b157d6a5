"""The requests and answers of Amazon's published collection, with its template variables filled in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from integrations.prm.aws_wire.model import operations
from tests.conftest import shared_folder

Json = dict[str, Any]
COLLECTION = (
    "data/aws-partner-central/partner-central-api-sample-codes/PostmanCollections/"
    "aws_partner_central_api_postman_collections.json"
)
FILLED = {
    "catalog": "Sandbox",
    "opportunityId": "O1234567",
    "acceptedEngagementOpportunityID": "O1234567",
    "opportunityIdToAssociate": "O1234567",
    "solutionID": "S-0000001",
    "solutionId": "S-0000001",
    "lastModifiedDate": "2026-01-01T00:00:00.000Z",
    "engagementLastModifiedAt": "2026-01-01T00:00:00.000Z",
    "targetCloseDate": "2029-10-05",
    "engagementInvitationId": "engi-0123456789abc",
    "acceptingEngagementInvitationID": "engi-0123456789abc",
    "rejectingEngagementInvitationID": "engi-0123456789abc",
    "engagementId": "eng-0123456789abcd",
    "engagementIdentifier": "eng-0123456789abcd",
    "contextId": "1",
    "contextIdentifier": "1",
    "productId": "Lambda",
    "$randomDomainName": "example.com",
    "vault:aws.receiver.accountId": "123456789012",
    "EngagementLastModifiedAt": "2026-01-01T00:00:00.000Z",
    "OpportunityLastModifiedAt": "2026-01-01T00:00:00.000Z",
    "resourceSnapshotJobIdentifier": "job-0123456789abc",
    "resourceSnapshotJobId": "job-0123456789abc",
    "offerArn": "arn:aws:aws-marketplace:us-east-1:123456789012:AWSMarketplace/Offer/offer-1",
}
VARIABLE = re.compile(r"\{\{([^{}]+)}}")


@dataclass(frozen=True, slots=True)
class Sample:
    """A message of the collection: where it stands, its operation, and its body as text."""

    place: str
    operation: str
    body: str

    def read(self) -> Json:
        """The body as JSON."""
        filled = VARIABLE.sub(lambda found: FILLED.get(found[1], f"v-{found[1].strip('$')}"), self.body)
        document: Json = json.loads(filled)
        return document


def _walk(items: list[Json], path: tuple[str, ...] = ()) -> Iterator[tuple[str, Json]]:
    for item in items:
        if "item" in item:
            yield from _walk(item["item"], (*path, item["name"]))
        else:
            yield " / ".join((*path, item["name"])), item


def _operation(request: Json) -> str:
    url = request.get("url") or ""
    return str(url if isinstance(url, str) else url.get("raw", "")).rsplit("/", 1)[-1].split("?")[0]


@cache
def collection() -> tuple[tuple[str, Json], ...]:
    """Every entry with its place; empty where the collection is absent."""
    folder = shared_folder()
    if folder is None or not (folder / COLLECTION).is_file():
        return ()
    return tuple(_walk(json.loads((folder / COLLECTION).read_text(encoding="utf-8"))["item"]))


@cache
def requests() -> tuple[Sample, ...]:
    """Requests to Partner Central Selling, save the three whose whole body is a variable."""
    return tuple(
        Sample(place, _operation(item["request"]), _body(item["request"]))
        for place, item in collection()
        if _operation(item["request"]) in operations() and "{{opportunityPayload}}" not in _body(item["request"])
    )


def _body(request: Json) -> str:
    return str(request.get("body", {}).get("raw", ""))


@cache
def answers() -> tuple[Sample, ...]:
    """Answers of Partner Central Selling."""
    return tuple(
        Sample(place, _operation(item["request"]), answer.get("body") or "{}")
        for place, item in collection()
        for answer in item.get("response", [])
        if _operation(item["request"]) in operations()
    )
