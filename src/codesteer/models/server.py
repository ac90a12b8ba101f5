"""Serve model files with llama.cpp in this process: an OpenAI-compatible API on the loopback interface."""

import os
import threading
import weakref
from pathlib import Path
from typing import Any

from codesteer.errors import ConfigurationError, ModelError

SLOTS = 4
"""Requests processed concurrently; more bring hardly more tokens per second (docs/experiments.md)."""
CONTEXT_TOKENS = 16_384
"""Context length of one conversation; all slots together share twice as much."""
PROMPT_CACHE_MIB = 512
SILENT_VERBOSITY = -1

_lock = threading.Lock()
_running: "weakref.WeakValueDictionary[tuple[Path, Path | None], LocalServer]" = weakref.WeakValueDictionary()
"""The servers in use; one without references is freed."""


class LocalServer:
    """A llama.cpp server that runs as long as it is referenced."""

    def __init__(
        self, model: Path, *, threads: int, port: int = 0, adapter: Path | None = None, slots: int = SLOTS
    ) -> None:
        """Load the model and listen on 127.0.0.1.

        Args:
            model: a GGUF file.
            threads: number of compute threads.
            port: the port; 0 chooses a free one.
            adapter: a GGUF file with a LoRA adapter for the model.
            slots: requests processed concurrently.

        Raises:
            ConfigurationError: the package xllamacpp is not installed.
            ModelError: llama.cpp cannot load the file or use the port.
        """
        xllamacpp = _import_xllamacpp()
        try:
            self._server = xllamacpp.Server(_parameters(xllamacpp, model, threads, port, adapter, slots))
        except RuntimeError as error:
            files = f"{model} with {adapter}" if adapter else str(model)
            raise ModelError(f"llama.cpp cannot serve {files}: {error}") from error
        self.slots = slots
        self.url: str = f"{self._server.listening_address}/v1"


def serve_local(model: Path, threads: int | None = None, adapter: Path | None = None) -> LocalServer:
    """Return this process's server for a model file; start it if necessary, which blocks while the model loads.

    The server stops when it is no longer referenced, so callers must keep the reference.
    """
    key = model, adapter
    with _lock:
        server = _running.get(key)
        if server is None:
            for file in filter(None, key):
                _require_file(file)
            server = _running[key] = LocalServer(model, threads=threads or default_threads(), adapter=adapter)
        return server


def default_threads() -> int:
    """Return the number of idle cores, at least one.

    With two threads on two cores, speed drops below a tenth when another process occupies one of the cores, so busy
    cores are left out.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    busy = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return max(1, min(cores, round(cores - busy)))


def _parameters(
    xllamacpp: Any, model: Path, threads: int, port: int, adapter: Path | None, slots: int
) -> Any:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(model)
    parameters.n_parallel = slots
    parameters.n_ctx = 2 * CONTEXT_TOKENS
    parameters.kv_unified, parameters.kv_unified_per_slot = True, CONTEXT_TOKENS
    parameters.cpuparams.n_threads = threads
    parameters.cpuparams_batch.n_threads = threads
    parameters.port = port
    parameters.cache_prompt = True
    parameters.cache_ram_mib = PROMPT_CACHE_MIB
    parameters.verbosity = SILENT_VERBOSITY
    if adapter is not None:
        lora = xllamacpp.CommonAdapterLoraInfo()
        lora.path, lora.scale = str(adapter), 1.0
        parameters.lora_adapters = [lora]
    return parameters


def _import_xllamacpp() -> Any:
    try:
        import xllamacpp
    except ImportError as error:
        message = "model files need the package xllamacpp; run: pip install 'codesteer[local]'"
        raise ConfigurationError(message) from error
    return xllamacpp


def _require_file(model: Path) -> None:
    if not model.is_file():
        raise ConfigurationError(f"the model file {model} does not exist; check the path")
    with model.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise ConfigurationError(f"{model} is not a GGUF model file")
