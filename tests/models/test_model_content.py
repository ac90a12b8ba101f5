"""A model file is identified by its content, for Inspect's cache and for plans."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from inspect_ai.model import CachePolicy, GenerateConfig, get_model
from tests.support.endpoint import Endpoint, serve

from codesteer.errors import ModelFileError
from codesteer.evals.engine.provider import EndpointAPI, inspect_name
from codesteer.evals.engine.registry import codesteer
from codesteer.models import endpoint as endpoints
from codesteer.models.model_content import model_content

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.filterwarnings(
        "ignore:The 'initial' parameter is deprecated:DeprecationWarning"
    ),  # Inspect's
]
assert codesteer


def model_file(folder: Path, content: bytes) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "model.gguf").write_bytes(content)
    return str(folder / "model.gguf")


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.chdir(tmp_path)
    q4, q8 = model_file(tmp_path / "q4", b"GGUF q4"), model_file(tmp_path / "q8", b"GGUF q8")
    return {"q4": q4, "q8": q8, "adapted": f"{q4}+{q8}", "other": f"{q8}+{q4}", "twice": f"{q4}+{q4}"}


def test_no_two_models_share_an_identity(names: dict[str, str]) -> None:
    assert len({model_content(name) for name in names.values()}) == len(names)


@pytest.mark.parametrize(
    "name", ["local", "http://h.example/v1#m", "http://h.example/v1#m.gguf", "openai:gpt-4o"]
)
def test_other_models_are_identified_by_name(name: str) -> None:
    assert model_content(name) == ""


def test_a_copy_is_the_same_model_and_a_replaced_file_another(names: dict[str, str], tmp_path: Path) -> None:
    before = model_content(names["q4"])
    assert model_content("q4/model.gguf") == before, "a relative path"
    assert model_content(str(shutil.copy(names["q4"], tmp_path / "copy.gguf"))) == before
    os.utime(names["q4"], (1, 1))
    assert model_content(names["q4"]) == before
    model_file(tmp_path / "q4", b"GGUF v2")
    assert model_content(names["q4"]) != before


def test_the_weights_of_a_folder_identify_it(tmp_path: Path) -> None:
    name = f"hf:{tmp_path}#answers"
    assert model_content(name) == model_content("hf:owner/name") == ""
    (tmp_path / "adapter.safetensors").write_bytes(b"one")
    (tmp_path / "README.md").write_text("a")
    before = model_content(name)
    (tmp_path / "README.md").write_text("b")
    assert model_content(name) == before
    (tmp_path / "adapter.safetensors").write_bytes(b"retrained")
    assert model_content(name) not in ("", before)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"none\.gguf"):
        model_content(str(tmp_path / "none.gguf"))


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[Endpoint]]:
    """A server with its own reply for each model: as our own, on a port of its own."""
    monkeypatch.setenv("INSPECT_CACHE_DIR", str(tmp_path / "cache"))
    with serve("q4") as one, serve("q8") as two, serve("adapted") as three:
        started = [one, two, three]

        def serve_local(
            path: Path, threads: int | None = None, adapter: Path | None = None
        ) -> SimpleNamespace:
            del threads
            chosen = three if adapter else two if "q8" in str(path) else one
            return SimpleNamespace(url=chosen.url, slots=4)

        monkeypatch.setattr(endpoints, "serve_local", serve_local)
        yield started


async def answer(name: str) -> str:
    model = get_model(inspect_name(name), memoize=False)
    config = GenerateConfig(temperature=0.0, seed=0)
    output = await model.generate("What is 1+1?", config=config, cache=CachePolicy(expiry=None))
    await model.api.aclose()
    return output.completion


async def test_the_cache_never_answers_for_another_model(
    names: dict[str, str], servers: list[Endpoint]
) -> None:
    for _ in range(2):
        assert [await answer(names[name]) for name in ("q4", "q8", "adapted")] == ["q4", "q8", "adapted"]
    assert [len(server.requests) for server in servers] == [1, 1, 1], "the second time from the cache"


async def test_a_new_client_keeps_the_key_of_the_cache(
    names: dict[str, str], servers: list[Endpoint]
) -> None:
    api = EndpointAPI(names["q4"])
    before = api.base_url
    await api.aclose()
    servers[0].url = servers[1].url
    api.initialize()
    assert api.base_url == before
    assert str(api.client.base_url).startswith(servers[1].url)
    await api.aclose()


async def test_the_default_model_has_one_key_wherever_it_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    for port in (9, 10):
        monkeypatch.setenv("CODESTEER_LOCAL_URL", f"http://127.0.0.1:{port}/v1")
        api = EndpointAPI("local")
        assert api.base_url is None
        api.initialize()
        assert api.base_url is None
        await api.aclose()
