"""The co-sell model as a JSON file in the data directory."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from assistant.cosell.card import ModelCard
from assistant.cosell.model import ScoringModel
from assistant.errors import SettingsError, StorageError

FILE = "cosell-model.json"
CARD_FILE = "cosell-model-card.json"
T = TypeVar("T")
MODEL, CARD = TypeAdapter(ScoringModel), TypeAdapter(ModelCard)


def load(folder: Path) -> ScoringModel:
    """The model that was trained last; raises SettingsError when there is none or it cannot be used."""
    return _get(folder / FILE, MODEL)


def save(folder: Path, model: ScoringModel) -> Path:
    """Keep a model in place of the one before; the file is whole at every moment. Raises StorageError."""
    return _put(folder / FILE, MODEL.dump_json(model, indent=1))


def load_card(folder: Path) -> ModelCard:
    """The card of the model that was trained last; raises SettingsError as `load`."""
    return _get(folder / CARD_FILE, CARD)


def save_card(folder: Path, card: ModelCard) -> Path:
    """Keep the card of a model, as `save` keeps the model. Raises StorageError."""
    return _put(folder / CARD_FILE, CARD.dump_json(card, indent=1))


def _get(path: Path, kind: TypeAdapter[T]) -> T:
    try:
        return kind.validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise SettingsError("There is no co-sell model yet.", hint="Train one: liaison cosell train.") from error
    except (OSError, ValidationError) as error:
        raise SettingsError(f"{path} cannot be read.", hint="Train again: liaison cosell train.") from error


def _put(path: Path, data: bytes) -> Path:
    aside = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(data)
        aside.replace(path)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error}") from error
    return path
