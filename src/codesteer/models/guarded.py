"""HTTP clients that send an endpoint what is meant for it and nothing else.

The OpenAI package adds what it finds in the environment to each request (organisation, project, custom headers), takes
an organisation's key where none is given, and follows redirects with the body to any host. All of that ends here.
"""

import asyncio
import socket
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

from codesteer.errors import ModelRefusedError, ModelUnavailableError, first_line
from codesteer.models.address import Address, is_public

SENT = frozenset(
    {"accept", "accept-encoding", "connection", "content-length", "content-type", "host", "user-agent"}
)
"""Headers that a request keeps, besides those by which the OpenAI package and Inspect know their own requests."""
OWN = ("x-stainless-", "x-irid")
SECONDS_TO_CONNECT = 10.0
SECONDS_TO_READ = 600.0
Resolved = Iterable[tuple[Any, Any, Any, Any, Any]]
"""What ``getaddrinfo`` returns."""


@dataclass(frozen=True, slots=True)
class Guard:
    """What a request to one endpoint may carry, and where it may go."""

    address: Address
    key: str | None = field(default=None, repr=False)
    public_only: bool = False
    """Connect to public addresses only, to the very one that was looked up."""

    def clients(self) -> dict[str, Any]:
        """Return ChatOpenAI's HTTP clients, for synchronous and asynchronous calls."""
        import openai

        # A proxy cannot reach our loopback, whatever the environment says.
        loopback = self.address.ip is not None and self.address.ip.is_loopback
        options: dict[str, Any] = {
            "follow_redirects": False,
            "timeout": openai.Timeout(SECONDS_TO_READ, connect=SECONDS_TO_CONNECT),
            "trust_env": not loopback,
        }
        return {
            "http_client": openai.DefaultHttpxClient(event_hooks={"request": [self.check]}, **options),
            "http_async_client": openai.DefaultAsyncHttpxClient(
                event_hooks={"request": [self.acheck]}, **options
            ),
        }

    def check(self, request: Any) -> None:
        """Strip a request, and pin it to a public address where that is asked for."""
        self._strip(request)
        if self.public_only:
            host, port = self.address.host, self.address.port
            self._pin(request, _public(self.address, socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))

    async def acheck(self, request: Any) -> None:
        """Do the same without blocking the event loop."""
        self._strip(request)
        if self.public_only:
            self._pin(request, await look_up_public(self.address))

    def _strip(self, request: Any) -> None:
        for name in [name for name in request.headers if not _is_sent(name.lower())]:
            del request.headers[name]
        if self.key is not None:
            request.headers["Authorization"] = f"Bearer {self.key}"
        # An idle connection belongs to one event loop: kept alive it would break the next loop's request.
        request.headers["Connection"] = "close"

    def _pin(self, request: Any, ip: str) -> None:
        """Connect to the address that was checked: a second look-up could lead elsewhere (DNS rebinding)."""
        request.extensions = {**request.extensions, "sni_hostname": self.address.host}
        request.url = request.url.copy_with(host=ip)


async def look_up_public(address: Address) -> str:
    """Return an IP address of an endpoint's host.

    Raises:
        ModelRefusedError: one of those that it has is not of the public internet.
        ModelUnavailableError: the name is unknown.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise ModelUnavailableError(
            f"the endpoint {address.origin} cannot be found: {first_line(error)}"
        ) from error
    return _public(address, found)


def _public(address: Address, resolved: Resolved) -> str:
    found = [str(entry[4][0]).partition("%")[0] for entry in resolved]
    if not found or any(not is_public(ip_address(ip)) for ip in found):
        raise ModelRefusedError(
            f"the endpoint {address.origin} leads to a private address, which this server does not connect to; "
            f"its operator can list the endpoint in CODESTEER_POLICY_ENDPOINTS"
        )
    return found[0]


def _is_sent(header: str) -> bool:
    return header in SENT or header.startswith(OWN)
