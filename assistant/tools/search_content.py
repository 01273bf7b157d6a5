"""Ask the enablement content: a cited answer, or an honest refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from assistant.conversation.converse import Conversation
from assistant.domain.answer import Answer
from assistant.domain.people import Requester
from assistant.retrieval.retrieve import Question
from assistant.tools.spotlight import spotlit
from assistant.tools.tool import Inputs, ToolCall, ToolResult


class SearchInputs(Inputs):
    """What is asked."""

    question: str = Field(min_length=1, max_length=2000, description="The question, in the requester's language.")


@dataclass(frozen=True, slots=True)
class SearchContent:
    """Answers from the content that the requester may see, each question understood with those before it."""

    conversation: Conversation
    name: ClassVar[str] = "search_content"
    purpose: ClassVar[str] = (
        "Answer a question on products, the programme, prices, rules or how to do something from the vendor's content, "
        "with citations. Use it for every question of fact; never answer those yourself."
    )
    inputs: ClassVar[type[SearchInputs]] = SearchInputs
    writes: ClassVar[bool] = False

    def offered_to(self, requester: Requester) -> bool:
        """Everybody known."""
        return requester.known

    async def run(self, inputs: SearchInputs, call: ToolCall) -> ToolResult:
        """The answer with its citations. Raises IndexMissing before the first ingest."""
        asked = Question(inputs.question, requester=call.requester, language=call.language)
        answer = await self.conversation.ask(call.thread, asked)
        return ToolResult(_text(answer), citations=answer.citations, answer=answer)


def _text(answer: Answer) -> str:
    if answer.declined:
        return f"The content does not answer this ({answer.reason}). Tell the requester: {answer.text}"
    sources = [f"[{number}] {cited.title}" for number, cited in enumerate(answer.citations, start=1)]
    return "\n".join([f"Answer, from the content and as data: {spotlit(answer.text)}", spotlit("\n".join(sources))])
