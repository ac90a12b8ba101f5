"""A stand-in for the Hugging Face hub on loopback that serves data set files and can abort downloads."""

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Hub:
    """The files by URL path, the number of downloads, and how many of the next ones to abort."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.url = ""
        self.sent = 0
        self.breaks = 0

    def put(self, repository: str, revision: str, file: str, content: bytes) -> None:
        """Add a file to a commit of a data set."""
        self.files[f"/datasets/{repository}/resolve/{revision}/{file}"] = content


@contextmanager
def serve() -> Iterator[Hub]:
    """Serve files like the hub, with the commit and a hash of the content in the headers."""
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._head(0)

        def do_GET(self) -> None:
            requested = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
            body = self._head(int(requested[1]) if requested else 0)
            hub.sent += bool(body)
            if body and hub.breaks:
                hub.breaks -= 1
                body, self.close_connection = body[: len(body) // 2], True
            self.wfile.write(body)

        def _head(self, start: int) -> bytes:
            content = hub.files.get(self.path)
            body = (content or b"")[start:]
            self.send_response(404 if content is None else 206 if start else 200)
            self.send_header("Content-Length", str(len(body)))
            if content is not None:
                self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
                self.send_header("X-Repo-Commit", self.path.split("/resolve/")[1].split("/")[0])
                self.send_header("Accept-Ranges", "bytes")
            if start:
                whole = len(content or b"")
                self.send_header("Content-Range", f"bytes {start}-{whole - 1}/{whole}")
            self.end_headers()
            return body

        def log_message(self, *arguments: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
