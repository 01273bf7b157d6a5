"""The parts of an installation that campaigns are made with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.campaigns.desk import CampaignDesk, ReviewDesk
from assistant.campaigns.library import Library

if TYPE_CHECKING:
    from assistant.campaigns.copywriter import CopyWriter
    from integrations.bootstrap import Liaison

COPY_TOKENS = 6_000  # of one answer: a kit of five channels takes about 2,500

COPY_PATIENCE = 20.0  # seconds until it begins to speak: nobody reads along while a kit is written


def copywriter_of(liaison: Liaison) -> CopyWriter | None:
    """The model of the settings as a writer of campaign copy, within its budget; None without one."""
    made = liaison.generation
    if made is None:
        return None
    from assistant.campaigns.copywriter import CopyWriter  # noqa: PLC0415 - LangChain takes its time
    from assistant.campaigns.model_copy import ModelCopy  # noqa: PLC0415

    # The way OpenAI-compatible servers, which all rows of the models are, take a schema; what comes is parsed anyway.
    schema = {"type": "json_schema", "json_schema": {"name": "campaign_copy", "schema": ModelCopy.model_json_schema()}}
    return CopyWriter(
        model=made.writer.model.bind(response_format=schema, max_tokens=COPY_TOKENS),
        name=made.writer.name,
        budget=made.budget,
        patience=COPY_PATIENCE,
        breaker=made.writer.breaker,
    )


def desk_of(liaison: Liaison, library: Library) -> CampaignDesk:
    """Campaigns of an installation. The model is opened when somebody wants it to write."""
    return CampaignDesk(prm=liaison.prm.prm, library=library, writer=lambda: copywriter_of(liaison))


def reviews_of(liaison: Liaison, library: Library) -> ReviewDesk:
    """Kept kits of an installation and their reviews."""
    return ReviewDesk(book=liaison.kits, library=library, clock=liaison.clock)
