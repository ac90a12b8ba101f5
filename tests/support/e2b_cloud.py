"""A fake E2B service on loopback: machines are only names, code contexts are real Python processes."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

KERNEL = Path(__file__).parent / "e2b_kernel.py"
NOW = "2026-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure to answer a request with."""

    method: str
    path: str
    """Prefix of the path."""
    status: int
    """HTTP status; 0 drops the connection, -1 never responds."""


@dataclass(slots=True)
class Cloud:
    """The state of the service."""

    url: str
    machines: dict[str, dict[str, Any]] = field(default_factory=dict)
    killed: list[str] = field(default_factory=list)
    kernels: dict[str, "subprocess.Popen[str]"] = field(default_factory=dict)
    requests: list[tuple[str, str, Any]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    """Failures to return; each is used once."""
    ids: Iterator[int] = field(default_factory=count)

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables that make the E2B library use this service."""
        return {"E2B_API_URL": self.url, "E2B_SANDBOX_URL": self.url, "E2B_API_KEY": f"e2b_{'0' * 40}"}

    def request_bodies(self, method: str, path: str) -> list[Any]:
        """Return the bodies of the requests with this method and path prefix."""
        return [body for m, p, body in self.requests if m == method and p.startswith(path)]

    def new_machine(self, body: dict[str, Any]) -> str:
        machine = f"machine{next(self.ids)}"
        self.machines[machine] = body.get("metadata", {})
        return machine

    def new_kernel(self) -> str:
        kernel = f"context{next(self.ids)}"
        self.kernels[kernel] = subprocess.Popen(
            [sys.executable, str(KERNEL)], stdin=-1, stdout=-1, text=True, start_new_session=True
        )
        return kernel

    def end_kernel(self, kernel: str) -> None:
        process = self.kernels.pop(kernel)
        process.kill()
        with process:
            pass

    def close(self) -> None:
        for kernel in list(self.kernels):
            self.end_kernel(kernel)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    cloud: Cloud

    def log_message(self, *_: object) -> None: ...

    def handle_any(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"null")
        path = urlsplit(self.path).path
        self.cloud.requests.append((self.command, path, body))
        failure = next(
            (f for f in self.cloud.failures if f.method == self.command and path.startswith(f.path)), None
        )
        if failure is None:
            self.dispatch(path, body or {})
        else:
            self.cloud.failures.remove(failure)
            self.fail(failure)

    do_GET = do_POST = do_DELETE = handle_any  # noqa: N815 names required by the base class

    def fail(self, failure: Failure) -> None:
        if failure.status == -1:
            time.sleep(30)
        if failure.status > 0:
            self.answer(failure.status, {"code": failure.status, "message": "requested by the test"})
        self.close_connection = True

    def dispatch(self, path: str, body: dict[str, Any]) -> None:
        match self.command, path.strip("/").split("/"):
            case "POST", ["v2", "sandboxes"]:
                machine = {"sandboxID": self.cloud.new_machine(body), "templateID": body["templateID"]}
                self.answer(201, machine | {"clientID": "c", "envdVersion": "0.4.0", "domain": None})
            case "GET", ["v2", "sandboxes"]:
                self.answer(200, self.listing())
            case "DELETE", ["sandboxes", machine_id]:
                known = self.cloud.machines.pop(machine_id, None)
                self.cloud.killed.append(machine_id)
                self.answer(404 if known is None else 204)
            case "POST", ["sandboxes", _, "timeout"]:
                self.answer(204)
            case "POST", ["contexts"]:
                self.answer(200, {"id": self.cloud.new_kernel(), "language": "python", "cwd": "/"})
            case "DELETE", ["contexts", kernel]:
                self.cloud.end_kernel(kernel)
                self.answer(204)
            case "GET", ["health"]:
                self.answer(204)
            case "POST", ["execute"]:
                self.execute(body)
            case _:
                self.answer(404)

    def listing(self) -> list[dict[str, Any]]:
        query = dict(parse_qsl(urlsplit(self.path).query))
        wanted = dict(parse_qsl(unquote(query.get("metadata", ""))))
        fixed = {
            "templateID": "t",
            "clientID": "c",
            "startedAt": NOW,
            "endAt": NOW,
            "cpuCount": 1,
            "memoryMB": 1,
        }
        fixed |= {"diskSizeMB": 1, "state": "running", "envdVersion": "0.4.0"}
        return [
            fixed | {"sandboxID": machine, "metadata": metadata}
            for machine, metadata in self.cloud.machines.items()
            if wanted.items() <= metadata.items()
        ]

    def answer(self, status: int, body: object = None) -> None:
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def execute(self, body: dict[str, Any]) -> None:
        """Run the code in its context and forward the events; interrupt it if the client disconnects."""
        kernel = self.cloud.kernels[body["context_id"]]
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        threading.Thread(target=self.interrupt_on_disconnect, args=(kernel,), daemon=True).start()
        assert kernel.stdin
        assert kernel.stdout
        kernel.stdin.write(json.dumps(body["code"]) + "\n")
        kernel.stdin.flush()
        with suppress(BrokenPipeError, ConnectionResetError):
            for line in kernel.stdout:
                self.chunk(line)
                if '"end_of_execution"' in line:
                    break
            else:
                died = {"type": "error", "name": "ContextRestarting", "value": "Context was restarted"}
                self.chunk(json.dumps(died | {"traceback": ""}) + "\n")
                self.chunk(json.dumps({"type": "end_of_execution"}) + "\n")
            self.wfile.write(b"0\r\n\r\n")

    def chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def interrupt_on_disconnect(self, kernel: "subprocess.Popen[str]") -> None:
        with suppress(OSError, ValueError):
            if not self.connection.recv(1, 2):  # MSG_PEEK: blocks until the client sends more or disconnects
                kernel.send_signal(signal.SIGINT)


@contextmanager
def serve() -> Iterator[Cloud]:
    """Serve for the duration of the block."""

    class BoundHandler(Handler):
        pass

    with ThreadingHTTPServer(("127.0.0.1", 0), BoundHandler) as server:
        server.daemon_threads = True
        BoundHandler.cloud = cloud = Cloud(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield cloud
        finally:
            server.shutdown()
            cloud.close()
