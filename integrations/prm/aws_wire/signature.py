"""AWS Signature Version 4: whose access key it is, and whether the call was signed with its secret."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from sqlalchemy import insert, select

from integrations.prm.aws_wire.model import SERVICE
from integrations.prm.aws_wire.refusal import Refusal
from integrations.prm.aws_wire.session import Caller
from integrations.prm.aws_wire.tables import keys
from integrations.prm.register.database import Unit
from integrations.prm.register.kept import PARTNERS

HEADER = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/\s]+)/(?P<day>\d{8})/(?P<region>[a-z0-9-]+)/(?P<service>[a-z0-9-]+)"
    r"/aws4_request, ?SignedHeaders=(?P<signed>[a-z0-9;-]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)
SKEW = timedelta(minutes=15)
NEEDED = {"host", "x-amz-date", "x-amz-target"}  # unsigned, one of these could be exchanged on the way


@dataclass(frozen=True, slots=True)
class Call:
    """An HTTP request: headers by lower-case name."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class AccessKey:
    """What a partner signs with."""

    access_key: str
    secret: str
    account_id: str


def issue_key(unit: Unit, partner_id: str) -> AccessKey:
    """A new access key for a partner; all its keys share one account number. Raises RecordNotFound."""
    partner = PARTNERS.get(unit, partner_id)
    mine = (keys.c.tenant == unit.tenant) & (keys.c.partner_id == partner.id)
    account = unit.connection.scalar(select(keys.c.account_id).where(mine))
    key = AccessKey(
        access_key="LIAK" + secrets.token_hex(8).upper(),
        secret=secrets.token_urlsafe(30),
        account_id=account or str(secrets.randbelow(9 * 10**11) + 10**11),
    )
    unit.connection.execute(
        insert(keys).values(
            access_key=key.access_key,
            secret=key.secret,
            account_id=key.account_id,
            tenant=unit.tenant,
            partner_id=partner.id,
        )
    )
    return key


def account_of(unit: Unit, partner_id: str) -> str:
    """The account number of a partner; empty without a key."""
    mine = (keys.c.tenant == unit.tenant) & (keys.c.partner_id == partner_id)
    return unit.connection.scalar(select(keys.c.account_id).where(mine)) or ""


def partner_of(unit: Unit, account_id: str) -> str:
    """The partner that has an account number; empty when none does."""
    mine = (keys.c.tenant == unit.tenant) & (keys.c.account_id == account_id)
    return unit.connection.scalar(select(keys.c.partner_id).where(mine)) or ""


def caller_of(call: Call, unit: Unit, *, now: datetime) -> Caller:
    """The partner that signed this call. Raises Refusal for unsigned, unknown, stale or false signatures."""
    header = call.headers.get("authorization", "")
    if not header:
        raise _unsigned("MissingAuthenticationTokenException", "The request is not signed.")
    parts = HEADER.fullmatch(header)
    if parts is None or parts["service"] != SERVICE:
        raise _unsigned("IncompleteSignatureException", f"Sign the request with Signature Version 4 for {SERVICE}.")
    row = unit.connection.execute(select(keys).where(keys.c.access_key == parts["key"])).first()
    if row is None:
        raise _unsigned("UnrecognizedClientException", "The access key in the request is not known.")
    if not _fresh(call.headers.get("x-amz-date", ""), now):
        raise _unsigned("InvalidSignatureException", "The signature has expired or its date is malformed.")
    if not hmac.compare_digest(_signature(call, parts, row.secret), parts["signature"]):
        raise _unsigned("InvalidSignatureException", "The signature does not match; check the secret access key.")
    return Caller(tenant=row.tenant, partner_id=row.partner_id, account_id=row.account_id)


def _signature(call: Call, parts: re.Match[str], secret: str) -> str:
    signed = parts["signed"].split(";")
    stated = call.headers.get("x-amz-content-sha256")
    if not set(signed) >= NEEDED or (stated and stated != hashlib.sha256(call.body).hexdigest()):
        return ""
    headers = {name: call.headers.get(name, "") for name in signed}
    request = AWSRequest(method=call.method, url=call.url, data=call.body, headers=headers)
    request.context["timestamp"] = call.headers["x-amz-date"]
    signer = SigV4Auth(Credentials(parts["key"], secret), parts["service"], parts["region"])
    made: str = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    return made


def _fresh(date: str, now: datetime) -> bool:
    try:
        moment = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return False
    return abs(now - moment) <= SKEW


def _unsigned(kind: str, message: str) -> Refusal:
    return Refusal(kind, message, status=403)
