"""YAML that people edit, read into closed models: an unknown key or a missing value is an error that names the file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.errors import SettingsError

HINT = "docs/campaigns.md describes every file of campaign data."


class Closed(BaseModel):
    """A part of the data: unknown keys are an error, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


M = TypeVar("M", bound=BaseModel)


def mapping(path: Path) -> Mapping[str, Any]:
    """The mapping a YAML file holds; raises SettingsError when it cannot be read or is none."""
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(f"{path} cannot be read: {error}", hint=HINT) from error
    if not isinstance(loaded, dict):
        raise SettingsError(f"{path} is not a mapping of names to values.", hint=HINT)
    return loaded


def model(kind: type[M], values: Mapping[str, Any], *, path: Path) -> M:
    """The model of these values; raises SettingsError that names the file and each field that is off."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise SettingsError(f"{path}: {told}", hint=HINT) from error


def read(kind: type[M], path: Path) -> M:
    """The model a file holds; raises SettingsError that names the file and what is off in it."""
    return model(kind, mapping(path), path=path)
