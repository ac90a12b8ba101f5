"""HTTP clients that send an endpoint only what is meant for it.

The OpenAI package adds values from the environment to each request (organisation, project, custom headers), uses
OpenAI's key if no other is given, and follows redirects with the body to any host. These clients prevent all of that.
"""

import asyncio
import socket
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

from codesteer.errors import ModelRefusedError, ModelUnavailableError, first_line
from codesteer.models.address import Address, is_public

ALLOWED_HEADERS = frozenset(
    {"accept", "accept-encoding", "connection", "content-length", "content-type", "host", "user-agent"}
)
ALLOWED_PREFIXES = ("x-stainless-", "x-irid")
"""Of headers that the OpenAI package and Inspect use to track their own requests."""
CONNECT_TIMEOUT = 10.0
READ_TIMEOUT = 600.0
AddressInfo = Iterable[tuple[Any, Any, Any, Any, Any]]
"""What ``getaddrinfo`` returns."""


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """Restricts what requests to an endpoint carry and which hosts they reach."""

    address: Address
    key: str | None = field(default=None, repr=False)
    public_only: bool = False
    """Connect to public addresses only, and to exactly the address that was checked."""

    def clients(self) -> dict[str, Any]:
        """Return filtered HTTP clients as arguments of ChatOpenAI, for synchronous and asynchronous calls."""
        import openai

        # A proxy cannot reach our loopback interface, so ignore the environment's proxies.
        loopback = self.address.ip is not None and self.address.ip.is_loopback
        options: dict[str, Any] = {
            "follow_redirects": False,
            "timeout": openai.Timeout(READ_TIMEOUT, connect=CONNECT_TIMEOUT),
            "trust_env": not loopback,
        }
        return {
            "http_client": openai.DefaultHttpxClient(event_hooks={"request": [self.apply]}, **options),
            "http_async_client": openai.DefaultAsyncHttpxClient(
                event_hooks={"request": [self.aapply]}, **options
            ),
        }

    def apply(self, request: Any) -> None:
        """Remove headers that are not allowed, and pin the request to a public address if ``public_only`` is set."""
        self._filter_headers(request)
        if self.public_only:
            host, port = self.address.host, self.address.port
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            self._pin(request, _require_public(self.address, infos))

    async def aapply(self, request: Any) -> None:
        """Do the same without blocking the event loop."""
        self._filter_headers(request)
        if self.public_only:
            self._pin(request, await resolve_public_ip(self.address))

    def _filter_headers(self, request: Any) -> None:
        for name in [name for name in request.headers if not _is_allowed(name.lower())]:
            del request.headers[name]
        if self.key is not None:
            request.headers["Authorization"] = f"Bearer {self.key}"
        # A connection belongs to one event loop: kept alive, it would break requests from the next one.
        request.headers["Connection"] = "close"

    def _pin(self, request: Any, ip: str) -> None:
        """Connect to the address that was checked: a second lookup may return another one (DNS rebinding)."""
        request.extensions = {**request.extensions, "sni_hostname": self.address.host}
        request.url = request.url.copy_with(host=ip)


async def resolve_public_ip(address: Address) -> str:
    """Resolve an endpoint's host to a public IP address.

    Raises:
        ModelRefusedError: at least one of the host's addresses is not public.
        ModelUnavailableError: the host is unknown.
    """
    loop = asyncio.get_running_loop()
    try:
        infos = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise ModelUnavailableError(
            f"the endpoint {address.origin} cannot be found: {first_line(error)}"
        ) from error
    return _require_public(address, infos)


def _require_public(address: Address, infos: AddressInfo) -> str:
    ips = [str(info[4][0]).partition("%")[0] for info in infos]
    if not ips or any(not is_public(ip_address(ip)) for ip in ips):
        raise ModelRefusedError(
            f"the endpoint {address.origin} has a private address, and this server connects to public ones only; "
            f"its operator can allow the endpoint in CODESTEER_POLICY_ENDPOINTS"
        )
    return ips[0]


def _is_allowed(header: str) -> bool:
    return header in ALLOWED_HEADERS or header.startswith(ALLOWED_PREFIXES)
