"""An OpenAI-compatible endpoint on loopback with prepared or computed answers."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = str | tuple[int, Any]
Answer = Reply | Callable[[dict[str, Any]], Reply]


class Endpoint:
    """Records requests and holds the answers: a text, a status with a body (bytes are HTML), or a function."""

    def __init__(self, *answers: Answer, delay: float = 0.0) -> None:
        self.answers = list(answers)
        self.delay = delay
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        """The headers of each request, with names in lower case."""
        self.more_headers: dict[str, str] = {}
        """Headers to send with every answer."""
        self.url = ""

    def next(self, request: dict[str, Any]) -> tuple[int, Any]:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        reply = answer(request) if callable(answer) else answer
        return (200, completion(reply)) if isinstance(reply, str) else reply


class Server(ThreadingHTTPServer):
    request_queue_size = 256
    """Maximum pending connections, for tests with many clients."""


def completion(text: str) -> dict[str, Any]:
    usage = {
        "prompt_tokens": 20,
        "completion_tokens": 5,
        "total_tokens": 25,
        "prompt_tokens_details": {"cached_tokens": 8},
    }
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [choice],
        "usage": usage,
    }


def chunks(text: str, with_usage: bool) -> Iterator[dict[str, Any]]:
    head = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    for word in text.split(" "):
        yield head | {"choices": [{"index": 0, "delta": {"role": "assistant", "content": word + " "}}]}
    yield head | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    if with_usage:
        yield head | {"choices": [], "usage": completion("")["usage"]}


@contextmanager
def serve(*answers: Answer, delay: float = 0.0) -> Iterator[Endpoint]:
    """Answer each request with the next prepared answer, repeating the last one, after a delay in seconds."""
    endpoint = Endpoint(*answers, delay=delay)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            endpoint.requests.append(request)
            endpoint.headers.append({name.lower(): value for name, value in self.headers.items()})
            status, body = endpoint.next(request)
            time.sleep(endpoint.delay)
            if isinstance(body, bytes):
                self._send(status, "text/html", body)
            elif request.get("stream") and status == 200:
                self._stream(body, bool(request.get("stream_options", {}).get("include_usage")))
            else:
                self._send(status, "application/json", json.dumps(body).encode())

        def _stream(self, body: dict[str, Any], with_usage: bool) -> None:
            text = body["choices"][0]["message"]["content"]
            lines = [f"data: {json.dumps(chunk)}\n\n" for chunk in chunks(text, with_usage)]
            self._send(200, "text/event-stream", "".join([*lines, "data: [DONE]\n\n"]).encode())

        def _send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in endpoint.more_headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None: ...

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    endpoint.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
