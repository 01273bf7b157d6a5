"""What the wire answers when it does not do what it was asked: the error shapes of Partner Central."""

from __future__ import annotations

from assistant.errors import (
    Forbidden,
    InvalidRecord,
    KeyReused,
    LiaisonError,
    NotAllowedInState,
    PolicyRefused,
    PrmError,
    Problem,
    RecordNotFound,
    StaleVersion,
    Throttled,
)
from integrations.prm.aws_wire.translation import aws_field

REQUEST, BUSINESS = "REQUEST_VALIDATION_FAILED", "BUSINESS_VALIDATION_FAILED"
STATE, DENIED, DUPLICATE = "INVALID_RESOURCE_STATE", "ACTION_NOT_PERMITTED", "DUPLICATE_KEY_VALUE"
STATUS = {"AccessDeniedException": 400, "InternalServerException": 500}
CONFLICTING_TOKEN = "Conflicting client token submitted for a new request body."  # noqa: S105 - a message
SHAPES: dict[type[LiaisonError], str] = {
    KeyReused: "ConflictException",
    StaleVersion: "ConflictException",
    RecordNotFound: "ResourceNotFoundException",
    Throttled: "ThrottlingException",
    Forbidden: "AccessDeniedException",
}
CODES = {
    "required": "REQUIRED_FIELD_MISSING",
    "duplicate_reference": DUPLICATE,
    "malformed": "INVALID_STRING_FORMAT",
    "unknown_country": "INVALID_ENUM_VALUE",
    "unknown_state": "INVALID_ENUM_VALUE",
    "too_long": "VALUE_OUT_OF_RANGE",
    "too_short": "VALUE_OUT_OF_RANGE",
    "too_many": "TOO_MANY_VALUES",
    "field_locked": DENIED,
    "illegal_event": STATE,
}


class Refusal(Exception):
    """An answer that is an error. `kind` is the shape's name, `reason` and `problems` fill a ValidationException."""

    def __init__(
        self, kind: str, message: str, *, reason: str = "", problems: tuple[Problem, ...] = (), status: int = 0
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.reason = reason
        self.problems = problems
        self.status = status or STATUS.get(kind, 400)

    def body(self) -> dict[str, object]:
        """The error as JSON."""
        answer: dict[str, object] = {"__type": self.kind, "Message": self.message}
        if self.reason:
            answer["Reason"] = self.reason
        if self.problems:
            answer["ErrorList"] = [
                {"FieldName": each.field, "Message": each.message, "Code": each.code} for each in self.problems
            ]
        return answer


def invalid(*problems: Problem, reason: str = BUSINESS) -> Refusal:
    """A ValidationException for these problems, whose message names every field."""
    told = "; ".join(f"{each.field}: {each.message}" if each.field else each.message for each in problems)
    return Refusal("ValidationException", told, reason=reason, problems=problems)


def not_found(kind: str, record_id: str) -> Refusal:
    """The one answer for what is not there and for what the caller may not see."""
    return Refusal("ResourceNotFoundException", f"There is no {kind} {record_id} in this catalog.")


def conflict(message: str) -> Refusal:
    """A ConflictException."""
    return Refusal("ConflictException", message)


def in_aws_words(error: LiaisonError) -> Refusal:
    """What the register refused, as Partner Central would say it."""
    if isinstance(error, InvalidRecord | NotAllowedInState | PolicyRefused):
        return invalid(*(_translated(each, error) for each in error.problems))
    for kind, name in SHAPES.items():
        if isinstance(error, kind):
            return Refusal(name, CONFLICTING_TOKEN if kind is KeyReused else error.message)
    return Refusal("InternalServerException", "The service could not answer; try again.")


def _translated(problem: Problem, error: PrmError) -> Problem:
    ruled = isinstance(error, PolicyRefused)
    message = f"{problem.message} (rule {problem.code})" if ruled else problem.message
    code = DENIED if ruled else CODES.get(problem.code, "INVALID_VALUE")
    return Problem(aws_field(problem.field), code, message)
