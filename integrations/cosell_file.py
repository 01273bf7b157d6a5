"""The co-sell model as a JSON file in the data directory."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from assistant.cosell.model import ScoringModel
from assistant.errors import SettingsError, StorageError

FILE = "cosell-model.json"
MODEL = TypeAdapter(ScoringModel)


def load(folder: Path) -> ScoringModel:
    """The model that was trained last; raises SettingsError when there is none or it cannot be used."""
    path = folder / FILE
    try:
        return MODEL.validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise SettingsError("There is no co-sell model yet.", hint="Train one: liaison cosell train.") from error
    except (OSError, ValidationError) as error:
        raise SettingsError(f"{path} cannot be read.", hint="Train again: liaison cosell train.") from error


def save(folder: Path, model: ScoringModel) -> Path:
    """Keep a model in place of the one before; the file is whole at every moment. Raises StorageError."""
    path = folder / FILE
    aside = path.with_suffix(".new")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(MODEL.dump_json(model, indent=1))
        aside.replace(path)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error}") from error
    return path
