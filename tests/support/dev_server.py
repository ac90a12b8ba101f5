"""``langgraph dev`` with the project's own ``langgraph.json``, as a developer starts it; no --allow-blocking."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
START_SECONDS = 90
QUIET = {
    "LANGSMITH_TRACING": "false",
    "LANGGRAPH_NO_VERSION_CHECK": "true",
    "LANGGRAPH_CLI_NO_ANALYTICS": "1",
    # The in-memory server takes no list of allowed types: strict, it would turn every value into a dict.
    "LANGGRAPH_STRICT_MSGPACK": "false",
}
OPEN = {"CODESTEER_POLICY_ENDPOINTS": "public,http://127.0.0.1:*"}
"""The models of the tests answer on this machine; a test may say otherwise."""


@contextmanager
def dev_server(folder: Path, *options: str, port: int | None = None, **settings: Any) -> Iterator[str]:
    """Start a server and yield its address.

    Args:
        folder: its own folder, in which it keeps its threads.
        options: more options of ``langgraph dev``.
        port: its port; None: any that is free.
        settings: in place of what ``langgraph.json`` says.
    """
    ours = json.loads((ROOT / "langgraph.json").read_text())
    (folder / "langgraph.json").write_text(json.dumps({**ours, "env": {}, **settings}))
    port = port or free_port()
    command = [
        sys.executable,
        "-m",
        "langgraph_cli",
        "dev",
        "--no-browser",
        "--no-reload",
        "--port",
        str(port),
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, *options],
            cwd=folder,
            env={**OPEN, **os.environ, **QUIET},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until_ready(url, process, folder / "log")
            yield url
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/ok", timeout=1).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise RuntimeError(f"the server did not start:\n{log.read_text()[-3000:]}")
