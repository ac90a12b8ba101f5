"""Expensive values are cached within a bound, and evicted ones are freed."""

import gc
import itertools
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import HumanMessage
from tests.support.endpoint import Endpoint, serve

from codesteer.guides.factory import resolve_guide
from codesteer.models import in_process, resolve, server
from codesteer.models.adapters import FineTuned
from codesteer.models.cache import LRUCache
from codesteer.models.completion import ask
from codesteer.models.fingerprint import environment_fingerprint
from codesteer.models.in_process import InProcessModel
from codesteer.models.resolve import MAX_LOADED_MODELS, MAX_REMOTE_MODELS, clear_model_caches, resolve_model


class Value:
    """A value that can be weakly referenced."""


@given(st.lists(st.integers(0, 6), max_size=40), st.integers(1, 4))
def test_the_least_recently_used_is_evicted(uses: list[int], max_size: int) -> None:
    cache: LRUCache[int] = LRUCache(max_size)
    made = itertools.count()
    current: dict[int, int] = {}
    recent: list[int] = []
    for key in uses:
        value = cache.get(key, lambda: next(made))
        assert (current.get(key) == value) is (key in recent)
        current[key] = value
        recent = [*(other for other in recent if other != key), key][-max_size:]


def test_an_evicted_value_lives_while_referenced() -> None:
    cache: LRUCache[Value] = LRUCache(1, collect_garbage=True)
    held = cache.get(1, Value)
    dropped = weakref.ref(cache.get(2, Value))
    cache.get(3, Value)
    assert dropped() is None
    assert isinstance(held, Value)


def test_reference_cycles_are_freed() -> None:
    class Cycle:
        def __init__(self) -> None:
            self.own = self

    cache: LRUCache[Cycle] = LRUCache(1, collect_garbage=True)
    dropped = weakref.ref(cache.get(1, Cycle))
    gc.disable()
    try:
        cache.get(2, Cycle)
        assert dropped() is None
    finally:
        gc.enable()


def test_failed_creation_is_retried() -> None:
    cache: LRUCache[int] = LRUCache(1)

    def fail() -> int:
        raise ValueError("not now")

    for _ in range(2):
        with pytest.raises(ValueError, match="not now"):
            cache.get(1, fail)
    assert cache.get(1, lambda: 5) == 5


def test_only_callers_with_the_same_key_wait() -> None:
    cache: LRUCache[int] = LRUCache(4)
    gate, made = threading.Event(), []

    def slowly() -> int:
        gate.wait(10)
        made.append(1)
        return 1

    with ThreadPoolExecutor(3) as pool:
        same = [pool.submit(cache.get, "slow", slowly) for _ in range(2)]
        assert pool.submit(cache.get, "other", lambda: 2).result(10) == 2
        gate.set()
        assert [future.result(10) for future in same] == [1, 1]
    assert made == [1]


def test_the_environment_fingerprint_changes_and_hides_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "one")
    before = environment_fingerprint()
    assert environment_fingerprint() == before
    monkeypatch.setenv("ANTHROPIC_API_KEY", "two")
    assert environment_fingerprint() != before
    assert "two" not in environment_fingerprint()


ALIVE: "weakref.WeakSet[Llama]" = weakref.WeakSet()


class Llama:
    """A stand-in for llama.cpp's server that is counted while it exists."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.listening_address = endpoint.url.removesuffix("/v1")
        ALIVE.add(self)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, socket_enabled: None) -> Any:
    """Model files served by a stand-in for llama.cpp."""
    with serve("hello") as endpoint:
        package = type("xllamacpp", (), {"Server": lambda _: Llama(endpoint)})
        monkeypatch.setattr(server, "_import_xllamacpp", lambda: package)
        monkeypatch.setattr(server, "_parameters", lambda *_: None)
        paths = [tmp_path / f"{number}.gguf" for number in range(5)]
        for path in paths:
            path.write_bytes(b"GGUF")
        clear_model_caches()
        yield [str(path) for path in paths]
        clear_model_caches()


async def test_loaded_models_are_bounded_and_their_servers_stop(files: list[str]) -> None:
    for name in files:
        assert (await ask(resolve_model(name), [HumanMessage("hi")])).text == "hello"
        assert len(ALIVE) <= MAX_LOADED_MODELS
    assert len(ALIVE) == MAX_LOADED_MODELS
    clear_model_caches()
    assert len(ALIVE) == 0


async def test_a_model_in_use_keeps_its_server(files: list[str]) -> None:
    held = resolve_model(files[0])
    guide = resolve_guide(files[1])
    for name in files[2:]:
        resolve_model(name)
    assert len(ALIVE) == MAX_LOADED_MODELS + 2
    assert (await ask(held, [HumanMessage("hi")])).text == "hello"
    again = resolve_model(files[0])
    assert len(ALIVE) == MAX_LOADED_MODELS + 1, "one file has one server, however many models use it"
    del held, again, guide
    clear_model_caches()
    gc.collect()
    assert len(ALIVE) == 0


def test_another_model_folder_is_another_model(
    files: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    one = resolve_model(files[0])
    assert resolve_model(files[0]) is one
    monkeypatch.setenv("CODESTEER_MODEL_DIR", str(tmp_path / "elsewhere"))
    assert resolve_model(files[0]) is not one


def test_remote_models_are_bounded() -> None:
    clear_model_caches()
    models = [
        weakref.ref(resolve_model(f"http://127.0.0.1:9/v1#{number}"))
        for number in range(MAX_REMOTE_MODELS + 8)
    ]
    gc.collect()
    assert sum(model() is not None for model in models) == MAX_REMOTE_MODELS
    assert len(resolve._remote_models._futures) == MAX_REMOTE_MODELS


class Weights:
    """A stand-in for a loaded model."""

    def eval(self) -> "Weights":
        return self


def batch_threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name == "codesteer-batches"}


def test_in_process_models_are_bounded_and_freed(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[weakref.ref[Any]] = []

    def load(name: str) -> FineTuned:
        weights: Any = Weights()
        loaded.append(weakref.ref(weights))
        return FineTuned(weights, None, None)  # type: ignore[arg-type]

    monkeypatch.setattr(in_process, "load_for_inference", load)
    cache: LRUCache[InProcessModel] = LRUCache(in_process.MAX_LOADED_MODELS, collect_garbage=True)
    monkeypatch.setattr(in_process, "_loaded_models", cache)
    before = batch_threads()
    for number in range(6):
        in_process.load_in_process(f"m{number}")
    assert sum(weights() is not None for weights in loaded) == in_process.MAX_LOADED_MODELS
    cache.clear()
    assert not any(weights() for weights in loaded)
    for thread in batch_threads() - before:
        thread.join(5)
    assert not batch_threads() - before, "their threads end with them"
