"""Language models: `LIAISON_MODEL` is `row:model`, one row per provider package."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from assistant.errors import SettingsError
from integrations.models import openai_compatible
from integrations.models.prices import load_prices
from integrations.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from assistant.answering.generation import Generation
    from assistant.ports.clock import Clock
    from assistant.ports.embedder import Embedder
    from assistant.ports.model_ledger import ModelLedger

MODELS: dict[str, Callable[[str, Settings], BaseChatModel]] = {
    "openai": openai_compatible.from_settings,
}
PARTS = ("prices",)  # what models cost


def open_model(settings: Settings) -> BaseChatModel:
    """The chat model the settings name; SettingsError lists the rows when there is none of that name."""
    row, _, model = settings.model.partition(":")
    factory = MODELS.get(row)
    if factory is None or not model:
        raise SettingsError(
            f"There is no model {settings.model!r}.",
            hint=f"Set LIAISON_MODEL to ROW:MODEL with a row of {list(MODELS)}, for example openai:gpt-4.1-mini; "
            "LIAISON_MODEL_URL points it at any OpenAI-compatible server.",
        )
    return factory(model, settings)


def open_generation(settings: Settings, *, embedder: Embedder, ledger: ModelLedger, clock: Clock) -> Generation:
    """Verified answers by the model of the settings, within its budget. Raises SettingsError as `open_model`."""
    from assistant.answering.budget import Budget, Limit, Limits  # noqa: PLC0415 - LangChain takes its time
    from assistant.answering.generate import Writer  # noqa: PLC0415
    from assistant.answering.generation import Generation  # noqa: PLC0415
    from assistant.answering.verification.similarity import EmbedderSimilarity  # noqa: PLC0415
    from assistant.answering.verification.verifier import Verifier  # noqa: PLC0415

    writer = Writer(
        model=open_model(settings),
        name=settings.model,
        verifier=Verifier(EmbedderSimilarity(embedder)),
        timeout=settings.model_timeout,
        patience=settings.model_patience,
        hosts=frozenset(settings.link_hosts),
    )
    limits = Limits(
        user=Limit(settings.model_user_tokens, settings.model_user_cost),
        partner=Limit(settings.model_partner_tokens, settings.model_partner_cost),
        tenant=Limit(settings.model_tenant_tokens, settings.model_tenant_cost),
    )
    prices = load_prices(settings.model_prices)
    return Generation(writer, Budget(ledger=ledger, clock=clock, limits=limits, prices=prices))
