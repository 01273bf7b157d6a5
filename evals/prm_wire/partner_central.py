"""Partner Central without its service: a judge of requests, and a stand-in that keeps what passes.

The judge is a JSON Schema that this file makes from Amazon's own model file, as botocore ships it, with the conditional
rules of opportunity.yaml; a JSON Schema library decides. The adapter's guard shares no line with it.
"""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from datetime import date, timedelta
from functools import cached_property
from html import unescape
from pathlib import Path
from typing import Any

import yaml
from botocore.loaders import Loader
from jsonschema_rs import Draft202012Validator

from evals.prm_wire.trial import NOW, Count

RULES = Path(__file__).with_name("opportunity.yaml")
LISTS = (("Project", "CustomerUseCase"), ("Project", "ApnPrograms"), ("Marketing", "UseCases"))
LISTED = re.compile(r"Valid values: <code>([^<]*)</code>")
KEPT = 64  # deals are worked on one after the other, so only the latest are asked for again
ONLY_THERE = {"ApnPrograms": ["Windows"]}  # what the vendor's people add, and no update may wipe
Json = dict[str, Any]


class Judge:
    """Tells what is wrong with a request."""

    def __init__(self, today: date) -> None:
        self._today = today
        self._model: Json = json.loads(json.dumps(Loader().load_service_model("partnercentral-selling", "service-2")))
        rules = yaml.safe_load(RULES.read_text(encoding="utf-8"))
        self._submitted = Draft202012Validator(rules.pop("submitted"))
        self._cosell = Draft202012Validator(rules.pop("cosell"))
        self._locked: list[str] = rules.pop("locked_when_approved")
        rules["$defs"]["state"] = {"enum": self._listed("Address", "StateOrRegion")}
        self._rules = Draft202012Validator(rules)
        self._shapes: dict[str, Draft202012Validator] = {}

    def faults(self, operation: str, request: Json, before: Json | None = None) -> list[str]:
        """Everything that is wrong; `before` is the opportunity the request is about, as it is kept."""
        found = said(self._shape(operation), request)
        if operation in {"CreateOpportunity", "UpdateOpportunity"}:
            found += said(self._rules, request) + self._past(request, before)
        if operation == "UpdateOpportunity" and before is not None:
            found += [f"{path} is locked" for path in self._locked if _at(before, path) != _at(request, path)]
        if operation == "StartEngagementFromOpportunityTask" and before is not None:
            cosell = request["AwsSubmission"]["InvolvementType"] == "Co-Sell"
            found += said(self._submitted, before) + (said(self._cosell, before) if cosell else [])
        return found

    def _past(self, request: Json, before: Json | None) -> list[str]:
        day = _at(request, "LifeCycle/TargetCloseDate")
        same = before is not None and _at(before, "LifeCycle/TargetCloseDate") == day
        return [f"{day} is past"] if day and day < self._today.isoformat() and not same else []

    def _shape(self, operation: str) -> Draft202012Validator:
        if operation not in self._shapes:
            name = self._model["operations"][operation]["input"]["shape"]
            self._shapes[operation] = Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": self._schemas})
        return self._shapes[operation]

    @cached_property
    def _schemas(self) -> Json:
        schemas = {name: _schema(shape) for name, shape in self._model["shapes"].items()}
        for shape, member in LISTS:
            only = {"enum": self._listed(shape, member)}
            place = schemas[shape]["properties"][member]
            many = self._model["shapes"][self._model["shapes"][shape]["members"][member]["shape"]]["type"] == "list"
            schemas[shape]["properties"][member] = {"allOf": [place, {"items": only} if many else only]}
        return schemas

    def _listed(self, shape: str, member: str) -> list[str]:
        told = LISTED.search(self._model["shapes"][shape]["members"][member]["documentation"])
        if told is None:
            raise LookupError(f"Amazon's description of {shape}.{member} lists no values any more.")
        return [unescape(each).strip() for each in told[1].split("|")]


def _schema(shape: Json) -> Json:
    """The JSON Schema of a shape of the model."""
    kind, low, high = shape["type"], shape.get("min"), shape.get("max")
    if kind == "structure":
        members = {name: {"$ref": f"#/$defs/{each['shape']}"} for name, each in shape["members"].items()}
        made: Json = {"type": "object", "properties": members, "additionalProperties": False}
        one = {"minProperties": 1, "maxProperties": 1} if shape.get("union") else {}
        return made | one | {"required": shape.get("required", [])}
    if kind == "list":
        return {"type": "array", "items": {"$ref": f"#/$defs/{shape['member']['shape']}"}} | _sizes("Items", low, high)
    if kind == "map":
        return {"type": "object", "additionalProperties": {"$ref": f"#/$defs/{shape['value']['shape']}"}}
    if kind == "string":
        pattern = {"pattern": f"^(?:{shape['pattern']})$"} if "pattern" in shape else {}
        chosen = {"enum": shape["enum"]} if "enum" in shape else {}
        return {"type": "string"} | pattern | chosen | _sizes("Length", low, high)
    if kind in {"integer", "long"}:
        bounds = {"minimum": low, "maximum": high}
        return {"type": "integer"} | {name: value for name, value in bounds.items() if value is not None}
    kinds: Json = {"timestamp": ["string", "number"], "boolean": "boolean"}
    return {"type": kinds[kind]} if kind in kinds else {}


def _sizes(what: str, low: int | None, high: int | None) -> Json:
    return {f"{end}{what}": value for end, value in (("min", low), ("max", high)) if value is not None}


def said(validator: Draft202012Validator, document: Any) -> list[str]:  # noqa: ANN401 - a JSON value
    """Where a document breaks a schema, and which of its words; empty when nowhere."""
    if validator.is_valid(document):
        return []
    return ["/".join(map(str, each.instance_path)) + f" {each.kind.name}" for each in validator.iter_errors(document)]


def _at(document: Json, path: str) -> Any:  # noqa: ANN401 - a JSON value
    value: Any = document
    for step in path.split("/"):
        value = value.get(step) if isinstance(value, dict) else None
    return value


class PartnerCentral:
    """Answers the calls that deals make, and approves everything; what an update leaves out is gone, as there."""

    def __init__(self, count: Count) -> None:
        self._judge = Judge(NOW.date())
        self._count = count
        self._kept: OrderedDict[str, Json] = OrderedDict()
        self._made = 0
        self.wiped = 0

    def answer(self, operation: str, body: bytes) -> tuple[int, bytes]:
        """The status and JSON of the answer to a call."""
        request: Json = json.loads(body)
        before = self._kept.get(request.get("Identifier", ""))
        faults = self._judge.faults(operation, request, before)
        self._count.judge(operation, faults)
        if faults:
            told = [{"FieldName": "", "Message": each, "Code": "INVALID_VALUE"} for each in faults]
            refused = {"__type": "ValidationException", "Reason": "REQUEST_VALIDATION_FAILED", "ErrorList": told}
            return 400, json.dumps(refused | {"Message": "; ".join(faults)}).encode()
        if operation == "CreateOpportunity":
            return 200, json.dumps(self._create(request)).encode()
        if before is None:
            return 400, json.dumps({"__type": "ResourceNotFoundException", "Message": "not found"}).encode()
        return 200, json.dumps(self._about(operation, request, before)).encode()

    def _create(self, request: Json) -> Json:
        self._made += 1
        number = f"O{self._made}"
        cycle = {"Stage": "Prospect", **request["LifeCycle"], "ReviewStatus": "Pending Submission"}
        kept = {name: value for name, value in request.items() if name not in {"ClientToken", "Origin", "Tags"}}
        stamps = {"CreatedDate": _moment(0), "LastModifiedDate": _moment(0)}
        self._kept[number] = kept | stamps | {"Id": number, "LifeCycle": cycle}
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return {"Id": number, "LastModifiedDate": _moment(0)}

    def _about(self, operation: str, request: Json, before: Json) -> Json:
        if operation == "StartEngagementFromOpportunityTask":
            before["LifeCycle"]["ReviewStatus"] = "Approved"
            before["Project"] |= ONLY_THERE
            return {"TaskId": "task-0123456789abc", "TaskStatus": "COMPLETE", "OpportunityId": before["Id"]}
        if operation == "UpdateOpportunity":
            self.wiped += _at(request, "Project/ApnPrograms") != ONLY_THERE["ApnPrograms"]
            sent: Json = {name: value for name, value in request.items() if name != "Identifier"}
            kept: Json = {name: before[name] for name in ("Id", "CreatedDate", "OpportunityTeam") if name in before}
            status = {"ReviewStatus": before["LifeCycle"]["ReviewStatus"]}
            now = {"LastModifiedDate": _moment(1), "LifeCycle": sent["LifeCycle"] | status}
            self._kept[before["Id"]] = sent | kept | now
        return self._kept[before["Id"]]


def _moment(step: int) -> str:
    return (NOW + timedelta(seconds=step)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
