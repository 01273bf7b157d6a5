"""Partner Center's referrals as its pages describe them: a small server for tests, with the faults of a real one."""

from __future__ import annotations

import json
import re
import uuid
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx

START = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
NEXT = {"New": {"New", "Active", "Closed"}, "Active": {"Active", "Closed"}, "Closed": {"Closed"}}
SUBSTATUS = {
    "New": {"Pending", "Received"},
    "Active": {"Accepted"},
    "Closed": {"Won", "Lost", "Declined", "Expired"},
}
REQUIRED = ("type", "customerProfile", "consent", "details")
ROOT = "/v1.0/engagements/referrals"
CONDITION = re.compile(r"(\w+) eq '((?:[^']|'')*)'")
Body = dict[str, Any]


class PartnerCenter:
    """Keeps referrals; `faults` are what happens to the next calls: a status, "lost" after the work, or "gone"."""

    def __init__(self) -> None:
        self.referrals: dict[str, Body] = {}
        self.requests: list[httpx.Request] = []
        self.done: dict[str, Body] = {}
        self.faults: list[int | str] = []
        self.tokens = {"good"}
        self.granted: list[dict[str, str]] = []
        self.page_size = 200
        self._count = 0

    def client(self, base: str = "https://api.partner.example") -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self.answer), base_url=base)

    def login(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self.grant), base_url="https://login.example")

    def grant(self, request: httpx.Request) -> httpx.Response:
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        self.granted.append(form)
        if form.get("client_secret") != "s3cret":
            return httpx.Response(401, json={"error": "invalid_client"})
        token = f"token-{len(self.granted)}"
        self.tokens.add(token)
        return httpx.Response(
            200, json={"access_token": token, "expires_in": "3600", "refresh_token": f"refresh-{len(self.granted)}"}
        )

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        fault = self.faults.pop(0) if self.faults else None
        if fault == "gone":
            raise httpx.ReadTimeout("the request was lost", request=request)
        if isinstance(fault, int):
            return problem(fault, headers={"Retry-After": "2"} if fault == 429 else {})
        response = self._answer(request)
        if fault == "lost":
            raise httpx.ReadTimeout("the answer was lost", request=request)
        return response

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            return problem(401, "400", "Access denied")
        for name in ("MS-RequestId", "MS-CorrelationId"):
            uuid.UUID(request.headers[name])
        if request.url.path == ROOT:
            return self._create(request) if request.method == "POST" else self._list(request)
        referral_id = request.url.path.removeprefix(f"{ROOT}/")
        if referral_id not in self.referrals:
            return problem(404, "1000", "Not found")
        if request.method == "GET":
            return httpx.Response(200, json=self.referrals[referral_id])
        return self._patch(referral_id, request)

    def _create(self, request: httpx.Request) -> httpx.Response:
        known = self.done.get(request.headers["MS-RequestId"])
        if known is not None:
            return httpx.Response(200, json=self.referrals[str(known["id"])])
        body = json.loads(request.content)
        missing = [name for name in REQUIRED if name not in body]
        if missing:
            return problem(
                400, "3000", "Invalid property", data=[{"target": name, "message": "required"} for name in missing]
            )
        made = self.add({"engagementId": str(uuid.uuid4()), "direction": "Outgoing"} | body)
        self.done[request.headers["MS-RequestId"]] = made
        return httpx.Response(201, json=made)

    def add(self, body: Body) -> Body:
        """Keep a referral."""
        made = {"id": str(uuid.uuid4()), "organizationId": "org-acme", "organizationName": "Acme", "target": []} | body
        self.referrals[str(made["id"])] = made
        return self._stamped(made)

    def _stamped(self, referral: Body) -> Body:
        self._count += 1
        moment = (START + timedelta(seconds=self._count)).strftime("%Y-%m-%dT%H:%M:%S.0000000Z")
        referral.setdefault("createdDateTime", moment)
        referral |= {"updatedDateTime": moment, "eTag": f'"{self._count:08x}-0000-0000-0000-000000000000"'}
        return referral

    def _patch(self, referral_id: str, request: httpx.Request) -> httpx.Response:
        kept = self.referrals[referral_id]
        if request.headers.get("If-Match", kept["eTag"]) != kept["eTag"]:
            return problem(412, "2055", "Etag is no longer valid")
        after: Body = deepcopy(kept)
        for step in json.loads(request.content):
            if step["op"] not in {"replace", "add"} or not applied(after, step):
                return problem(
                    400, "3000", "Invalid property", data=[{"target": step["path"], "message": "no such path"}]
                )
        status = str(after["status"])
        if status not in NEXT[str(kept["status"])] or after["substatus"] not in SUBSTATUS[status]:
            return problem(400, "3000", "Invalid status")
        self.referrals[referral_id] = self._stamped(after)
        if "return=representation" in request.headers.get("Prefer", "") and not self.faults:
            return httpx.Response(200, json=after)
        return httpx.Response(204)

    def _list(self, request: httpx.Request) -> httpx.Response:
        asked = dict(request.url.params)
        found = list(self.referrals.values())
        for name, value in CONDITION.findall(asked.get("$filter", "")):
            found = [each for each in found if each.get(name) == value.replace("''", "'")]
        order, _, direction = asked.get("$orderby", "createdDateTime").partition(" ")
        found.sort(key=lambda each: str(each[order]), reverse=direction == "desc")
        start = int(asked.get("$skiptoken", "k0")[1:])
        size = min(int(asked.get("$top", "100")), self.page_size)
        page: Body = {"value": found[start : start + size], "@odata.count": len(found)}
        if start + size < len(found):  # as the page shows it: plain http, and another path
            page["@odata.nextLink"] = f"http://api.partner.microsoft.com/v1.0/referrals?$skiptoken=k{start + size}"
        return httpx.Response(200, json=page)


def applied(referral: Body, step: Body) -> bool:
    """Do one step of a JSON Patch; whether its path is there (RFC 6902: `replace` needs it, `add` its parent)."""
    *parents, last = step["path"].strip("/").split("/")
    place: Any = referral
    for name in parents:
        if name not in place:
            return False
        place = place[name]
    if isinstance(place, list):
        place.append(step["value"])
        return bool(last == "-")
    if step["op"] == "replace" and last not in place:
        return False
    place[last] = step["value"]
    return True


def problem(
    status: int,
    code: str = "0",
    words: str = "An error.",
    *,
    data: list[Body] | None = None,
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    """An error as error-codes.md describes it."""
    body = {"code": code, "description": words, "data": data or [], "source": "PartnerAPIReferrals"}
    return httpx.Response(status, json=body, headers=headers)
