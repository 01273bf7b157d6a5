"""Partner Center's referrals as its pages describe them: a server for tests, with the faults of a real one.

It keeps referrals for several organizations. What a call may say is judged by the JSON Schema that
evals/prm_wire makes from the pages; what is not described is refused, so that a test cannot lean on it.
"""

from __future__ import annotations

import json
import re
import uuid
from copy import deepcopy
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx

from evals.prm_wire.partner_center import Judge
from tests.contract.prm_world import TurnableClock
from tests.unit.prm.microsoft_wire import applied, matching, problem, whole

ROOT = "/v1.0/engagements/referrals"
ANSWER_WITHIN = timedelta(days=14)
HOME = "org-acme"
LOCATIONS = {"msft": "org-msft", "location-beta": "org-beta"}
SORTS = {"createdDateTime", "updatedDateTime"}
TOKEN = re.compile(r"k\d+")
ASKED = {"$select", "$filter", "$orderby", "$top", "$skiptoken"}
Body = dict[str, Any]


class PartnerCenter:
    """Keeps referrals; `faults` are what happens to the next calls: a status, "lost" after the work, or "gone"."""

    def __init__(self, clock: TurnableClock | None = None) -> None:
        self.clock = clock or TurnableClock()
        self.referrals: dict[str, Body] = {}
        self.requests: list[httpx.Request] = []
        self.done: dict[str, str] = {}
        self.faults: list[int | str] = []
        self.tokens = {"good": HOME}
        self.granted: list[dict[str, str]] = []
        self.page_size = 200
        self._makers: dict[str, str] = {}
        self._judge = Judge(date(2018, 1, 1))  # before every example of the pages
        self._count = 0

    def client(self, base: str = "https://api.partner.example") -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self.answer), base_url=base)

    def login(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self.grant), base_url="https://login.example")

    def grant(self, request: httpx.Request) -> httpx.Response:
        """A token for the organization whose tenant is in the path; contoso is the first one's."""
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        self.granted.append(form)
        if form.get("client_secret") != "s3cret":
            return httpx.Response(401, json={"error": "invalid_client"})
        token, tenant = f"token-{len(self.granted)}", request.url.path.split("/")[1]
        self.tokens[token] = HOME if tenant == "contoso" else f"org-{tenant}"
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

    def decide(self, referral_id: str, status: str, substatus: str) -> Body:
        """What the other side does, not through the API."""
        return self._stamped(self.referrals[referral_id] | {"status": status, "substatus": substatus})

    def add(self, body: Body, *, maker: str = HOME) -> Body:
        """Keep a referral that somebody made."""
        made = {"id": str(uuid.uuid4()), "organizationId": maker, "organizationName": maker, "target": []} | body
        self._makers[str(made["id"])] = maker
        return self._stamped(made)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        organization = self.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if organization is None:
            return problem(401, "400", "Access denied")
        for name in ("MS-RequestId", "MS-CorrelationId"):
            uuid.UUID(request.headers[name])
        self._expire()
        if request.url.path == ROOT:
            return (
                self._create(request, organization) if request.method == "POST" else self._list(request, organization)
            )
        referral_id = request.url.path.removeprefix(f"{ROOT}/")
        if not self._sees(organization, referral_id):
            return problem(404, "1000", "Not found")
        if request.method == "GET":
            return httpx.Response(200, json=self._seen(organization, referral_id))
        return self._patch(referral_id, request, organization)

    def _create(self, request: httpx.Request, organization: str) -> httpx.Response:
        known = self.done.get(request.headers["MS-RequestId"])
        if known is not None:
            return httpx.Response(200, json=self._seen(organization, known))
        body = json.loads(request.content)
        faults = self._judge.created(body)
        if faults:
            return problem(400, "3000", "Invalid property", data=[{"target": "", "message": each} for each in faults])
        made = self.add({"engagementId": str(uuid.uuid4())} | body, maker=organization)
        if made["type"] == "Shared" and self._target(made):
            until = self.clock.now() + ANSWER_WITHIN
            made["expirationDateTime"] = until.strftime("%Y-%m-%dT%H:%M:%S.0000000Z")
        self.done[request.headers["MS-RequestId"]] = str(made["id"])
        return httpx.Response(201, json=self._seen(organization, str(made["id"])))

    def _patch(self, referral_id: str, request: httpx.Request, organization: str) -> httpx.Response:
        kept, steps = self.referrals[referral_id], json.loads(request.content)
        if_match = request.headers.get("If-Match")
        if if_match is not None and if_match != kept["eTag"]:
            return problem(412, "2055", "Etag is no longer valid")
        after: Body = deepcopy(kept)
        missing = [step["path"] for step in steps if not applied(after, step)]
        faults = [*missing, *self._judge.patched(list(map(whole, steps)), kept, if_match or "none is asked for")]
        if faults:
            return problem(400, "3000", "Invalid property", data=[{"target": each, "message": each} for each in faults])
        self._stamped(after)
        if "return=representation" in request.headers.get("Prefer", "") and not self.faults:
            return httpx.Response(200, json=self._seen(organization, referral_id))
        return httpx.Response(204)

    def _list(self, request: httpx.Request, organization: str) -> httpx.Response:
        asked = dict(request.url.params)
        order, _, direction = asked.get("$orderby", "createdDateTime").partition(" ")
        skip = asked.get("$skiptoken", "k0")
        if not asked.keys() <= ASKED or order not in SORTS or not TOKEN.fullmatch(skip):
            return problem(400, "3000", "Invalid query")
        mine = [self._seen(organization, each) for each in self.referrals if self._sees(organization, each)]
        found = matching(mine, asked.get("$filter", ""))
        if found is None:
            return problem(400, "3000", "Invalid filter")
        found.sort(key=lambda each: str(each[order]), reverse=direction == "desc")
        start = int(skip[1:])
        size = min(int(asked.get("$top", "100")), self.page_size)
        names = asked["$select"].split(",") if "$select" in asked else []
        rows = [{name: row[name] for name in names or row if name in row} for row in found[start : start + size]]
        page: Body = {"value": rows, "@odata.count": len(found)}
        if start + size < len(found):  # as the page shows it: plain http, and another path
            page["@odata.nextLink"] = f"http://api.partner.microsoft.com/v1.0/referrals?$skiptoken=k{start + size}"
        return httpx.Response(200, json=page)

    def _sees(self, organization: str, referral_id: str) -> bool:
        """Its maker sees a referral, and in a shared one whoever it is sent to."""
        kept = self.referrals.get(referral_id)
        return kept is not None and organization in {self._makers[referral_id], self._target(kept)}

    def _seen(self, organization: str, referral_id: str) -> Body:
        direction = "Outgoing" if self._makers[referral_id] == organization else "Incoming"
        root = "https://api.partner.microsoft.com/v1.0/engagements/referrals"
        links = {"self": {"uri": f"{root}/{referral_id}", "method": "GET"}}
        return {"direction": direction, **self.referrals[referral_id], "links": links}

    def _target(self, referral: Body) -> str:
        return next((LOCATIONS[each["id"]] for each in referral["target"] if each["id"] in LOCATIONS), "")

    def _expire(self) -> None:
        """An invitation that nobody answered within 14 days is closed."""
        for kept in list(self.referrals.values()):
            until = kept.get("expirationDateTime")
            if kept["status"] == "New" and until and datetime.fromisoformat(until) <= self.clock.now():
                self.decide(kept["id"], "Closed", "Expired")

    def _stamped(self, referral: Body) -> Body:
        self._count += 1
        moment = (self.clock.now() + timedelta(milliseconds=self._count)).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
        referral.setdefault("createdDateTime", moment)
        referral |= {"updatedDateTime": moment, "eTag": f'"{self._count:08x}-0000-0000-0000-000000000000"'}
        self.referrals[str(referral["id"])] = referral
        return referral
