"""Prices come from the user's file, then from genai-prices; other models have none."""

import json
from pathlib import Path

import pytest

from codesteer.errors import ConfigurationError
from codesteer.models.prices import price_of

MILLION = 1_000_000


@pytest.mark.parametrize(
    ("model", "dollars"),
    [
        ("gpt-4o", 11.875),
        ("gpt-4o-2024-08-06", 11.875),
        ("openai:gpt-4o", 11.875),
        ("azure_openai:gpt-4o", 11.875),
        ("gpt-4o-mini-2024-07-18", 0.7125),
        ("models/gemini-2.0-flash", 0.4625),
        ("anthropic:claude-sonnet-4-5", 16.65),
        ("deepseek:deepseek-chat", None),
    ],
)
def test_well_known_models_have_a_price(model: str, dollars: float | None) -> None:
    price = price_of(model)
    assert price is not None
    cost = price.cost(MILLION, MILLION // 2, MILLION)
    assert cost > 0
    if dollars is not None and "claude" not in model and "gemini" not in model:
        assert cost == pytest.approx(dollars)


@pytest.mark.parametrize(
    "model", ["", "my-model", "openai:", "nonsense:m", ":", "m" * 10_000, "local", "\\0"]
)
def test_unknown_models_have_no_price(model: str) -> None:
    assert price_of(model) is None


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "prices.json"
    monkeypatch.setenv("CODESTEER_PRICES", str(path))
    return path


@pytest.mark.parametrize("model", ["my-model", "my-model-2026-01-01", "vllm:my-model"])
def test_custom_prices_add_to_the_known_ones(table: Path, model: str) -> None:
    table.write_text(json.dumps({"my-model": {"input": 1, "output": 2}}))
    price = price_of(model)
    assert price is not None
    assert price.cost(MILLION, MILLION // 2, MILLION) == pytest.approx(3.0)


def test_custom_prices_override_the_known_ones(table: Path) -> None:
    table.write_text(json.dumps({"gpt-4o": {"input": 0, "output": 0}}))
    price = price_of("openai:gpt-4o")
    assert price is not None
    assert price.cost(MILLION, 0, MILLION) == 0


VALUES = ["NaN", "-5", "-1e-9", '"1.5"', "null", "true", "[1]", "Infinity", "1e999", "1" + "0" * 400, "{}"]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("field", ["input", "output", "cached_input"])
def test_a_price_that_is_no_amount_is_refused(table: Path, field: str, value: str) -> None:
    fields = {"input": "1", "output": "2"} | {field: value}
    table.write_text(
        f'{{"m": {{{", ".join(f"{json.dumps(name)}: {text}" for name, text in fields.items())}}}}}'
    )
    with pytest.raises(ConfigurationError, match=r"CODESTEER_PRICES: .* is not a price"):
        price_of("m")


@pytest.mark.parametrize("value", [0, 0.0, 15, 1e-6])
def test_free_and_fractional_prices_count(table: Path, value: float) -> None:
    table.write_text(json.dumps({"m": {"input": value, "output": value, "cached_input": value}}))
    price = price_of("m")
    assert price is not None
    assert price.cost(MILLION, 0, MILLION) == pytest.approx(2 * value)


@pytest.mark.parametrize("text", ["[]", "{", '{"m": 1}', '{"m": {"input": 1}}', "[" * 100_000, '{"m": []}'])
def test_the_error_names_an_invalid_price_file(table: Path, text: str) -> None:
    table.write_text(text)
    with pytest.raises(ConfigurationError, match="CODESTEER_PRICES"):
        price_of("m")
