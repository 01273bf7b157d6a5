"""Microsoft's Partner Center without its service: a judge of requests, and a stand-in that keeps what passes.

The judge is the JSON Schema of referral.yaml, which says what the developer pages say; the adapter does not know it.
"""

from __future__ import annotations

import json
import uuid
from collections import OrderedDict
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import yaml
from jsonschema_rs import Draft202012Validator

from evals.prm_wire.partner_central import KEPT, said
from evals.prm_wire.trial import NOW, Count

RULES = Path(__file__).with_name("referral.yaml")
ROOT = "/v1.0/engagements/referrals"
NEXT = {"New": {"New", "Active", "Closed"}, "Active": {"Active", "Closed"}, "Closed": {"Closed"}}
ONLY_THERE = "37ef26aa-1d15-4533-9f93-a69bd33ab1e5"  # the organization, which no patch may touch
Json = dict[str, Any]


class Judge:
    """Tells what is wrong with a request."""

    def __init__(self, today: date) -> None:
        self._today = today
        rules: Json = yaml.safe_load(RULES.read_text(encoding="utf-8"))
        patches: dict[str, Json] = rules.pop("patches")
        self._body = Draft202012Validator(rules)
        self._pairs = Draft202012Validator({"$ref": "#/$defs/pairs", "$defs": rules["$defs"]})
        self._patches = {
            path: Draft202012Validator({**schema, "$defs": rules["$defs"]}) for path, schema in patches.items()
        }

    def created(self, body: Json) -> list[str]:
        """Everything that is wrong with the body of a new referral."""
        day = body.get("details", {}).get("closingDateTime", "9999")
        return said(self._body, body) + ([f"{day} is past"] if day[:10] < self._today.isoformat() else [])

    def patched(self, steps: list[Json], before: Json, if_match: str) -> list[str]:
        """Everything that is wrong with a JSON Patch on a referral."""
        found = [] if if_match else ["If-Match is missing"]
        after = deepcopy(before)
        for step in steps:
            path = str(step.get("path"))
            if step.get("op") not in {"replace", "add"} or path not in self._patches:
                found.append(f"{step.get('op')} {path} is not described")
                continue
            found += [f"{path}{each}" for each in said(self._patches[path], step["value"])]
            if path == "/details/closingDateTime" and str(step["value"])[:10] < self._today.isoformat():
                found.append(f"{path} is past")
            _set(after, path, step["value"])
        if before["status"] == "Closed" or after["status"] not in NEXT[before["status"]]:
            found.append(f"{before['status']} cannot become {after['status']}")
        return found + said(self._pairs, after)


def headers_of(request: httpx.Request) -> list[str]:
    """What is wrong with the headers of a request."""
    found = []
    for name in ("MS-RequestId", "MS-CorrelationId"):
        try:
            uuid.UUID(request.headers.get(name, ""))
        except ValueError:
            found.append(f"{name} is no GUID")
    return found if request.headers.get("MS-Contract-Version") == "v1" else [*found, "MS-Contract-Version is missing"]


class PartnerCenter:
    """Answers the calls that deals make."""

    def __init__(self, count: Count) -> None:
        self._judge = Judge(NOW.date())
        self._count = count
        self._kept: OrderedDict[str, Json] = OrderedDict()
        self._made = 0
        self.wiped = 0

    def transport(self) -> httpx.MockTransport:
        """What an HTTP client talks to."""
        return httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """The answer to a call."""
        if request.method == "POST" and request.url.path.endswith("/oauth2/token"):
            return httpx.Response(200, json={"access_token": "token", "expires_in": 10**9})
        referral = self._kept.get(request.url.path.rpartition("/")[2])
        faults = headers_of(request)
        if request.method == "POST":
            faults += self._judge.created(json.loads(request.content))
        elif request.method == "PATCH" and referral is not None:
            faults += self._judge.patched(json.loads(request.content), referral, request.headers.get("If-Match", ""))
        self._count.judge(request.method, faults)
        if faults:
            return httpx.Response(400, json={"code": "3000", "description": "; ".join(faults), "data": []})
        if request.method == "POST":
            return httpx.Response(201, json=self._create(json.loads(request.content)))
        if referral is None:
            listed: list[Json] = []
            return httpx.Response(200, json={"value": listed})
        if request.method == "PATCH":
            return self._patch(request, referral)
        return httpx.Response(200, json=referral)

    def _create(self, body: Json) -> Json:
        self._made += 1
        number = str(uuid.UUID(int=self._made))
        made = {"engagementId": number, **body, "id": number, "organizationId": ONLY_THERE}
        self._kept[number] = _stamped(made, 0)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return made

    def _patch(self, request: httpx.Request, referral: Json) -> httpx.Response:
        if request.headers["If-Match"] != referral["eTag"]:
            return httpx.Response(412, json={"code": "2055", "description": "Etag is no longer valid"})
        for step in json.loads(request.content):
            _set(referral, step["path"], step["value"])
        self.wiped += referral.get("organizationId") != ONLY_THERE
        _stamped(referral, 1)
        wanted = "return=representation" in request.headers.get("Prefer", "")
        return httpx.Response(200, json=referral) if wanted else httpx.Response(204)


def _set(document: Json, path: str, value: Any) -> None:  # noqa: ANN401 - a JSON value
    *folders, last = path.strip("/").split("/")
    for step in folders:
        document = document.setdefault(step, {})
    document[last] = value


def _stamped(referral: Json, step: int) -> Json:
    moment = (NOW + timedelta(seconds=step)).strftime("%Y-%m-%dT%H:%M:%S.0000000Z")
    referral.setdefault("createdDateTime", moment)
    referral |= {"updatedDateTime": moment, "eTag": f'"{step:08x}-0000-0000-0000-000000000000"'}
    return referral
