"""Parsing a server's address, checking its graph, and one-line errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from tests.support.dev_server import ROOT, dev_server, free_port

from codesteer.errors import ConfigurationError, ServerError
from codesteer.remote.server import Server, parse_server_address, require_graph
from codesteer.remote.solving import solve_on_server

OTHER = """
from langgraph.graph import END, START, MessagesState, StateGraph
from pydantic import BaseModel

class Context(BaseModel):
    max_turns: int = 9

builder = StateGraph(MessagesState, context_schema=Context)
builder.add_node("answer", lambda state: {})
builder.add_edge(START, "answer")
builder.add_edge("answer", END)
graph = builder.compile()
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://127.0.0.1:2024", Server("http://127.0.0.1:2024", "codesteer")),
        ("https://a.example/base/#other", Server("https://a.example/base", "other")),
        ("http://h/#", Server("http://h", "codesteer")),
    ],
)
def test_an_address_may_name_the_graph(text: str, expected: Server) -> None:
    assert parse_server_address(text) == expected


@pytest.mark.parametrize("text", ["", "localhost:2024", "ftp://h", "http://", "#codesteer"])
def test_an_invalid_address_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="is not a server address; write http"):
        parse_server_address(text)


@pytest.mark.enable_socket
async def test_an_unreachable_server() -> None:
    with pytest.raises(ConfigurationError, match=r"cannot be reached: .*; correct the address, or start the"):
        await require_graph(Server(f"http://127.0.0.1:{free_port()}"))


@contextmanager
def some_server(kind: str, body: bytes) -> Iterator[Server]:
    """Answer every request with the same body."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_DELETE = do_GET  # noqa: N815 (the names that the base class calls)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Server(f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    "body", [b"<html>hello</html>", b"\xff", b"", b"null", b'{"detail": "x"}', b"[3]", b"[[]]", b'"x"']
)
async def test_a_server_that_is_no_langgraph_server_is_named(body: bytes) -> None:
    kind = "text/html" if body.startswith(b"<") else "application/json"
    with some_server(kind, body) as server:
        with pytest.raises(ConfigurationError, match=r"something else than a LangGraph|has no graph"):
            await require_graph(server)
        with pytest.raises(ServerError, match=r"something else than a LangGraph|refused|cannot be"):
            await solve_on_server(server, "What is 6 * 7?", {})


@pytest.mark.enable_socket
@pytest.mark.timeout(180)
async def test_another_version_and_another_graph_are_reported(tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text(OTHER)
    with dev_server(tmp_path, graphs={"codesteer": "./other.py:graph"}) as url:
        with pytest.raises(ConfigurationError, match=r"has another version of codesteer: .*max_turns"):
            await require_graph(Server(url))
        with pytest.raises(
            ConfigurationError, match="has no graph 'mine' \\(available: codesteer\\); append #GRAPH"
        ):
            await require_graph(Server(url, "mine"))
        with pytest.raises(ServerError, match="the run ended early on the server"):
            await solve_on_server(Server(url), "What is 6 * 7?", {})


@pytest.mark.enable_socket
@pytest.mark.timeout(180)
async def test_a_token_is_taken_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "auth.py").write_text((ROOT / "docs/auth.py").read_text())
    monkeypatch.setenv("CODESTEER_TOKENS", "alice:s3cret")
    with dev_server(tmp_path, auth={"path": "./auth.py:auth"}) as url:
        with pytest.raises(ConfigurationError, match="requires a valid token; set CODESTEER_SERVER_TOKEN"):
            await require_graph(Server(url))
        monkeypatch.setenv("CODESTEER_SERVER_TOKEN", "s3cret")
        await require_graph(Server(url))
        with pytest.raises(ServerError, match="the run failed on the server: context: there is no setting"):
            await solve_on_server(Server(url), "What is 6 * 7?", {"wheels": 4})
