"""Calls to Partner Central: within its quotas, checked against its model before they leave, its errors in our words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

from assistant.errors import (
    Forbidden,
    InvalidRecord,
    KeyReused,
    LiaisonError,
    NotAllowedInState,
    NotAuthenticated,
    OutcomeUnknown,
    PolicyRefused,
    PrmError,
    Problem,
    ProviderUnavailable,
    RecordNotFound,
    StaleVersion,
    Throttled,
)
from integrations.prm.aws_wire.model import operation
from integrations.prm.aws_wire.strict import ENUM, FEW, FORMAT, MANY, MISSING, RANGE, flaws
from integrations.prm.aws_wire.throttle import Throttle
from integrations.prm.aws_wire.translation import Document, our_field

LONGEST_WAIT = 30.0  # a call that its quota allows later than that is refused with the time to wait
SIGNING = {"UnrecognizedClientException", "InvalidSignatureException", "MissingAuthenticationTokenException",
           "IncompleteSignatureException", "ExpiredTokenException", "InvalidClientTokenId"}  # fmt: skip
CODES = {
    MISSING: "required",
    ENUM: "unknown_value",
    FORMAT: "malformed",
    RANGE: "out_of_range",
    FEW: "required",
    MANY: "too_many",
    "DUPLICATE_KEY_VALUE": "duplicate_reference",
    "INVALID_RESOURCE_STATE": "illegal_event",
    "ACTION_NOT_PERMITTED": "not_permitted",
}
Clients = Callable[[str], Any]


class Caller:
    """Makes calls as one of the partners. `clients` gives the boto3 client of a partner, or raises Forbidden."""

    def __init__(self, clients: Clients, *, catalog: str, throttle: Throttle) -> None:
        self._clients = clients
        self._catalog = catalog
        self._throttle = throttle

    async def read(self, partner_id: str, name: str, **request: Any) -> Document:  # noqa: ANN401 - the model says which
        """The answer to a question."""
        return await self._call(partner_id, name, request, write=False)

    async def write(self, partner_id: str, name: str, **request: Any) -> Document:  # noqa: ANN401 - as above
        """The answer to a write. Raises OutcomeUnknown when it was sent and its answer was lost."""
        return await self._call(partner_id, name, request, write=True)

    async def _call(self, partner_id: str, name: str, request: Document, *, write: bool) -> Document:
        sent = {"Catalog": self._catalog, **request}
        problems = flaws(sent, operation(name).input_shape)
        if problems:
            raise InvalidRecord.of(*map(ours, problems))
        client = self._clients(partner_id)
        await self._turn(partner_id, write=write)
        answer = await asyncio.to_thread(_sent, client, name, sent, write=write)
        told: Document = plain(answer)
        told.pop("ResponseMetadata", None)
        return told

    async def _turn(self, partner_id: str, *, write: bool) -> None:
        while wait := self._throttle.take(partner_id, write=write):
            if wait > LONGEST_WAIT:
                raise Throttled("The day's quota of Partner Central is used up.", retry_after=wait)
            await asyncio.sleep(wait)


def ours(problem: Problem) -> Problem:
    """A problem of Partner Central's in our words."""
    return Problem(our_field(problem.field), CODES.get(problem.code, "invalid_value"), problem.message)


def _sent(client: Any, name: str, request: Document, *, write: bool) -> Document:  # noqa: ANN401 - a boto3 client
    method = client.meta.method_to_api_mapping
    call = getattr(client, next(each for each, api in method.items() if api == name))
    try:
        answer: Document = call(**request)
    except ClientError as error:
        raise explained(error.response) from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        hint = "Give the partner a profile in LIAISON_AWS_PROFILES and credentials in that profile."
        raise NotAuthenticated(f"There are no AWS credentials: {error}", hint=hint) from error
    except BotoCoreError as error:
        told = f"Partner Central did not answer {name}: {error}"
        raise (OutcomeUnknown(told) if write else ProviderUnavailable(told)) from error
    return answer


def explained(response: Document) -> LiaisonError:
    """The error that an answer of Partner Central means."""
    kind, message = response["Error"]["Code"], response["Error"].get("Message") or response.get("Message", "")
    listed = tuple(
        Problem(each.get("FieldName", ""), each["Code"], each.get("Message", ""))
        for each in response.get("ErrorList", ())
    )
    if kind == "ValidationException":
        return _invalid(message, listed)
    if kind == "ConflictException":
        return KeyReused(message) if "client token" in message.casefold() else StaleVersion(message)
    if kind in SIGNING:
        return NotAuthenticated(message, hint="Check the AWS credentials of this partner.")
    if kind in {"ThrottlingException", "ServiceQuotaExceededException", "TooManyRequestsException"}:
        return Throttled(message or "Rate exceeded", retry_after=1.0)
    known: dict[str, LiaisonError] = {
        "ResourceNotFoundException": RecordNotFound(message),
        "AccessDeniedException": Forbidden(
            message, hint="Ask for the IAM permission, or use another partner's profile."
        ),
        "UnknownOperationException": Forbidden(message),
    }
    return known.get(kind) or ProviderUnavailable(f"Partner Central answered {kind}: {message}")


def _invalid(message: str, listed: tuple[Problem, ...]) -> PrmError:
    problems = tuple(map(ours, listed))
    codes = {each.code for each in listed}
    if codes == {"INVALID_RESOURCE_STATE"}:
        return NotAllowedInState(message, problems=problems)
    if codes == {"ACTION_NOT_PERMITTED"}:
        return PolicyRefused(message, problems=problems)
    return InvalidRecord.of(*problems) if problems else InvalidRecord(message)


def plain(value: Any) -> Any:  # noqa: ANN401 - a JSON value
    """The answer with times as text, as it came over the wire."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list) else value
