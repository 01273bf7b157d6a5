"""What models cost, as data."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import SettingsError

if TYPE_CHECKING:
    from assistant.answering.budget import Price

OURS = Path(__file__).with_name("prices.yaml")


class ModelPrice(BaseModel):
    """Of a million tokens."""

    model_config = ConfigDict(extra="forbid")

    input: Decimal = Field(ge=0)
    output: Decimal = Field(ge=0)


class PriceList(BaseModel):
    """A price list as it is written."""

    model_config = ConfigDict(extra="forbid")

    as_of: date
    currency: str = "USD"
    models: dict[str, ModelPrice]


def load_prices(path: Path | None = None) -> dict[str, Price]:
    """Model name to price, by our list or another. Raises SettingsError when the list cannot be read."""
    from assistant.answering.budget import Price  # noqa: PLC0415 - brings LangChain along

    path = path or OURS
    try:
        found = PriceList.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise SettingsError(f"Prices cannot be read from {path}: {error}", hint="See docs/answers.md.") from error
    return {name: Price(price.input, price.output, found.currency) for name, price in found.models.items()}
