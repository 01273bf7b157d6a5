"""Whether the server does what its OpenAPI description says: schemathesis calls every operation and checks it.

python -m evals.api_contract [--examples 300] [--only WORDS]

Valid and invalid calls are made; status, content type, headers, body and authentication of each response must be as
described, and nothing may be a 5xx. Exits with 1 when an operation breaks a promise.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import schemathesis
import structlog
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation.modes import GenerationMode
from schemathesis.schemas import APIOperation

from evals.api_fuzz import opened
from integrations.surfaces.http.app import create_app
from integrations.surfaces.http.scopes import ALL_SCOPES
from integrations.surfaces.http.service import Service

# A schema cannot say everything an upload's metadata, a thread's name or an answer's id must be, so a call that the
# schema allows may be refused; and each operation is called alone, so what was removed is not asked for again. The key
# is sent with every call, so that a call without one is not made; the tests of the API make those.
NOT_PROMISED = ("positive_data_acceptance", "use_after_free", "ensure_resource_availability", "ignored_auth")
BODY_KB = 4096  # more than any call made here: a refusal for its size would say nothing of what else is wrong with it
SECONDS = 300  # for one call: on a machine that does much else, its own ten say nothing of the server
LONGEST = 2000  # characters of a failure that are shown
WITHOUT_BODY = "negative_data_rejection"  # parameters that nobody declared are passed over


def check_operations(service: Service, *, examples: int, only: str = "") -> tuple[list[str], list[str]]:
    """The operations that were called, of those with `only` in their name, and what each that failed did."""
    made = service.doorkeeper.keys.create(name="contract", principal="administrator:callum", scopes=ALL_SCOPES)
    token = asyncio.run(made).token
    described = schemathesis.openapi.from_asgi("/openapi.json", create_app(service))
    load_all_checks()
    left_out = [CHECKS.get_one(name) for name in NOT_PROMISED]
    called, failures = [], []
    for found in described.get_all_operations():
        operation = found.ok()  # type: ignore[union-attr]  # a description that is broken ends the run here
        if only not in operation.label:
            continue
        called.append(operation.label)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            problem = _check(operation, mode, token=token, examples=examples, left_out=left_out)
            failures += [f"{operation.label} ({mode.value}): {problem}"] if problem else []
    return called, failures


def _check(
    operation: APIOperation[Any, Any, Any, Any],
    mode: GenerationMode,
    *,
    token: str,
    examples: int,
    left_out: Sequence[object],
) -> str:
    if operation.method.upper() not in {"POST", "PUT", "PATCH"}:
        left_out = [*left_out, CHECKS.get_one(WITHOUT_BODY)]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
    )
    def keeps(case: Case[Any]) -> None:
        headers = {"authorization": f"Bearer {token}"}
        case.call_and_validate(headers=headers, timeout=SECONDS, excluded_checks=list(left_out))  # type: ignore[arg-type]

    try:
        keeps()
    except Unsatisfiable:  # an operation without parameters cannot be called wrongly
        return ""
    except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 - every failure is reported, whatever its kind
        return told(error)
    return ""


def told(error: BaseException) -> str:
    """What went wrong, and, for a failure that came only once, what the failures of its group were."""
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    return "\n".join([f"{type(error).__name__}: {error}", *(told(each) for each in inner)])


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=300)
    parser.add_argument("--only", default="", help="operations with this in their name, such as /v1/ask")
    chosen = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory() as folder:
        service = opened(Path(folder), anonymous=False, body_kb=BODY_KB)
        called, failures = check_operations(service, examples=chosen.examples, only=chosen.only)
        service.close()
    print(f"{len(called)} operations, {chosen.examples} valid and invalid calls each: {', '.join(called)}")  # noqa: T201
    for failure in failures:
        print(f"failed: {failure[:LONGEST]}")  # noqa: T201 - the report
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
