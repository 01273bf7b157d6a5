"""What a language model writes: fields, paragraphs, sentences, each with the ids of the claims it rests on."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.answering.draft import REFUSAL
from assistant.answering.model_call import ModelFailed
from assistant.domain.answer import Fallback


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Sentence(_Wire):
    """One sentence."""

    text: str = Field(max_length=4_000)
    claim_ids: Annotated[tuple[str, ...], Field(max_length=20)]


class Paragraph(_Wire):
    """Sentences that stand together."""

    sentences: Annotated[tuple[Sentence, ...], Field(max_length=40)]


class WrittenField(_Wire):
    """One field; `field` is its name in the request."""

    field: str
    paragraphs: Annotated[tuple[Paragraph, ...], Field(max_length=30)]

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences, in order."""
        return tuple(sentence for paragraph in self.paragraphs for sentence in paragraph.sentences)

    @property
    def claims(self) -> tuple[str, ...]:
        """The claims that any of its sentences names."""
        return tuple(dict.fromkeys(claim for sentence in self.sentences for claim in sentence.claim_ids))

    def text(self, *, spaced: bool) -> str:
        """The text, paragraphs apart by an empty line."""
        between = " " if spaced else ""
        said = (
            between.join(sentence.text.strip() for sentence in paragraph.sentences) for paragraph in self.paragraphs
        )
        return "\n\n".join(part for part in said if part)


class ModelCopy(_Wire):
    """The whole answer of a model."""

    fields: Annotated[tuple[WrittenField, ...], Field(max_length=200)]


def parsed(answer: str) -> ModelCopy:
    """The answer of a model; raises ModelFailed when it is empty, a refusal, or not of this form."""
    if not answer.strip():
        raise ModelFailed(Fallback.EMPTY)
    try:
        return ModelCopy.model_validate_json(answer)
    except ValidationError as error:
        refused = not answer.lstrip().startswith("{") and REFUSAL.search(answer[:400])
        raise ModelFailed(Fallback.REFUSED if refused else Fallback.MALFORMED) from error
