"""Any server that speaks OpenAI's chat completions: OpenAI, Azure, vLLM, Ollama, LiteLLM and so on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.errors import SettingsError
from integrations.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

MAX_TOKENS = 900  # of one answer


def from_settings(model: str, settings: Settings) -> BaseChatModel:
    """The row `openai:MODEL`, served by LIAISON_MODEL_URL. Raises SettingsError without the extra or a key."""
    try:
        from langchain_openai import ChatOpenAI  # noqa: PLC0415 (an optional extra)
    except ImportError as error:
        raise SettingsError("The langchain-openai package is missing.", hint="pip install 'liaison[openai]'") from error
    key = settings.model_key.get_secret_value()
    if not key and "api.openai.com" in settings.model_url:
        raise SettingsError(f"The model at {settings.model_url} needs a key.", hint="Set LIAISON_MODEL_KEY.")
    return ChatOpenAI(
        model=model,
        base_url=settings.model_url,
        api_key=key or "none",  # type: ignore[arg-type]  # a string is turned into a secret
        temperature=0,
        max_tokens=MAX_TOKENS,  # type: ignore[call-arg]  # an alias the stub does not know
        timeout=settings.model_timeout,
        max_retries=0,
        stream_usage=True,
    )
