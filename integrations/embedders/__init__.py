"""Text to vectors: one adapter per file, one row per adapter. `LIAISON_EMBEDDER` names a row, or `row:model`."""

from __future__ import annotations

from collections.abc import Callable

from assistant.errors import SettingsError
from assistant.ports.embedder import Embedder
from integrations.embedders import minilm, openai_compatible, sentence_transformer
from integrations.settings import Settings

EMBEDDERS: dict[str, Callable[[str, Settings], Embedder]] = {
    "minilm": minilm.from_settings,
    "sentence-transformers": sentence_transformer.from_settings,
    "openai": openai_compatible.from_settings,
}
PARTS = ("bert",)  # the computation behind minilm


def open_embedder(settings: Settings) -> Embedder:
    """The embedder the settings name; SettingsError lists the rows when there is none of that name."""
    row, _, model = settings.embedder.partition(":")
    factory = EMBEDDERS.get(row)
    if factory is None:
        raise SettingsError(f"There is no embedder {row!r}.", hint=f"Set LIAISON_EMBEDDER to one of {list(EMBEDDERS)}.")
    return factory(model, settings)
