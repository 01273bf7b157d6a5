"""The AWS wire as a service: an unmodified boto3 client talks to it as to Partner Central Selling."""

from __future__ import annotations

import hashlib
import json
import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from assistant.deals.rules import RuleBooks
from assistant.errors import LiaisonError, Problem
from assistant.ports.clock import Clock
from assistant.ports.prm import Write
from integrations.clock import SystemClock
from integrations.prm.aws_wire.model import operation, operations
from integrations.prm.aws_wire.operations import OPERATIONS, READS
from integrations.prm.aws_wire.refusal import REQUEST, Refusal, in_aws_words, invalid
from integrations.prm.aws_wire.session import CATALOGS, Caller, Document, Session
from integrations.prm.aws_wire.signature import Call, caller_of
from integrations.prm.aws_wire.strict import ENUM, flaws, known
from integrations.prm.aws_wire.throttle import UNLIMITED, Quotas, Throttle
from integrations.prm.register.database import Database, Unit
from integrations.prm.register.ledger import Request, once

TARGET = "AWSPartnerCentralSelling."
LARGEST = 1_000_000
logger = logging.getLogger(__name__)
Handler = Callable[[Session, Document], Document]


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer."""

    status: int
    body: bytes
    request_id: str


class AwsWire:
    """Answers calls. `wall` is the clock that signatures are judged by; `quotas` limit each account."""

    def __init__(
        self, database: Database, *, books: RuleBooks, wall: Clock | None = None, quotas: Quotas = UNLIMITED
    ) -> None:
        self._database = database
        self._books = books
        self._wall = wall or SystemClock()
        self._throttle = Throttle(quotas, clock=self._wall)

    def answer(self, call: Call) -> Reply:
        """The answer to one call; never raises for what a caller can do."""
        request_id = str(uuid.uuid4())
        try:
            body, status = self._answered(call), 200
        except Refusal as refusal:
            body, status = refusal.body(), refusal.status
        except LiaisonError as error:
            told = in_aws_words(error)
            body, status = told.body(), told.status
        return Reply(status, json.dumps(body).encode(), request_id)

    def _answered(self, call: Call) -> dict[str, object]:
        name = call.headers.get("x-amz-target", "").removeprefix(TARGET)
        if name not in operations():
            raise Refusal("UnknownOperationException", f"There is no operation {name or 'named in X-Amz-Target'}.")
        with self._database.reading("") as unit:
            caller = caller_of(call, unit, now=self._wall.now())
        self._throttle.require(caller.account_id, write=name not in READS)
        if name not in OPERATIONS:
            raise Refusal("AccessDeniedException", f"{name} is not offered here.")
        request = _request(name, call.body)
        opened = self._database.reading if name in READS else self._database.writing
        with opened(caller.tenant) as unit:
            reply = self._once(unit, caller, name, request)
        return _sound(name, reply)

    def _once(self, unit: Unit, caller: Caller, name: str, request: Document) -> Document:
        session = Session(unit=unit, caller=caller, catalog=_catalog(request), books=self._books)
        token = request.get("ClientToken")
        if token is None:
            return OPERATIONS[name](session, request)
        key = hashlib.sha256(f"aws\0{session.catalog}\0{name}\0{token}".encode()).hexdigest()
        body = json.dumps(request, sort_keys=True)
        write = Write(requester=caller.requester, key=key)
        kind: type[dict[str, Any]] = dict
        return once(unit, write, Request(name, session.catalog, body), kind, lambda: OPERATIONS[name](session, request))


def aws_app(
    database: Database, *, books: RuleBooks, wall: Clock | None = None, quotas: Quotas = UNLIMITED
) -> Starlette:
    """An ASGI app to mount, usually at /aws: POST to its root is Partner Central Selling (AWS JSON 1.0, SigV4)."""
    wire = AwsWire(database, books=books, wall=wall, quotas=quotas)

    async def post(request: HttpRequest) -> Response:
        body = await request.body()
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = Call(method=request.method, url=str(request.url), headers=headers, body=body)
        reply = await run_in_threadpool(wire.answer, call)
        return Response(
            reply.body,
            status_code=reply.status,
            media_type="application/x-amz-json-1.0",
            headers={"x-amzn-requestid": reply.request_id},
        )

    return Starlette(routes=[Route("/", post, methods=["POST"])])


def _request(name: str, body: bytes) -> Document:
    """The request without nulls and unknown members. Raises Refusal for what breaks the model."""
    if len(body) > LARGEST:
        raise Refusal("SerializationException", f"A request has at most {LARGEST:,} bytes.")
    try:
        sent = json.loads(body or b"{}")
    except ValueError:
        raise Refusal("SerializationException", "The request is not JSON.") from None
    if not isinstance(sent, dict):
        raise Refusal("SerializationException", "The request is not a JSON object.")
    shape = operation(name).input_shape
    request: Document = known(sent, shape)
    problems = flaws(request, shape)
    if problems:
        raise invalid(*problems, reason=REQUEST)
    return request


def _catalog(request: Document) -> str:
    """The catalog a request is about; that of the resource for tags."""
    catalog = str(request.get("Catalog") or request.get("ResourceArn", "").partition("catalog/")[2].partition("/")[0])
    if catalog not in CATALOGS:
        raise invalid(Problem("Catalog", ENUM, f"{catalog!r} is none of {', '.join(CATALOGS)}"), reason=REQUEST)
    return catalog


def _sound(name: str, reply: Document) -> Document:
    """The reply, if it is what the model promises; a reply that is not is a fault of ours and told as one."""
    shape = operation(name).output_shape
    problems = flaws(reply, shape) if shape is not None else ()
    if problems:
        told = "; ".join(f"{each.field} {each.message}" for each in problems)
        logger.error("%s would have answered against the model: %s", name, told)
        raise Refusal("InternalServerException", f"The answer to {name} broke the model: {told}")
    return reply
