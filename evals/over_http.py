"""An assistant behind the HTTP API as a target: `evals run --target https://…`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from time import perf_counter

import httpx
import yaml
from pydantic import SecretStr, TypeAdapter, ValidationError

from assistant.domain.answer import Answer
from assistant.domain.content import Citation
from assistant.domain.people import ANONYMOUS, Requester, principal
from assistant.errors import ProviderUnavailable, UsageError
from evals.case import SeenAnswer, SeenCitation, SeenPassage
from evals.source_text import text_at
from evals.target import Arm, SeenDocument, seen_answer
from evals.workbench import SuiteSkipped

ANSWER = TypeAdapter(Answer)
KEYS = TypeAdapter(dict[str, SecretStr])
ANYBODY = "anonymous"
HINT = "See docs/evaluation.md on --target and --keys."


def load_keys(path: Path | None) -> dict[str, SecretStr]:
    """API keys by the name that questions are asked as; `anonymous` is used for questions that name nobody.

    Raises UsageError when the file cannot be read.
    """
    try:
        return KEYS.validate_python(yaml.safe_load(path.read_text(encoding="utf-8"))) if path else {}
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise UsageError(f"The keys cannot be read from {path}: {type(error).__name__}.", hint=HINT) from error


@dataclass(frozen=True, slots=True)
class HttpTarget:
    """Answers of `POST /v1/ask`. What retrieval found is not told over HTTP, so suites that need it are skipped."""

    client: httpx.AsyncClient
    keys: Mapping[str, SecretStr]
    corpus: Path
    _paths: dict[str, dict[str, str]] = field(default_factory=dict)

    async def retrieve(self, question: str, *, requester: Requester, arm: Arm = Arm.FUSED) -> list[SeenPassage]:  # noqa: ARG002 - as the protocol has it
        """Raises SuiteSkipped."""
        raise _unseen()

    async def converse(self, questions: Sequence[str], *, requester: Requester) -> list[SeenPassage]:  # noqa: ARG002 - as the protocol has it
        """Raises SuiteSkipped."""
        raise _unseen()

    async def embed(self, text: str) -> None:  # noqa: ARG002 - as the protocol has it
        """Raises SuiteSkipped."""
        raise _unseen()

    async def documents(self) -> list[SeenDocument]:
        """Raises SuiteSkipped: over HTTP a caller sees documents, but not all that there are."""
        raise _unseen()

    async def requester(self, name: str) -> Requester:
        """The person a name stands for. Raises UsageError when there is no key of theirs."""
        if name and name not in self.keys:
            raise UsageError(f"There is no key for {name}.", hint="Add it to the file given by --keys.")
        return principal(name) if name else ANONYMOUS

    async def ask(self, question: str, *, requester: Requester) -> SeenAnswer:
        """The answer, each citation read again in the corpus folder here. Raises ProviderUnavailable for a refusal."""
        start = perf_counter()
        reply = await self._send("POST", "/v1/ask", requester, json={"question": question})
        took = (perf_counter() - start) * 1_000
        try:
            answer = ANSWER.validate_json(reply.content)
        except ValidationError as error:
            raise ProviderUnavailable(f"{reply.url} did not send an answer: {error}.", hint=HINT) from error
        paths = await self._documents(requester) if answer.citations else {}
        citations = [self._seen(citation, paths) for citation in answer.citations]
        return seen_answer(answer, milliseconds=took, citations=citations)

    def _seen(self, citation: Citation, paths: Mapping[str, str]) -> SeenCitation:
        """The passage is not told over HTTP: what stands at the locator takes its place."""
        path = paths.get(citation.document_id, "")
        source = text_at(self.corpus / path, citation.locator) if path else None
        return SeenCitation(path, source or citation.quote, citation.quote, str(citation.locator), source)

    async def _documents(self, requester: Requester) -> dict[str, str]:
        """Path by id of what the requester may see, asked for once."""
        if requester.name not in self._paths:
            paths, cursor = dict[str, str](), ""
            while True:
                reply = await self._send("GET", "/v1/documents", requester, params={"cursor": cursor} if cursor else {})
                page = reply.json()
                paths |= {item["id"]: item["path"] for item in page["items"]}
                cursor = page["cursor"]
                if not cursor:
                    break
            self._paths[requester.name] = paths
        return self._paths[requester.name]

    async def _send(
        self,
        method: str,
        path: str,
        requester: Requester,
        *,
        json: object = None,
        params: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        key = self.keys.get(requester.name) or self.keys.get(ANYBODY)
        headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
        try:
            reply = await self.client.request(method, path, json=json, params=params, headers=headers)
            reply.raise_for_status()
        except httpx.HTTPError as error:
            raise ProviderUnavailable(f"{self.client.base_url} did not answer: {error}.", hint=HINT) from error
        return reply


@dataclass(frozen=True, slots=True)
class HttpOpener:
    """Opens the assistant at a base URL; its content is what it is, so nothing is indexed."""

    url: str
    keys: Mapping[str, SecretStr]
    timeout: float = 60.0

    @asynccontextmanager
    async def __call__(
        self,
        *,
        corpus: Path,
        data: Path,  # noqa: ARG002 - as the protocol has it
        ingest: bool,  # noqa: ARG002 - as above
        today: date | None = None,
    ) -> AsyncIterator[HttpTarget]:
        """The target; the corpus folder is only read to check quotes. A suite that sets the day is skipped."""
        if today:
            raise SuiteSkipped("the day cannot be set over HTTP")
        async with httpx.AsyncClient(base_url=self.url, timeout=self.timeout) as client:
            yield HttpTarget(client=client, keys=self.keys, corpus=corpus)


def _unseen() -> SuiteSkipped:
    return SuiteSkipped("over HTTP only answers are seen")
