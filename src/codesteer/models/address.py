"""Parse the addresses of endpoints strictly, normalise them, and tell public from private ones.

The HTTP client connects to the URL that an ``Address`` rebuilds from its validated parts, so no second parser can
interpret the original text differently.
"""

import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from codesteer.errors import ConfigurationError

SCHEMES = ("http://", "https://")
PORTS = {"http": 80, "https": 443}
HOST_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
PATH = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@/-]*")
USER_INFO = re.compile(r"://[^/\s@]{1,2048}@")
MAX_LENGTH = 2048
MAX_HOST_LENGTH = 253
"""The limit of the domain name system."""
LOCAL_NAMES = ("localhost", "local", "internal", "localdomain")
"""Top-level names of this machine and its local network."""
PUBLIC_IPV6 = IPv6Network("2000::/3")
TUNNEL_NETWORKS = (IPv6Network("2001::/32"), IPv6Network("2002::/16"), IPv6Network("64:ff9b::/96"))
"""IPv6 networks whose addresses embed an IPv4 address: Teredo, 6to4, NAT64."""
IN_PROCESS_PREFIX = "hf:"
"""What the names of fine-tuned models that run in this process begin with."""
IP = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Address:
    """Scheme, host, port and path of an endpoint, without credentials."""

    scheme: str
    host: str
    """Lower case, without a trailing dot; IP addresses in canonical form."""
    port: int
    path: str
    """Without a trailing slash."""

    @property
    def origin(self) -> str:
        """Scheme, host and port; the port is always included."""
        return f"{self.scheme}://{self._host}:{self.port}"

    @property
    def url(self) -> str:
        """The URL that clients connect to."""
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self._host}{port}{self.path}"

    @property
    def ip(self) -> IP | None:
        """The host as an IP address; None for a host name."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None

    @property
    def _host(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host


KEY_HINT = (
    "set the key in an environment variable, and name that variable for the endpoint in CODESTEER_ENDPOINT_KEYS "
    "(http(s)://host:port=VARIABLE)"
)


def parse_address(text: str, label: str, hint: str = KEY_HINT) -> Address:
    """Parse ``http(s)://host[:port][/path]``.

    Args:
        text: the address; errors do not repeat it, because it may contain a secret.
        label: what errors call the address.
        hint: where credentials belong instead.

    Raises:
        ConfigurationError: the address is invalid, or contains credentials or a query.
    """
    parts = _split(text, label)
    if "@" in parts.netloc or parts.query or "?" in text:
        raise ConfigurationError(f"{label} contains a user name, password or query; remove it and {hint}")
    scheme = parts.scheme.lower()
    path = parts.path.rstrip("/")
    if not PATH.fullmatch(path) or {".", ".."} & set(path.split("/")):
        raise ConfigurationError(
            f"{label} has an invalid path; avoid '.' and '..' segments, spaces and escapes"
        )
    return Address(scheme, _host(parts, label), _port(parts, label), path)


def is_address(name: str) -> bool:
    """Return whether a model's name is an ``http(s)://…`` address."""
    return name.lower().startswith(SCHEMES)


def parse_model_url(name: str) -> tuple[Address, str]:
    """Split ``http(s)://…#model`` into the address and the model's name.

    Raises:
        ConfigurationError: the model's name is missing, or the address is invalid or contains credentials.
    """
    url, _, model = name.partition("#")
    address = parse_address(url, "the model's address")
    if not model:
        raise ConfigurationError(f"{address.url} names no model; append it: {address.url}#model")
    return address, model


def require_no_credentials(name: str) -> None:
    """Check that the name of a model, sandbox or server can be shown, logged and stored.

    Raises:
        ConfigurationError: the name contains credentials, or is too long.
    """
    if len(name) > MAX_LENGTH:
        raise ConfigurationError(f"the name is longer than {MAX_LENGTH} characters; use a shorter one")
    if is_address(name):
        parse_address(name.partition("#")[0], "the address")
    elif USER_INFO.search(name):
        raise ConfigurationError("the name contains a user name or password; remove it")


def is_public(ip: IP) -> bool:
    """Return whether an IP address is on the public internet: no private or reserved one, no tunnel."""
    if isinstance(ip, IPv6Address) and (
        ip not in PUBLIC_IPV6 or any(ip in tunnel for tunnel in TUNNEL_NETWORKS) or ip.is_site_local
    ):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def is_local_name(host: str) -> bool:
    """Return whether a host name refers to this machine or its local network, without a DNS lookup."""
    return "." not in host or host.rpartition(".")[2] in LOCAL_NAMES


def _split(text: str, label: str) -> SplitResult:
    is_clean = len(text) <= MAX_LENGTH and text.isprintable() and not re.search(r"[\s\\]", text)
    try:
        parts = urlsplit(text) if is_clean else None
    except ValueError:
        parts = None
    if parts is None or parts.scheme.lower() not in PORTS or not parts.netloc:
        raise ConfigurationError(f"{label} is not an address; use http(s)://host:port/path")
    return parts


def _host(parts: SplitResult, label: str) -> str:
    try:
        name = (parts.hostname or "").removesuffix(".")
        if ":" in name:
            if "%" in name:
                raise ValueError(name)
            return str(IPv6Address(name))
        name = name.encode("idna").decode() if not name.isascii() else name
        return _ipv4(name) or _host_name(name)
    except (ValueError, UnicodeError) as error:
        raise ConfigurationError(f"{label} has an invalid host name") from error


def _ipv4(name: str) -> str | None:
    """Return the canonical form of an IPv4 address in any notation: decimal, octal, hexadecimal, shortened."""
    if not re.fullmatch(r"[0-9a-fx.]+", name) or not name[:1].isdigit():
        return None
    try:
        return socket.inet_ntoa(socket.inet_aton(name))
    except OSError:
        return None


def _host_name(name: str) -> str:
    name = name.lower().removesuffix(".")
    if not HOST_NAME.fullmatch(name) or len(name) > MAX_HOST_LENGTH:
        raise ValueError(name)
    return name


def _port(parts: SplitResult, label: str) -> int:
    try:
        port = parts.port
    except ValueError as error:
        raise ConfigurationError(f"{label} has an invalid port; use 1 to 65535") from error
    if port == 0:
        raise ConfigurationError(f"{label} has an invalid port; use 1 to 65535")
    return PORTS[parts.scheme.lower()] if port is None else port
