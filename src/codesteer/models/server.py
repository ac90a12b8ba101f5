"""The embedded model's server: llama.cpp in this process, speaking the OpenAI API on loopback."""

import os
import threading
import weakref
from pathlib import Path
from typing import Any

from codesteer.errors import ConfigurationError, ModelError

SLOTS = 4
"""Requests that are answered at the same time: more share the same cores and need more memory."""
CONTEXT_TOKENS = 16_384
"""Tokens of one conversation; all slots share twice as many."""
PROMPT_CACHE_MIB = 512
SILENT = -1

_lock = threading.Lock()
_running: "weakref.WeakValueDictionary[tuple[Path, Path | None], LocalServer]" = weakref.WeakValueDictionary()
"""The servers in use; one that nobody holds any more is gone from here, and from memory."""


class LocalServer:
    """A llama.cpp server that lives as long as it is referenced."""

    def __init__(self, model: Path, *, threads: int, port: int = 0, adapter: Path | None = None) -> None:
        """Load the model and listen on 127.0.0.1; port 0 takes a free one.

        Args:
            model: a GGUF file.
            threads: threads that compute.
            port: where to listen.
            adapter: a GGUF file with a LoRA adapter of the same model, laid over it.

        Raises:
            ConfigurationError: the package xllamacpp is not installed.
            ModelError: llama.cpp refuses the file or the port.
        """
        xllamacpp = _import_xllamacpp()
        try:
            self._server = xllamacpp.Server(_parameters(xllamacpp, model, threads, port, adapter))
        except RuntimeError as error:
            what = f"{model} with {adapter}" if adapter else str(model)
            raise ModelError(f"llama.cpp cannot serve {what}: {error}") from error
        self.slots = SLOTS
        self.url: str = f"{self._server.listening_address}/v1"


def serve_local(model: Path, threads: int | None = None, adapter: Path | None = None) -> LocalServer:
    """Return this process's server for a model file, starting it if none runs; blocks while it loads.

    The server ends when its last holder lets go of it, so whoever asks it has to keep it.
    """
    key = model, adapter
    with _lock:
        running = _running.get(key)
        if running is None:
            for file in filter(None, key):
                _require_file(file)
            running = _running[key] = LocalServer(
                model, threads=threads or default_threads(), adapter=adapter
            )
        return running


def default_threads() -> int:
    """Threads for this machine now: the cores that nobody else keeps busy, at least one.

    Two threads on two cores fall below a tenth of their speed when another job holds one of the cores, so a
    busy core is left alone.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    busy = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return max(1, min(cores, round(cores - busy)))


def _parameters(xllamacpp: Any, model: Path, threads: int, port: int, adapter: Path | None) -> Any:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(model)
    parameters.n_ctx = 2 * CONTEXT_TOKENS
    parameters.n_parallel = SLOTS
    parameters.kv_unified, parameters.kv_unified_per_slot = True, CONTEXT_TOKENS
    parameters.cpuparams.n_threads = threads
    parameters.cpuparams_batch.n_threads = threads
    parameters.port = port
    parameters.cache_prompt = True
    parameters.cache_ram_mib = PROMPT_CACHE_MIB
    parameters.verbosity = SILENT
    if adapter is not None:
        layer = xllamacpp.CommonAdapterLoraInfo()
        layer.path, layer.scale = str(adapter), 1.0
        parameters.lora_adapters = [layer]
    return parameters


def _import_xllamacpp() -> Any:
    try:
        import xllamacpp
    except ImportError as error:
        message = "the embedded model needs xllamacpp; run: pip install 'codesteer[local]'"
        raise ConfigurationError(message) from error
    return xllamacpp


def _require_file(model: Path) -> None:
    if not model.is_file():
        raise ConfigurationError(f"there is no model file {model}")
    with model.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise ConfigurationError(f"{model} is not a GGUF model file")
