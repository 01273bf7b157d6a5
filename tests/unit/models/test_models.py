from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr

from assistant.errors import SettingsError
from integrations.models import open_model
from integrations.models.prices import load_prices
from integrations.settings import Settings
from prompts.answering import instruction


@pytest.mark.parametrize("model", ["gpt-4.1-mini", "nobody:x", "openai:", ":"])
def test_a_model_that_is_not_known_is_refused_with_the_rows_there_are(model: str) -> None:
    with pytest.raises(SettingsError) as raised:
        open_model(Settings(model=model, model_key=SecretStr("k")))
    assert "openai" in raised.value.hint


def test_openai_itself_needs_a_key_and_a_server_of_ones_own_does_not() -> None:
    with pytest.raises(SettingsError, match="key"):
        open_model(Settings(model="openai:gpt-4.1-mini"))
    assert open_model(Settings(model="openai:mine", model_url="http://127.0.0.1:9/v1")).name is None


def test_prices_are_data(tmp_path: Path) -> None:
    ours = load_prices()
    assert ours["gpt-4.1-mini"].of(1_000_000, 0) == Decimal("0.40")
    path = tmp_path / "prices.yaml"
    path.write_text("as_of: 2026-11-01\ncurrency: EUR\nmodels:\n  mine: {input: 1, output: 3}\n", encoding="utf-8")
    assert load_prices(path)["mine"].of(500_000, 1_000_000) == Decimal("3.5")
    assert load_prices(path)["mine"].currency == "EUR"


@pytest.mark.parametrize(
    "text", ["models: 1", "as_of: soon\nmodels: {}", "as_of: 2026-01-01\nmodels: {m: {input: -1, output: 1}}"]
)
def test_a_price_list_that_cannot_be_read_is_a_settings_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "prices.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError):
        load_prices(path)


def test_an_instruction_takes_exactly_what_it_declares() -> None:
    filled = instruction("question", mark="m", passages="{{mark}} {x}", question="Why?")
    assert "{{mark}} {x}" in filled
    with pytest.raises(ValueError, match="takes"):
        instruction("question", mark="m")
