"""Model names give models, or a one-line error that says what to do."""

from pathlib import Path
from typing import Any

import pytest
from langchain_openai import ChatOpenAI

from codesteer.errors import ConfigurationError, ModelFileError
from codesteer.models.resolve import clear_model_caches, resolve_model


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clear_model_caches()
    monkeypatch.setenv("CODESTEER_MODEL_DIR", str(tmp_path))
    for variable in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY"):
        monkeypatch.delenv(variable, raising=False)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nonsense", "unknown model 'nonsense'; give"),
        ("nonsense:model", "unknown model provider 'nonsense'; give"),
        ("openai:gpt-4o", "OPENAI_API_KEY"),
        ("anthropic:claude-x", "pip install langchain-anthropic"),
        ("http://127.0.0.1:1/v1", "names no model"),
        ("/nowhere/model.gguf", "model file /nowhere/model.gguf does not exist"),
    ],
)
def test_invalid_names_are_explained(name: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        resolve_model(name)


def test_a_missing_embedded_model_is_an_error() -> None:
    with pytest.raises(ModelFileError, match="missing; run: codesteer models pull"):
        resolve_model("local")


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.gguf").write_bytes(b"something else")
    with pytest.raises(ConfigurationError, match="not a GGUF"):
        resolve_model(str(tmp_path / "x.gguf"))


def test_endpoints_stream_usage_and_accept_a_seed() -> None:
    model: Any = resolve_model("http://127.0.0.1:9/v1#some-model", seed=7)
    assert isinstance(model, ChatOpenAI)
    assert (model.model_name, model.stream_usage, model.seed) == ("some-model", True, 7)


def test_a_provider_has_its_own_class(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    assert isinstance(resolve_model("openai:gpt-4o", seed=1), ChatOpenAI)


def test_an_unsupported_seed_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="anthropic models do not support a seed"):
        resolve_model("anthropic:claude-x", seed=1)
